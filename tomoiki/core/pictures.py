"""Pictures as they are kept: turned upright, without place, time, camera or name in them, and small ones for pages.

A picture is drawn anew: whatever hid behind its pixels is gone. Pillow is loaded when the first one arrives.
"""

from __future__ import annotations

import io
import threading
import warnings
from dataclasses import dataclass
from typing import TYPE_CHECKING

from flask_babel import lazy_gettext as _

from tomoiki.core.file_types import DAMAGED, HEIC, JPEG, PNG, WEBP, FileType
from tomoiki.core.reading import BadInput

if TYPE_CHECKING:
    from PIL.Image import Image

MOST_PIXELS = 50_000_000  # a phone's camera makes 12 to 48 million
THUMBNAIL = (160, 160)
TOO_MANY = _("The picture has too many dots (over 50 million). Make it smaller and send it again.")
_FORMATS = {JPEG: "JPEG", PNG: "PNG", WEBP: "WEBP", HEIC: "HEIF"}
_ONE_AT_A_TIME = threading.Lock()  # each takes up to 300 MB while it is drawn
_QUALITY = 90  # of JPEG and WebP; PNG loses nothing anyway


@dataclass(frozen=True)
class Picture:
    """A picture to keep: what it is now, its bytes, and a small one (JPEG)."""

    kind: FileType
    data: bytes
    thumbnail: bytes


def redraw(data: bytes, kind: FileType) -> Picture:
    """Draw a picture anew; a HEIC becomes a JPEG, which every browser shows. Raise BadInput if it cannot be read."""
    kept = JPEG if kind is HEIC else kind
    with _ONE_AT_A_TIME:
        image = _opened(data, kind)
        thumbnail = image.reduce(max(1, max(image.size) // (4 * THUMBNAIL[0])))
        thumbnail.thumbnail(THUMBNAIL)
        return Picture(kept, _saved(image, _FORMATS[kept]), _saved(thumbnail, "JPEG"))


def _opened(data: bytes, kind: FileType) -> Image:
    from PIL import Image, ImageOps  # noqa: PLC0415 - heavy, and needed only when a picture arrives

    if kind is HEIC:
        import pillow_heif  # noqa: PLC0415

        pillow_heif.register_heif_opener(thumbnails=False)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # Pillow warns of sizes that are refused here anyway
            found = Image.open(io.BytesIO(data), formats=(_FORMATS[kind],))
        _check_size(found)
        found.load()
        ImageOps.exif_transpose(found, in_place=True)
        has_alpha = found.mode in ("RGBA", "LA", "PA") or "transparency" in found.info
        mode = "RGBA" if has_alpha else "RGB"
        return found if found.mode == mode else found.convert(mode)
    except BadInput:
        raise
    except Image.DecompressionBombError:
        raise BadInput(TOO_MANY) from None
    except Exception:  # what Pillow raises on broken files is of many kinds
        raise BadInput(DAMAGED) from None


def _check_size(image: Image) -> None:
    if image.width * image.height > MOST_PIXELS:
        raise BadInput(TOO_MANY)


def _saved(image: Image, form: str) -> bytes:
    from PIL import Image as pil  # noqa: N813, PLC0415

    if form == "JPEG" and image.mode == "RGBA":
        paper = pil.new("RGB", image.size, "white")
        paper.paste(image, mask=image.getchannel("A"))
        image = paper
    image.info = {}  # no EXIF, no XMP, no colour profile, no comment
    target = io.BytesIO()
    image.save(target, form, quality=_QUALITY)
    return target.getvalue()
