"""An answer that is given again: its forms, its tag, and who takes it packed."""

import gzip
from random import Random

import pytest

from server.web.copies import PAYS_FROM, Copy, Wish, accepts_gzip

HEADERS = [(b"content-length", b"7"), (b"content-type", b"text/html"), (b"vary", b"Accept-Encoding")]
PAGE = b"<p>Warm milk and a good book.</p>" * 100


def copy_of(body: bytes) -> Copy:
    return Copy(HEADERS, body, (body,))


def test_the_packed_form_is_the_plain_one_in_fewer_bytes() -> None:
    copy = copy_of(PAGE)
    plain, packed = copy.form(Wish()), copy.form(Wish(packed=True))
    assert plain.body == PAGE
    assert gzip.decompress(packed.body) == PAGE
    assert len(packed.body) < len(PAGE) / 5
    assert (b"content-encoding", b"gzip") in packed.headers
    for form in (plain, packed):
        assert form.status == 200
        assert dict(form.headers)[b"content-length"] == str(len(form.body)).encode()
        assert len(form.headers) == len(dict(form.headers))


def test_packing_is_done_once_and_two_servers_agree_about_it() -> None:
    copy = copy_of(PAGE)
    assert copy.form(Wish(packed=True)) is copy.form(Wish(packed=True))
    assert copy.form(Wish(packed=True)) == copy_of(PAGE).form(Wish(packed=True))


@pytest.mark.parametrize("body", [PAGE[: PAYS_FROM - 1], Random(7).randbytes(5_000)], ids=["short", "dense"])
def test_what_packing_does_not_pay_for_stays_plain(body: bytes) -> None:
    form = copy_of(body).form(Wish(packed=True))
    assert form.body == body
    assert b"content-encoding" not in dict(form.headers)


def test_a_tag_is_told_again_without_a_body() -> None:
    copy = copy_of(PAGE)
    tag = dict(copy.form(Wish()).headers)[b"etag"]
    assert tag == b"W/" + copy.tag
    for known in (tag, copy.tag, b'"other", ' + tag, b" * "):
        form = copy.form(Wish(packed=True, known=known))
        assert (form.status, form.body) == (304, b"")
        assert not {b"content-type", b"content-length", b"content-encoding"} & dict(form.headers).keys()
        assert dict(form.headers)[b"etag"] == tag
    for known in (b"", b'"other"', tag[:-2] + b'x"', b"*/*"):
        assert copy.form(Wish(known=known)).status == 200
    assert copy_of(PAGE + b"!").tag != copy.tag


@pytest.mark.parametrize(
    ("header", "accepted"),
    [
        ("", False),
        ("gzip", True),
        ("gzip, deflate, br, zstd", True),
        ("GZIP;q=0.5", True),
        ("x-gzip", True),
        ("br", False),
        ("identity", False),
        ("*", True),
        ("*;q=0", False),
        ("gzip;q=0", False),
        ("gzip;q=0.0, *", False),
        ("deflate, gzip ; q=0 ", False),
        ("br;q=1, *;q=0.1", True),
        ("gzip;q=abc", False),
        ("gzipped", False),
        ("x" * 10_000, False),
    ],
)
def test_gzip_is_sent_to_those_who_name_it(header: str, accepted: bool) -> None:
    assert accepts_gzip(header) is accepted
