"""What a file is, by its bytes; what is refused; names that decide nothing; pictures drawn anew."""

import io
import json
import subprocess
import sys

import pytest
from PIL import Image

from tests.engine.importing import SAMPLES
from tests.engine.uploading import DOCX, PDF, TEXT, XLSX, package, photo
from tomoiki.core import file_types, pictures
from tomoiki.core.file_types import HEIC, JPEG, PNG, WEBP, charset_of, find_type, safe_name
from tomoiki.core.pictures import redraw
from tomoiki.core.reading import BadInput

NAMES = json.loads((SAMPLES / "hostile" / "upload_names.json").read_text(encoding="utf-8"))["names"]


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (PDF, "pdf"),
        (photo(), "jpeg"),
        (photo("PNG"), "png"),
        (photo("WEBP"), "webp"),
        (photo("HEIF"), "heic"),
        (DOCX, "docx"),
        (XLSX, "xlsx"),
        (TEXT, "txt"),
        ("支払い".encode("cp932"), "txt"),
        ("\ufeffHóa đơn".encode("utf-16"), "txt"),
    ],
)
def test_the_bytes_tell_what_a_file_is(data: bytes, code: str) -> None:
    assert find_type(data).code == code


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", file_types.EMPTY),
        (b"MZ\x90\0\x03", file_types.PROGRAM),
        (b"\x7fELF\x02", file_types.PROGRAM),
        (b"#!/bin/sh\nrm -rf /", file_types.PROGRAM),
        (b"<html><body>x", file_types.WEB_PAGE),
        (b"\xef\xbb\xbf\n <SVG onload=alert(1)>", file_types.WEB_PAGE),
        ("<!DOCTYPE html>".encode("utf-16"), file_types.WEB_PAGE),
        (b"hello\n<script>alert(1)</script>", file_types.WEB_PAGE),
        (b"%PDF-1.7\nand nothing more", file_types.DAMAGED),
        (package("../../evil.txt"), file_types.DAMAGED),
        (package("[Content_Types].xml", "xl/workbook.xml", "xl/vbaProject.bin"), file_types.MACROS),
        (b"PK\x03\x04 no zip at all", file_types.DAMAGED),
        (b"GIF89a<script>", file_types.WEB_PAGE),
        (b"text\0with\0nothing", file_types.KNOWN),
    ],
)
def test_what_is_not_kept_is_refused_in_words(data: bytes, reason: object) -> None:
    with pytest.raises(BadInput) as refused:
        find_type(data)

    assert refused.value.message is reason


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ("../../etc/passwd", "passwd.txt"),
        ("C:\\temp\\a.csv", "a.csv"),
        ("a.csv.exe", "a.csv.exe.txt"),
        ("写真\u202egnp.csv", "写真gnp.csv"),
        ("name\r\nSet-Cookie: a=b.csv", "nameSet-Cookie: a=b.csv"),
        ("日本語　ファイル名①㈱.csv", "日本語 ファイル名①㈱.csv"),
        (".htaccess", "htaccess.txt"),
        ("..", "file.txt"),
        ("", "file.txt"),
        (" .csv", "csv.txt"),
    ],
)
def test_a_name_is_shown_without_what_could_mislead(given: str, shown: str) -> None:
    assert safe_name(given, file_types.TEXT) == shown


@pytest.mark.parametrize("given", NAMES)
def test_every_name_becomes_one_line_of_a_fitting_length(given: str) -> None:
    name = safe_name(given, file_types.PDF)

    assert name.endswith(".pdf")
    assert len(name) <= file_types.NAME_LENGTH
    assert name.isprintable()
    assert not set(name) & set("/\\\r\n\0")


def test_the_encoding_of_a_text_is_found() -> None:
    found = [charset_of(text) for text in (TEXT, "領収".encode("cp932"), "Đơn".encode("utf-16"), b"\x01")]

    assert found == ["utf-8", "cp932", "utf-16", None]


@pytest.mark.parametrize(("form", "kind"), [("JPEG", JPEG), ("PNG", PNG), ("WEBP", WEBP)])
def test_a_photo_is_turned_upright_and_loses_place_camera_and_time(
    form: str, kind: file_types.FileType
) -> None:
    picture = redraw(photo(form, (400, 200)), kind)

    for data in (picture.data, picture.thumbnail):
        drawn = Image.open(io.BytesIO(data))
        assert drawn.width * 2 == drawn.height
        assert dict(drawn.getexif()) == {}
        assert b"Kamera" not in data
    red, _green, blue = Image.open(io.BytesIO(picture.data)).convert("RGB").getpixel((100, 20))  # type: ignore[misc]
    assert (red > 200, blue < 60) == (True, True)
    assert max(Image.open(io.BytesIO(picture.thumbnail)).size) == 160


def test_a_heic_becomes_a_jpeg() -> None:
    picture = redraw(photo("HEIF", (400, 200)), HEIC)

    assert picture.kind is JPEG
    assert Image.open(io.BytesIO(picture.data)).format == "JPEG"
    assert b"Kamera" not in picture.data


def test_a_drawing_without_ground_stays_so_and_its_thumbnail_is_white() -> None:
    target = io.BytesIO()
    Image.new("RGBA", (10, 10), (0, 0, 0, 0)).save(target, "PNG")

    picture = redraw(target.getvalue(), PNG)

    assert Image.open(io.BytesIO(picture.data)).getpixel((5, 5)) == (0, 0, 0, 0)
    assert min(Image.open(io.BytesIO(picture.thumbnail)).getpixel((5, 5))) > 250  # type: ignore[type-var, arg-type]


def test_pillow_waits_for_a_picture() -> None:
    asked = "import sys, app; print([name for name in ('PIL', 'pillow_heif') if name in sys.modules])"

    answer = subprocess.run(  # noqa: S603 - ours
        [sys.executable, "-c", asked], capture_output=True, text=True, check=True, timeout=60
    )

    assert answer.stdout == "[]\n"


def test_what_hid_behind_the_pixels_is_gone() -> None:
    assert b"<script" not in redraw(photo() + b"<script>alert(1)</script>", JPEG).data


@pytest.mark.parametrize("data", [photo()[:60], b"\xff\xd8\xff<html>", photo("PNG")])
def test_a_broken_picture_is_refused(data: bytes) -> None:
    with pytest.raises(BadInput) as refused:
        redraw(data, JPEG)

    assert refused.value.message is file_types.DAMAGED


def test_a_picture_of_too_many_dots_is_refused_before_it_is_drawn(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pictures, "MOST_PIXELS", 700)

    with pytest.raises(BadInput) as refused:
        redraw(photo(), JPEG)

    assert refused.value.message is pictures.TOO_MANY
