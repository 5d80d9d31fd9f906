"""A QR code as a picture that is its own address, so that nothing else has to be asked for it."""

import segno

BORDER = 4  # modules of white around it, which readers need (ISO/IEC 18004)


def qr_code(text: str) -> str:
    """A `data:` address of an SVG: black on white, in the dark too, because cameras want it so."""
    found = segno.make(text, error="m", micro=False)
    return found.svg_data_uri(border=BORDER, dark="#000", light="#fff", omitsize=True)
