"""Making an image ours: decoded, turned upright, and written anew in three sizes without its EXIF."""

import io
import threading
import warnings

from flask_babel import gettext as _
from PIL import Image, ImageCms, ImageOps, UnidentifiedImageError

from participa.attachments.content import ENDS, Made, Unacceptable, size_within

MOST_PIXELS = 40_000_000
"""Pixels of an image that is decoded: a good telephone's, far below what fills the memory."""
FORMATS = ("PNG", "JPEG", "WEBP", "GIF")

Image.MAX_IMAGE_PIXELS = MOST_PIXELS
warnings.simplefilter("error", Image.DecompressionBombWarning)
_one_at_a_time = threading.Lock()
"""Decoding takes a hundred megabytes: threads of one process take turns."""


def remake(name: str, data: bytes) -> Made:
    """Give the image in three sizes, as WebP; raises Unacceptable."""
    with _one_at_a_time:
        try:
            return _remake(name, data)
        except (Image.DecompressionBombWarning, Image.DecompressionBombError):
            raise _too_many_pixels(name) from None
        except UnidentifiedImageError:
            raise Unacceptable(
                _("“%(name)s” is not the image that its name says. Send a PNG, JPEG, WebP or GIF.", name=name)
            ) from None
        except (OSError, SyntaxError, ValueError, EOFError, MemoryError):
            raise Unacceptable(
                _("“%(name)s” cannot be read: it is damaged. Save it again, then send it.", name=name)
            ) from None


def _too_many_pixels(name: str) -> Unacceptable:
    most = MOST_PIXELS // 1_000_000
    return Unacceptable(
        _("“%(name)s” has more than %(most)s million pixels. Make it smaller.", name=name, most=most)
    )


def _remake(name: str, data: bytes) -> Made:
    with Image.open(io.BytesIO(data), formats=FORMATS) as opened:
        if opened.width * opened.height > MOST_PIXELS:
            raise _too_many_pixels(name)
        profile = opened.info.get("icc_profile")
        largest = max(ENDS.values())
        if opened.format == "JPEG":
            opened.draft(None, (largest, largest))  # decoded smaller at once, where that can be
        image = ImageOps.exif_transpose(opened)
        transparent = "transparency" in opened.info or "A" in image.getbands()
        image = image.convert("RGBA" if transparent else "RGB")
    if profile and not transparent:
        image = _to_srgb(image, profile)
    width, height = size_within(image.width, image.height, largest)
    parts = {}
    for end, side in sorted(ENDS.items(), key=lambda each: -each[1]):
        image.thumbnail((side, side), Image.Resampling.LANCZOS)
        written = io.BytesIO()
        image.save(written, "WEBP", quality=82, method=4)
        parts[end] = written.getvalue()
    return Made(name, "image/webp", parts, width, height)


def _to_srgb(image: Image.Image, profile: bytes) -> Image.Image:
    """The image in the colours that screens take for granted; its own profile is not kept."""
    try:
        there = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        made = ImageCms.profileToProfile(image, there, ImageCms.createProfile("sRGB"))
    except (ImageCms.PyCMSError, OSError, ValueError):
        return image
    return made or image
