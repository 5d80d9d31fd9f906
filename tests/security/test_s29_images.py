"""S29: what is uploaded is one of four kinds of image, of a bounded size, and read in a confined process."""

import asyncio
import io
import os
import sys
from pathlib import Path

import pytest
from PIL import Image

from server.actions import images, picture_worker
from server.actions.images import MAX_UPLOAD, WAITING, Images
from server.domain.errors import Invalid, Overloaded
from server.store.avatars import SIZES
from tests.support.pictures import animation, phone_photo, png_that_says, quarters, written_as

SVG = b'<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><script>alert(1)</script></svg>'
EPS = b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n%%EndComments\nshowpage\n%%EOF\n"
PDF = b"%PDF-1.7\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
FITS = (
    b"SIMPLE  =                    T".ljust(80)
    + b"BITPIX  =                    8".ljust(80)
    + b"END".ljust(2720)
)


async def refusal(data: bytes) -> str:
    with pytest.raises(Invalid) as refused:
        await Images().squares(data)
    assert refused.value.fields.keys() == {"picture"}
    return refused.value.fields["picture"]


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "GIF"])
async def test_four_kinds_of_images_become_squares(kind: str) -> None:
    made = await Images().squares(written_as(kind, quarters(400, 300)))
    assert tuple(made) == SIZES
    for size, data in made.items():
        with Image.open(io.BytesIO(data)) as image:
            assert (image.format, image.size) == ("WEBP", (size, size))
            red, green, blue = image.convert("RGB").getpixel((size // 8, size // 8))  # type: ignore[misc]  # three bands
            assert min(red, 200) - max(green, blue) > 140


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGBA", "CMYK", "I;16"])
async def test_whatever_an_image_counts_its_colours_in(mode: str) -> None:
    kind = "JPEG" if mode == "CMYK" else "PNG"
    image = Image.new(mode, (40, 40)) if mode == "I;16" else quarters().convert(mode)
    assert tuple(await Images().squares(written_as(kind, image))) == SIZES


@pytest.mark.parametrize(
    "data",
    [b"x", b"GIF89a", SVG, EPS, PDF, FITS, written_as("BMP"), written_as("TIFF"), written_as("ICO")],
    ids=["a letter", "a name", "SVG", "EPS", "PDF", "FITS", "BMP", "TIFF", "ICO"],
)
async def test_no_other_file_is_read_whatever_it_is_called(data: bytes) -> None:
    assert "JPEG, PNG, WebP or GIF" in await refusal(data)


@pytest.mark.parametrize(
    ("width", "height"), [(6_325, 6_325), (40_000_001, 1), (200_000, 200_000)], ids=["just", "a line", "far"]
)
async def test_an_image_of_too_many_pixels_is_refused_before_it_is_read(width: int, height: int) -> None:
    assert width * height > picture_worker.MAX_PIXELS
    assert "too many pixels" in await refusal(png_that_says(width, height))


async def test_an_image_of_just_as_many_pixels_is_taken() -> None:
    assert tuple(await Images().squares(png_that_says(8_000, 5_000))) == SIZES


async def test_of_an_animation_the_first_frame_is_taken_and_a_film_refused() -> None:
    made = await Images().squares(animation(picture_worker.MAX_FRAMES))
    with Image.open(io.BytesIO(made[64])) as image:
        assert not getattr(image, "is_animated", False)
        assert image.convert("L").getpixel((32, 32)) == 0
    assert "animation is too long" in await refusal(animation(picture_worker.MAX_FRAMES + 1))


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "GIF"])
@pytest.mark.parametrize("part", [0.1, 0.5, 0.9])
async def test_a_file_that_breaks_off_is_refused_with_a_sentence(kind: str, part: float) -> None:
    noise = Image.frombytes("RGB", (120, 120), os.urandom(120 * 120 * 3))
    whole = written_as(kind, noise)
    assert await refusal(whole[: int(len(whole) * part)])


@pytest.mark.parametrize("tail", [SVG, PDF, b"<script>alert(1)</script>", b"PK\x03\x04" + b"\0" * 30])
async def test_nothing_that_hides_in_an_image_comes_out(tail: bytes) -> None:
    for kind in ("JPEG", "PNG", "GIF"):
        polyglot = written_as(kind) + tail
        made = await Images().squares(polyglot)
        assert not any(tail in data or tail[:8] in data for data in made.values())


async def test_nothing_and_too_much_never_reach_a_process(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", "/nowhere")
    assert "choose a picture" in await refusal(b"")
    assert "10 MB" in await refusal(b"x" * (MAX_UPLOAD + 1))


@pytest.mark.parametrize(
    "attack",
    [
        "x = bytearray(2 * 1024**3)",
        "open('/dev/shm/written', 'wb')",
        "socket.socket()",
        "while True: pass",
    ],
    ids=["memory", "a file", "a connection", "time"],
)
async def test_the_process_can_compute_and_nothing_else(attack: str) -> None:
    """What a decoder that was taken over might do; the processor's seconds are two here."""
    program = (
        "import runpy, socket\n"
        f"worker = runpy.run_path({picture_worker.__file__!r}, run_name='worker')\n"
        "worker['confine'].__globals__['MAX_CPU'] = 2\n"
        "worker['confine']()\n"
        f"{attack}\n"
        "print('it worked')\n"
    )
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-I",
        "-c",
        program,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
    )
    said, _ = await process.communicate()
    assert process.returncode != 0
    assert b"it worked" not in said


async def test_a_process_that_takes_too_long_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(images, "PATIENCE", 0.01)
    assert "could not be read" in await refusal(phone_photo())


async def test_a_process_sees_nothing_of_ours(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://secret@db/board")
    (here := tmp_path / "here").mkdir()
    monkeypatch.chdir(here)
    spy = tmp_path / "spy.py"
    spy.write_text(
        "import os, pathlib, sys\n"
        "pathlib.Path(__file__).with_suffix('.txt').write_text(f'{dict(os.environ)} {sys.path}')\n"
    )
    monkeypatch.setattr(images, "_WORKER", spy)
    assert "could not be read" in await refusal(phone_photo())  # it answered nothing
    seen = spy.with_suffix(".txt").read_text()
    assert "secret" not in seen
    assert str(here) not in seen.partition(" [")[2].split("'")  # nor the folder it was started in


async def test_only_so_many_wait() -> None:
    crowd = Images()
    waiting = [asyncio.create_task(crowd.squares(written_as("PNG"))) for _ in range(WAITING + 3)]
    found = await asyncio.gather(*waiting, return_exceptions=True)
    assert [type(one) for one in found].count(Overloaded) == 2
    assert sum(isinstance(one, dict) for one in found) == WAITING + 1
