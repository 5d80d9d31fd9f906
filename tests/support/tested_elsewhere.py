"""Routes that tests/journeys/test_permission_matrix.py leaves to the tests of their own subject."""

ELSEWHERE = {  # in the tests of accounts, of settings, of profile fields, and of files
    "/login", "/signup", "/logout", "/setup/{token}", "/viewers/{id:int}.css", "/favicon.ico",
    "/posts/{id:int}/own-text",
    "/help-lines",
    "/static/{version}/{path:path}", "/categories/{id:int}", "/settings/devices/end",
    "/settings/devices/{id:int}/end", "/forgot", "/reset/{token}", "/confirm/{token}",
    "/settings/mail/confirmation", "/unsubscribe/{token}",
    "/settings/data/exports/{id:int}",
    "/help-lines/check",
    "/moderation/members/{id:int}/approve", "/moderation/members/{id:int}/decline",
    "/avatars/{file}",
    "/settings/passkeys/{id:int}/rename",
    "/settings/passkeys/{id:int}/remove", "/login/code", "/login/passkey", "/login/passkey/options",
    "/settings/programs/{id:int}/end",
}  # fmt: skip
