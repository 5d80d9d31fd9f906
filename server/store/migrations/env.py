"""What Alembic runs: its migrations, on the connection that was given to it."""

from alembic import context

from server.store.schema import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    render_as_batch=True,  # SQLite changes a table by making it anew
    compare_server_default=False,  # Alembic takes SQLite's empty texts for changes: write these by hand
)
with context.begin_transaction():
    context.run_migrations()
