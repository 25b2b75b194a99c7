"""Files as browsers send them, made in memory."""

import io
import zipfile
from typing import Any

from flask.testing import FlaskClient
from PIL import Image

PDF = b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"
TEXT = "支払い 3,000円\n".encode()
GPS = {1: "N", 2: (35.0, 40.0, 52.0), 3: "E", 4: (139.0, 45.0, 0.0)}


def photo(form: str = "JPEG", size: tuple[int, int] = (40, 20), orientation: int = 6) -> bytes:
    """A picture, red on its left and blue on its right, taken with a turned camera at a known place."""
    image = Image.new("RGB", size, "blue")
    image.paste("red", (0, 0, size[0] // 2, size[1]))
    exif = Image.Exif()
    exif[0x0112], exif[0x010F] = orientation, "Kamera 9000"
    exif.get_ifd(0x8825).update(GPS)
    target = io.BytesIO()
    if form == "HEIF":
        import pillow_heif  # noqa: PLC0415 - as the program does

        pillow_heif.register_heif_opener()
    image.save(target, form, exif=exif.tobytes())
    return target.getvalue()


def package(*names: str) -> bytes:
    """A zip with parts of these names."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as made:
        for name in names:
            made.writestr(name, "<x/>")
    return target.getvalue()


DOCX = package("[Content_Types].xml", "word/document.xml")
XLSX = package("[Content_Types].xml", "xl/workbook.xml")


def upload(browser: FlaskClient, address: str, *files: tuple[str, bytes], **data: str) -> Any:
    """Send files to a record."""
    sent = [(io.BytesIO(content), name) for name, content in files]
    return browser.post(f"{address}/files", data={"files": sent, **data}, content_type="multipart/form-data")
