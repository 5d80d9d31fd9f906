"""The audit log in words for people."""

_WORDS = {
    "accept_rules": "Accepted the rules",
    "add_member": "Account made by an administrator",
    "approve": "Approved",
    "change_role": "Role changed",
    "close_account": "Account closed",
    "decline": "Declined",
    "first_administrator": "Became the first administrator",
    "make_reset_link": "Link for a new password made",
    "other_sessions_ended": "Signed out on other devices",
    "password_changed": "Password changed",
    "rename": "Name changed",
    "reopen_account": "Account opened again",
    "second_factor_off": "Two-step sign-in switched off by whoever runs the server",
    "sign_in": "Signed in",
    "sign_in_failed": "Wrong password",
    "sign_out": "Signed out",
    "sign_out_member": "Signed out by an administrator",
    "sign_up": "Joined",
}


def act_words(act: str) -> str:
    """`close_account` as "Account closed"; what has no words yet in the ones it is called by."""
    return _WORDS.get(act) or act.replace("_", " ").capitalize()
