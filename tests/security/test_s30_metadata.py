"""S30: of a photo nothing is kept but its pixels, turned as it was taken: no place, no owner, no device."""

import io
from pathlib import Path

import pytest
from PIL import Image

from server.actions.images import Images
from server.store.avatars import SIZES
from server.web.settings import routes as settings_routes
from tests.support.pictures import SECRETS, phone_photo, quarters, written_as
from tests.support.small_board import small_board

CHUNKS = {b"VP8 ", b"VP8L", b"VP8X", b"ALPH"}  # of a WebP: pixels; EXIF, XMP and ICCP are others
CORNERS = ((1, 1, "red"), (7, 1, "lime"), (7, 7, "blue"), (1, 7, "white"))  # in eighths


def chunks(webp: bytes) -> set[bytes]:
    """The kinds of chunks in a WebP file (RFC 9649, section 2.3)."""
    assert (webp[:4], webp[8:12]) == (b"RIFF", b"WEBP")
    found, at = set(), 12
    while at < len(webp):
        found.add(webp[at : at + 4])
        length = int.from_bytes(webp[at + 4 : at + 8], "little")
        at += 8 + length + length % 2
    return found


def named(pixel: tuple[int, int, int]) -> str:
    """The colour that this one is meant to be."""
    colours = {"red": (255, 0, 0), "lime": (0, 255, 0), "blue": (0, 0, 255), "white": (255, 255, 255)}
    return min(colours, key=lambda name: sum(abs(a - b) for a, b in zip(colours[name], pixel, strict=True)))


def test_the_photo_holds_what_is_to_go() -> None:
    """The premise of the others."""
    photo = phone_photo()
    assert [secret for secret in SECRETS if secret not in photo] == []
    with Image.open(io.BytesIO(photo)) as image:
        assert image.getexif().get_ifd(0x8825)
        assert {"exif", "icc_profile", "comment", "xmp", "photoshop"} <= image.info.keys()


async def test_no_metadata_is_left_and_the_picture_stands_upright() -> None:
    made = await Images().squares(phone_photo())
    for size, data in made.items():
        assert chunks(data) <= CHUNKS
        assert [secret for secret in SECRETS if secret in data] == []
        with Image.open(io.BytesIO(data)) as image:
            assert dict(image.getexif()) == {}
            assert image.info.keys() & {"exif", "icc_profile", "comment", "xmp", "photoshop"} == set()
            plain = image.convert("RGB")
            for x, y, colour in CORNERS:
                pixel = plain.getpixel((x * size // 8, y * size // 8))
                assert named(pixel) == colour  # type: ignore[arg-type]  # three bands


@pytest.mark.parametrize("orientation", range(1, 9))
async def test_every_orientation_is_applied(orientation: int) -> None:
    """As a camera turns and mirrors a scene (EXIF 2.3, tag 0x0112)."""
    turn = {
        2: Image.Transpose.FLIP_LEFT_RIGHT,
        3: Image.Transpose.ROTATE_180,
        4: Image.Transpose.FLIP_TOP_BOTTOM,
        5: Image.Transpose.TRANSPOSE,
        6: Image.Transpose.ROTATE_90,
        7: Image.Transpose.TRANSVERSE,
        8: Image.Transpose.ROTATE_270,
    }.get(orientation)
    held = quarters().transpose(turn) if turn is not None else quarters()
    exif = Image.Exif()
    exif[0x0112] = orientation
    for kind in ("JPEG", "PNG", "WEBP"):
        made = await Images().squares(written_as(kind, held, exif=exif))
        with Image.open(io.BytesIO(made[64])) as image:
            plain = image.convert("RGB")
            assert [named(plain.getpixel((x * 8, y * 8))) for x, y, _ in CORNERS] == [  # type: ignore[arg-type]  # three bands
                colour for _, _, colour in CORNERS
            ], kind


async def test_words_in_a_png_do_not_come_through() -> None:
    from PIL.PngImagePlugin import PngInfo

    words = PngInfo()
    words.add_text("Author", "Ann Example")
    words.add_itxt("XML:com.adobe.xmp", "Clinic")
    data = written_as("PNG", pnginfo=words, exif=b"Exif\0\0MM\0*\0\0\0\x08\0\0")
    assert b"Ann Example" in data
    for made in (await Images().squares(data)).values():
        assert chunks(made) <= CHUNKS
        assert b"Ann" not in made


async def test_the_original_is_stored_nowhere(sqlite_url: str, tmp_path: Path) -> None:
    photo = phone_photo()
    folder = tmp_path / "data"
    async with small_board(sqlite_url, settings_routes, data_dir=folder) as board:
        await board.add("Ann")
        async with board.member("Ann") as ann:
            answer = await ann.post("/settings/profile/picture", files={"picture": ("IMG_4711.jpg", photo)})
            assert answer.status_code == 303
    written = [path for path in folder.rglob("*") if path.is_file()]
    assert len(written) == len(SIZES)
    for path in written:
        assert "4711" not in path.name
        assert chunks(path.read_bytes()) <= CHUNKS
