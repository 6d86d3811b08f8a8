"""What a client may do with a channel."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Verb(models.TextChoices):
    """What a key may be good for; the codes stand in problems and exports."""

    FEED = "feed", _("follow the changes")
    DOCUMENTS = "documents", _("read documents, units and dictionaries")
    MEDIA = "media", _("fetch pictures and files")
    MANIFEST = "manifest", _("prove a copy")
    CONFIRM = "confirm", _("confirm what was published elsewhere")
