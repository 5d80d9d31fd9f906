"""The audit log in words for people."""

from server.domain.acts import act_called


def act_words(act: str) -> str:
    """`close_account` as "Account closed"; what has no words in the ones it is called by."""
    return act_called(act).title
