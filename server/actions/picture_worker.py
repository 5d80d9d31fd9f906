"""Turns an uploaded image into small squares: the program of a process of its own, which ends with it.

What people upload is read by C code that has had its share of bugs, so it is read where nothing can be
reached: a process without our environment, with bounds on memory and CPU time, that can open no file and no
connection any more (S29). It gets the image on standard input and gives the squares on standard output, each
behind its length in four bytes, or ends with one of REFUSALS.

Nothing of the original survives but its pixels: they are copied into new images, so that EXIF with its
coordinates, XMP, IPTC, colour profiles, comments and thumbnails have no way through (S30).

It imports nothing of ours: it starts in a moment and cannot know anything.
"""

import io
import struct
import sys
import warnings

from PIL import Image, ImageOps, MpoImagePlugin, UnidentifiedImageError

FORMATS = ("JPEG", "PNG", "WEBP", "GIF")
MAX_PIXELS = 40_000_000
MAX_FRAMES = 200
MAX_MEMORY = 1024 * 1024 * 1024  # bytes of address space: four times what the largest image takes as pixels
MAX_CPU = 10  # seconds
MAX_FILES = 3  # descriptors: standard input, output and error, which are open already
_EXIF = b"Exif\0\0MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\x06\0\0\0\0\0\0"  # says: turn it
LOADED = (MpoImagePlugin,)  # which Pillow would load for a JPEG of several images, when it cannot any more
QUALITY = 82  # of WebP, 0 to 100

NO_IMAGE, TOO_LARGE, TOO_MANY_FRAMES, DAMAGED = REFUSALS = (3, 4, 5, 6)
"""Exit statuses."""


class Refused(Exception):
    """The image is not taken; `status` is one of REFUSALS."""

    def __init__(self, status: int) -> None:
        super().__init__(status)
        self.status = status


def confine() -> None:
    """From here on this process can compute and nothing else. It cannot be taken back.

    Pillow loads parts of itself when it first needs them; so it rehearses while it still can.
    """
    import resource  # noqa: PLC0415  # Windows has none: there a board runs, and takes no pictures

    example = Image.new("P", (2, 2))
    for kind in FORMATS:
        written = io.BytesIO()
        example.convert("RGB" if kind == "JPEG" else "P").save(written, kind, exif=_EXIF)
        squares(written.getvalue(), (1,))
    for what, most in (
        (resource.RLIMIT_AS, MAX_MEMORY),
        (resource.RLIMIT_CPU, MAX_CPU),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_NOFILE, MAX_FILES),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(what, (most, most))


def squares(data: bytes, sizes: tuple[int, ...]) -> list[bytes]:
    """The middle of the image as WebP of each size, in pixels a side. Raises Refused."""
    Image.MAX_IMAGE_PIXELS = MAX_PIXELS
    warnings.simplefilter("error", Image.DecompressionBombWarning)
    try:
        with Image.open(io.BytesIO(data), formats=FORMATS) as image:
            if image.width * image.height > MAX_PIXELS:
                raise Refused(TOO_LARGE)
            if getattr(image, "n_frames", 1) > MAX_FRAMES:
                raise Refused(TOO_MANY_FRAMES)
            image.seek(0)
            image.draft("RGB", (2 * max(sizes), 2 * max(sizes)))  # JPEG is read as small as is enough
            upright = ImageOps.exif_transpose(image)
            plain = upright.convert("RGBA" if upright.has_transparency_data else "RGB")
            return [_square(plain, size) for size in sizes]
    except (Image.DecompressionBombError, Image.DecompressionBombWarning, MemoryError):
        raise Refused(TOO_LARGE) from None
    except UnidentifiedImageError:
        raise Refused(NO_IMAGE) from None
    except Refused:
        raise
    except Exception:  # a decoder may raise anything over what is no image
        raise Refused(DAMAGED) from None


def _square(image: Image.Image, size: int) -> bytes:
    fitted = ImageOps.fit(image, (size, size), Image.Resampling.LANCZOS)
    bare = Image.frombytes(fitted.mode, fitted.size, fitted.tobytes())  # pixels only
    written = io.BytesIO()
    bare.save(written, "WEBP", quality=QUALITY, method=6)
    return written.getvalue()


def main() -> int:
    """The program. Its arguments are the sizes."""
    sizes = tuple(int(size) for size in sys.argv[1:])
    confine()
    try:
        made = squares(sys.stdin.buffer.read(), sizes)
    except Refused as refused:
        return refused.status
    for square in made:
        sys.stdout.buffer.write(struct.pack(">I", len(square)) + square)
    sys.stdout.buffer.flush()
    return 0


if __name__ == "__main__":
    sys.exit(main())
