"""Find the topics of a list without looking at the topics before them."""

from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

_INDEXES = {
    "ix_topics_category_id_last_post_id": ["category_id", "last_post_id", "removed_at"],
    "ix_topics_category_id_pinned_last_post_id": ["category_id", "pinned", "last_post_id", "removed_at"],
    "ix_topics_last_post_id": ["last_post_id", "category_id", "removed_at"],
}


def upgrade() -> None:
    for name, columns in _INDEXES.items():
        op.drop_index(name, "topics")
        op.create_index(name, "topics", columns)
