"""What a browser calls itself, as its owner would."""

import pytest

from server.domain.devices import UNKNOWN, device_name

IPHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko)"
WINDOWS = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/146.0.0.0"
ANDROID = "Mozilla/5.0 (Linux; Android 16; SM-S921B) AppleWebKit/537.36 (KHTML, like Gecko)"


@pytest.mark.parametrize(
    ("user_agent", "name"),
    [
        ("Mozilla/5.0 (Android 16; Mobile; rv:147.0) Gecko/147.0 Firefox/147.0", "Firefox on Android"),
        ("Mozilla/5.0 (X11; Linux x86_64; rv:147.0) Gecko/20100101 Firefox/147.0", "Firefox on Linux"),
        (f"{IPHONE} Version/18.5 Mobile/15E148 Safari/604.1", "Safari on an iPhone"),
        (f"{IPHONE} CriOS/146.0 Mobile/15E148 Safari/604.1", "Chrome on an iPhone"),
        (f"{WINDOWS} Safari/537.36", "Chrome on Windows"),
        (f"{WINDOWS} Safari/537.36 Edg/146.0.0.0", "Edge on Windows"),
        (
            f"{ANDROID} SamsungBrowser/29.0 Chrome/136.0.0.0 Mobile Safari/537.36",
            "Samsung Internet on Android",
        ),
        ("Something (Macintosh)", "A browser on a Mac"),
        ("Firefox/1", "Firefox"),
        ("curl/8.5.0", UNKNOWN),
        ("", UNKNOWN),
        ("<script>alert(1)</script>", UNKNOWN),
    ],
)
def test_a_browser_is_called_what_its_owner_calls_it(user_agent: str, name: str) -> None:
    assert device_name(user_agent) == name
