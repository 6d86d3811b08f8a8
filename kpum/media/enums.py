"""The two kinds of files."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class FileKind(models.TextChoices):
    """What Wagtail keeps apart: pictures with their sizes, and files to download."""

    IMAGE = "image", _("picture")
    DOCUMENT = "document", _("file")
