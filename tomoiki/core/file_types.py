"""What a file is, told by its bytes and never by its name: a short list is kept, all else is refused in words."""

from __future__ import annotations

import io
import re
import unicodedata
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath, PureWindowsPath

from flask_babel import lazy_gettext as _

from tomoiki.core.reading import BadInput

NAME_LENGTH = 120
MOST_PARTS, MOST_UNPACKED = 5000, 200 * 2**20  # of a docx or xlsx


@dataclass(frozen=True)
class FileType:
    """A kind of file that is kept: its code, how it is served, and the endings that its name may have."""

    code: str
    media_type: str
    endings: tuple[str, ...]
    is_picture: bool = False


PDF = FileType("pdf", "application/pdf", (".pdf",))
JPEG = FileType("jpeg", "image/jpeg", (".jpg", ".jpeg"), is_picture=True)
PNG = FileType("png", "image/png", (".png",), is_picture=True)
WEBP = FileType("webp", "image/webp", (".webp",), is_picture=True)
HEIC = FileType("heic", "image/heic", (".heic", ".heif"), is_picture=True)
_OFFICE = "application/vnd.openxmlformats-officedocument."
DOCX = FileType("docx", f"{_OFFICE}wordprocessingml.document", (".docx",))
XLSX = FileType("xlsx", f"{_OFFICE}spreadsheetml.sheet", (".xlsx",))
TEXT = FileType("txt", "text/plain", (".txt", ".csv"))
TYPES: Sequence[FileType] = (PDF, JPEG, PNG, WEBP, HEIC, DOCX, XLSX, TEXT)
ACCEPTED = ",".join(ending for kind in TYPES for ending in kind.endings)  # what a form's control offers

_BY_CODE = {kind.code: kind for kind in TYPES}
_HEIC_BRANDS = (b"heic", b"heix", b"heim", b"heis", b"mif1", b"msf1")
_MARKUP = re.compile(rb"\s*<[!?a-z]", re.IGNORECASE)  # how HTML, SVG and XML begin
_MARKUP_WITHIN = re.compile(rb"<(!doctype|html|script|svg|iframe)\b", re.IGNORECASE)
_PROGRAMS = (b"MZ", b"\x7fELF", b"#!", b"\xca\xfe\xba\xbe", b"\xcf\xfa\xed\xfe", b"\xce\xfa\xed\xfe")
_LOOKED_AT = 4096
_CONTROLS = bytes(set(range(32)) - set(b"\t\n\r\f\x1b"))

KNOWN = _("Send a PDF, a picture (JPEG, PNG, WebP, HEIC), Word (docx), Excel (xlsx) or a text file.")
EMPTY = _("The file is empty.")
WEB_PAGE = _("This is a web page or a drawing with code (HTML, SVG), whatever its name says.")
PROGRAM = _("This is a program, whatever its name says. Programs are not kept here.")
MACROS = _("This file holds macros, which are programs. Save it without them and send it again.")
DAMAGED = _("The file is damaged, or not what its name says. Open it, save it anew and send it again.")


def type_of(code: str) -> FileType:
    """Return the kind of this code."""
    return _BY_CODE[code]


def find_type(data: bytes) -> FileType:
    """Return what the bytes are; raise BadInput where that is not kept."""
    if not data:
        raise BadInput(EMPTY)
    if data.startswith(_PROGRAMS):
        raise BadInput(PROGRAM)
    if (found := _by_first_bytes(data)) is not None:
        return found
    if data.startswith(b"PK\x03\x04"):
        return _office_file(data)
    return _text(data)


def _by_first_bytes(data: bytes) -> FileType | None:
    if data.startswith(b"%PDF-"):
        if b"%%EOF" not in data[-2048:]:
            raise BadInput(DAMAGED)
        return PDF
    if data.startswith(b"\xff\xd8\xff"):
        return JPEG
    if data.startswith(b"\x89PNG\r\n\x1a\n"):
        return PNG
    if data.startswith(b"RIFF") and data[8:12] == b"WEBP":
        return WEBP
    return HEIC if data[4:8] == b"ftyp" and data[8:12] in _HEIC_BRANDS else None


def _office_file(data: bytes) -> FileType:
    """Tell docx and xlsx from other packages; nothing is unpacked."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as package:
            parts = package.infolist()
    except (zipfile.BadZipFile, NotImplementedError, ValueError, EOFError, OSError):
        raise BadInput(DAMAGED) from None
    names = {part.filename for part in parts}
    if any(".." in PurePosixPath(name).parts or name.startswith(("/", "\\")) for name in names):
        raise BadInput(DAMAGED)
    if len(parts) > MOST_PARTS or sum(part.file_size for part in parts) > MOST_UNPACKED:
        raise BadInput(DAMAGED)
    if any(PurePosixPath(name).name.lower().startswith("vbaproject") for name in names):
        raise BadInput(MACROS)
    for kind, main in ((DOCX, "word/document.xml"), (XLSX, "xl/workbook.xml")):
        if {"[Content_Types].xml", main} <= names:
            return kind
    raise BadInput(KNOWN)


def _text(data: bytes) -> FileType:
    begun = data[:_LOOKED_AT].removeprefix(b"\xef\xbb\xbf").replace(b"\0", b"")
    begun = begun.removeprefix(b"\xff\xfe").removeprefix(b"\xfe\xff")
    if _MARKUP.match(begun) or _MARKUP_WITHIN.search(begun):
        raise BadInput(WEB_PAGE)
    if charset_of(data) is None:
        raise BadInput(KNOWN)
    return TEXT


def charset_of(data: bytes) -> str | None:
    """Return the encoding in which the bytes are text without control signs, or None."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "utf-16" if _decodes(data, "utf-16") else None
    if data.translate(None, _CONTROLS) != data:
        return None
    return next((name for name in ("utf-8", "cp932") if _decodes(data, name)), None)


def _decodes(data: bytes, encoding: str) -> bool:
    try:
        data.decode(encoding)
    except UnicodeDecodeError:
        return False
    return True


def safe_name(given: str, kind: FileType) -> str:
    """Return the name that a file is shown and sent under: no folders or unseen signs, an ending that says what it is.

    `a.csv.exe` with text in it is `a.csv.exe.txt`; a name of nothing but dots and blanks is `file`.
    """
    last = PureWindowsPath(PurePosixPath(given.replace("\0", "")).name).name
    seen = "".join(sign for sign in last if unicodedata.category(sign)[0] != "C")
    name = " ".join(unicodedata.normalize("NFC", seen).split()).strip(". ")
    stem = without_ending(name, kind)
    ending = name[len(stem) :] or kind.endings[0]
    stem = stem.strip(". ")
    return f"{stem[: NAME_LENGTH - len(ending)].strip() or 'file'}{ending}"


def without_ending(name: str, kind: FileType) -> str:
    """Return the name without the ending that files of this kind have."""
    ending = next((one for one in kind.endings if name.lower().endswith(one)), "")
    return name[: len(name) - len(ending)]
