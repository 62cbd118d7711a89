"""What a file is, whatever it says of itself."""

import io
import struct
import zipfile
import zlib

import pytest
from flask import Flask
from PIL import Image

from participa.attachments.content import Made, Unacceptable, judge, safe_name, widths


def image(kind: str = "PNG", size: tuple[int, int] = (64, 48), mode: str = "RGB", **options: object) -> bytes:
    out = io.BytesIO()
    Image.new(mode, size, "olive" if mode == "RGB" else 0).save(out, kind, **options)
    return out.getvalue()


def archive(**members: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
        for name, content in members.items():
            made.writestr(name.replace("__", "/"), content)
    return out.getvalue()


def office(part: str, types: bytes = b"<Types/>") -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as made:
        made.writestr("[Content_Types].xml", types)
        made.writestr(part, b"<x/>")
    return out.getvalue()


def bomb(width: int = 30_000, height: int = 30_000) -> bytes:
    """A PNG of a few bytes that says it has 900 million pixels."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", head)
        + chunk(b"IDAT", zlib.compress(b"\0" * 1000))
        + chunk(b"IEND", b"")
    )


SVG = b'<?xml version="1.0"?>\n<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
HTML = b"<!doctype html><title>x</title><script>alert(1)</script>"


@pytest.fixture(autouse=True)
def speaking(app: Flask) -> object:
    with app.test_request_context("/", headers={"Accept-Language": "en"}):
        yield


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP", "GIF"])
def test_an_image_is_written_anew_as_three_webp(kind: str) -> None:
    made = judge("a.bin" if kind != "GIF" else "a.gif", image(kind, (3000, 1500)))

    assert (made.media_type, made.width, made.height) == ("image/webp", 2048, 1024)
    opened = {end: Image.open(io.BytesIO(part)) for end, part in made.parts.items()}
    assert {end: each.format for end, each in opened.items()} == dict.fromkeys(("-s", "-m", "-l"), "WEBP")
    assert {end: each.width for end, each in opened.items()} == {"-s": 480, "-m": 1024, "-l": 2048}


def test_a_small_image_is_not_enlarged() -> None:
    made = judge("a.png", image(size=(64, 48)))

    assert {Image.open(io.BytesIO(part)).size for part in made.parts.values()} == {(64, 48)}
    assert widths(64, 48) == [("-s", 64)]
    assert widths(3000, 1500) == [("-s", 480), ("-m", 1024), ("-l", 2048)]


def test_what_an_image_says_of_its_maker_is_left_out_and_it_stands_upright() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # a telephone held upright
    exif[0x010F] = "Marque"
    exif.get_ifd(0x8825)[2] = (48.0, 51.0, 24.0)
    made = judge("photo.jpg", image("JPEG", (800, 600), exif=exif))

    assert (made.width, made.height) == (600, 800)
    for part in made.parts.values():
        opened = Image.open(io.BytesIO(part))
        assert not opened.getexif()
        assert b"Marque" not in part and b"EXIF" not in part


def test_transparency_stays() -> None:
    made = judge("a.png", image(mode="RGBA"))

    assert Image.open(io.BytesIO(made.parts["-s"])).mode == "RGBA"


@pytest.mark.parametrize(
    ("name", "data", "says"),
    [
        ("bombe.png", bomb(), "million pixels"),
        ("bombe.png", bomb(8000, 8000), "million pixels"),
        ("dessin.svg", SVG, "SVG"),
        ("dessin.png", SVG, "SVG"),
        ("photo.png", HTML, "not the image"),
        ("photo.png", b"\x89PNG\r\n\x1a\n" + b"\0" * 50, "photo.png"),
        ("photo.jpg", image("JPEG", (500, 500))[:900], "damaged"),
        ("page.html", HTML, "not taken"),
        ("programme.exe", b"MZ" + b"\0" * 100, "not taken"),
        ("programme.pdf", b"MZ" + b"\0" * 100, "not taken"),
        ("ancien.doc", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 100, "not taken"),
        ("macros.docx", office("word/document.xml", b"ms-word.document.macroEnabled.main+xml"), "not taken"),
        ("archive.zip", archive(a=b"x"), "not taken"),
        ("archive.odt", archive(mimetype=b"application/zip"), "not taken"),
        ("abime.docx", b"PK\x03\x04" + b"\0" * 40, "not taken"),
        ("binaire.txt", b"a\0b", "not taken"),
        ("rien.pdf", b"", "empty"),
    ],
)  # fmt: skip
def test_what_is_not_taken_is_refused_with_a_sentence_that_names_it(
    name: str, data: bytes, says: str
) -> None:
    with pytest.raises(Unacceptable) as refusal:
        judge(name, data)
    assert says in str(refusal.value)
    assert name in str(refusal.value)


@pytest.mark.parametrize(
    ("name", "data", "becomes", "media_type"),
    [
        ("rapport.pdf", b"%PDF-1.7 ...", "rapport.pdf", "application/pdf"),
        ("rapport.png.pdf", b"%PDF-1.7 ...", "rapport.png.pdf", "application/pdf"),
        ("rapport", b"%PDF-1.7 ...", "rapport.pdf", "application/pdf"),
        ("note.doc", office("word/document.xml"), "note.docx", None),
        ("budget.xlsx", office("xl/workbook.xml"), "budget.xlsx", None),
        ("diapos.pptx", office("ppt/presentation.xml"), "diapos.pptx", None),
        ("note.odt", archive(mimetype=b"application/vnd.oasis.opendocument.text"), "note.odt", None),
        ("liste.csv", "nom;ville\nÉric;Metz\n".encode("cp1252"), "liste.csv", "text/csv"),
        ("page.txt", HTML, "page.txt", "text/plain"),
    ],
)
def test_a_document_is_kept_as_it_is_under_the_name_that_it_deserves(
    name: str, data: bytes, becomes: str, media_type: str | None
) -> None:
    made = judge(name, data)

    assert (made.name, made.parts, made.width) == (becomes, {"": data}, None)
    assert media_type in (None, made.media_type)


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\dossier\\plan.PDF", "plan.pdf"),
        ("a\r\nSet-Cookie: x.pdf", "aSet-Cookie x.pdf"),
        ("\u202egnp.exe", "gnp.exe"),
        ("...", "document"),
        ("é" * 300 + ".pdf", "é" * 100 + ".pdf"),
        ("sans point", "sans point"),
    ],
)
def test_names_are_safe_to_save(sent: str, kept: str) -> None:
    assert safe_name(sent)[0] == kept


def test_an_image_with_a_profile_of_colours_or_a_broken_one_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    from PIL import ImageCms

    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    assert isinstance(judge("a.png", image(icc_profile=profile)), Made)
    assert isinstance(judge("a.png", image(icc_profile=b"not a profile")), Made)
