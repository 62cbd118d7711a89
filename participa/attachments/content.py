"""What a file is, judged by what it holds: its name and what the browser says of it are not believed."""

import io
import re
import unicodedata
import zipfile
import zlib
from collections.abc import Mapping
from typing import NamedTuple

from flask_babel import gettext as _

ENDS: Mapping[str, int] = {"-s": 480, "-m": 1024, "-l": 2048}
"""The ends of the keys of an image, and the longest side in pixels of each size."""
_PICTURES = ("png", "jpg", "jpeg", "jfif", "webp", "gif", "bmp", "tif", "tiff", "heic", "heif", "avif", "ico")
_OPEN_DOCUMENT = {
    b"application/vnd.oasis.opendocument.text": "odt",
    b"application/vnd.oasis.opendocument.spreadsheet": "ods",
    b"application/vnd.oasis.opendocument.presentation": "odp",
}
_OFFICE = {"word/document.xml": "docx", "xl/workbook.xml": "xlsx", "ppt/presentation.xml": "pptx"}
_OOXML = "application/vnd.openxmlformats-officedocument"
TYPES: Mapping[str, str] = {
    "pdf": "application/pdf",
    **{extension: kind.decode() for kind, extension in _OPEN_DOCUMENT.items()},
    "docx": f"{_OOXML}.wordprocessingml.document",
    "xlsx": f"{_OOXML}.spreadsheetml.sheet",
    "pptx": f"{_OOXML}.presentationml.presentation",
    "csv": "text/csv",
    "txt": "text/plain",
}
"""The documents that are taken: extension and media type."""
ACCEPT = ",".join(("image/png", "image/jpeg", "image/webp", "image/gif", *(f".{name}" for name in TYPES)))
"""What the browser's window offers to choose."""


class Unacceptable(Exception):
    """Raised for a file that is not taken; the message says why, and what to do."""


class Made(NamedTuple):
    """A file as it is kept: its objects by the end of their key."""

    name: str
    media_type: str
    parts: dict[str, bytes]
    width: int | None = None
    height: int | None = None


def judge(filename: str, data: bytes) -> Made:
    """What the file becomes; raises Unacceptable."""
    name, extension = safe_name(filename)
    head = data[:4096].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if not data:
        raise Unacceptable(_("“%(name)s” is empty.", name=name))
    if b"<svg" in head and head.startswith(b"<"):
        raise Unacceptable(
            _(
                "“%(name)s” is an SVG drawing, which may hold programs. Save it as PNG, then send that.",
                name=name,
            )
        )
    if (
        extension in _PICTURES
        or data.startswith((b"\x89PNG", b"\xff\xd8\xff", b"GIF8"))
        or data[8:12] == b"WEBP"
    ):
        from participa.attachments.images import remake

        return remake(name, data)
    found = _document(data, extension)
    if found is None:
        raise Unacceptable(
            _(
                "“%(name)s” is of a kind that is not taken. Send an image (PNG, JPEG, WebP, GIF), a PDF, or a "
                "document without macros (ODT, ODS, ODP, DOCX, XLSX, PPTX, CSV, TXT).",
                name=name,
            )
        )
    return Made(f"{name.removesuffix(f'.{extension}') or 'document'}.{found}", TYPES[found], {"": data})


def _document(data: bytes, extension: str) -> str | None:
    """The extension that the content deserves, or None when it is of no kind that is taken."""
    if b"%PDF-" in data[:1024]:
        return "pdf"
    if data.startswith(b"PK\x03\x04"):
        return _archive(data)
    if extension in ("txt", "csv", "md") and not re.search(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f]", data):
        return "csv" if extension == "csv" else "txt"
    return None


def _archive(data: bytes) -> str | None:
    """Which office document a ZIP file is; only its list and two small members are read, never unpacked whole."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            names = set(archive.namelist())
            if "mimetype" in names:
                with archive.open("mimetype") as kind:
                    return _OPEN_DOCUMENT.get(kind.read(100).strip())
            if "[Content_Types].xml" in names:
                with archive.open("[Content_Types].xml") as types:
                    macros = b"macroenabled" in types.read(500_000).lower()
                return None if macros else next((_OFFICE[part] for part in _OFFICE if part in names), None)
    except (zipfile.BadZipFile, zlib.error, OSError, ValueError, RuntimeError, NotImplementedError, EOFError):
        pass
    return None


def safe_name(filename: str) -> tuple[str, str]:
    """A name that every system can save, and its extension in lower case."""
    last = unicodedata.normalize("NFC", filename).replace("\\", "/").rpartition("/")[2]
    shown = "".join(
        c for c in last if c.isprintable() and c not in '<>:"|?*' and unicodedata.category(c) != "Cf"
    )
    name = " ".join(shown.split()).lstrip(". ")
    stem, dot, extension = name.rpartition(".")
    if not dot or not re.fullmatch(r"[A-Za-z0-9]{1,8}", extension):
        stem, extension = name, ""
    stem = stem.strip(". ")[:100] or "document"
    return (f"{stem}.{extension.lower()}", extension.lower()) if extension else (stem, "")


def size_within(width: int, height: int, side: int) -> tuple[int, int]:
    """The size of an image brought within a square, never enlarged."""
    scale = min(1.0, side / max(width, height))
    return max(1, round(width * scale)), max(1, round(height * scale))


def widths(width: int, height: int) -> list[tuple[str, int]]:
    """The sizes of an image that differ, as ends of keys and widths, the smallest first."""
    found: dict[int, str] = {}
    for end, side in ENDS.items():
        found.setdefault(size_within(width, height, side)[0], end)
    return [(end, wide) for wide, end in found.items()]
