"""Images as people have them, made here: a photo from a phone, with all that a phone writes into one."""

import io
import struct
import zlib

from PIL import Image
from PIL.TiffImagePlugin import IFDRational

SECRETS = (b"Ann Example", b"SN-4711-0815", b"Canon", b"Clinic", b"52.5", b"W5M0MpCehiHzreSzNTczkc9d")
"""What stands in `phone_photo` beside its pixels, as bytes that can be searched for."""

_GPS, _ARTIST, _MAKE, _ORIENTATION, _SERIAL = 0x8825, 0x013B, 0x010F, 0x0112, 0xA431
_XMP = b"""<?xpacket begin="" id="W5M0MpCehiHzreSzNTczkc9d"?><x:xmpmeta xmlns:x="adobe:ns:meta/">
<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description xmlns:exif="e"
exif:GPSLatitude="52.5" xmlns:dc="d" dc:title="Clinic"/></rdf:RDF></x:xmpmeta>"""
_IPTC = b"Photoshop 3.0\x008BIM\x04\x04\0\0\0\0\0\x14\x1c\x02\x50\0\x0bAnn Example\x1c\x02\0"


def quarters(width: int = 400, height: int = 400) -> Image.Image:
    """Red, green, blue and white, clockwise from the top left."""
    image = Image.new("RGB", (width, height), "white")
    half = (width // 2, height // 2)
    image.paste("red", (0, 0, *half))
    image.paste("lime", (half[0], 0, width, half[1]))
    image.paste("white", (0, half[1], half[0], height))
    image.paste("blue", (*half, width, height))
    return image


def phone_photo(orientation: int = 6) -> bytes:
    """`quarters` held as cameras do: turned by 90° to the left, which its orientation says.

    With EXIF (place, owner, serial number, a thumbnail), XMP, IPTC, a colour profile's text and a comment.
    """
    turned = quarters().transpose(Image.Transpose.ROTATE_90) if orientation == 6 else quarters()
    exif = Image.Exif()
    exif[_ORIENTATION] = orientation
    exif[_ARTIST] = "Ann Example"
    exif[_MAKE] = "Canon"
    exif.get_ifd(0x8769)[_SERIAL] = "SN-4711-0815"
    exif.get_ifd(_GPS).update({1: "N", 2: (IFDRational(52), IFDRational(31), IFDRational(12))})
    written = io.BytesIO()
    turned.save(
        written, "JPEG", quality=95, exif=exif, xmp=_XMP, comment=b"Clinic", icc_profile=b"Ann Example's ICC"
    )
    data = written.getvalue()
    iptc = b"\xff\xed" + struct.pack(">H", len(_IPTC) + 2) + _IPTC
    return data[:2] + iptc + data[2:]


def written_as(format_name: str, image: Image.Image | None = None, **options: object) -> bytes:
    """An image as a file of that format."""
    written = io.BytesIO()
    (image or quarters()).save(written, format_name, **options)
    return written.getvalue()


def animation(frames: int) -> bytes:
    """A GIF of so many frames, each of another grey; the first one is black."""
    images = [Image.new("L", (16, 16), number % 256) for number in range(frames)]
    return written_as("GIF", images[0], save_all=True, append_images=images[1:], duration=20)


def png_that_says(width: int, height: int) -> bytes:
    """A PNG of a few kilobytes that claims these measures: a bomb, if they are large."""

    def chunk(kind: bytes, content: bytes) -> bytes:
        return (
            struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))
        )

    rows = zlib.compress(b"\0" * min(height * (width + 1), 50_000_000), 9)
    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")
