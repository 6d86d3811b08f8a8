"""Kinds of branch sites (K-07)."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class BranchKind(models.TextChoices):
    MAIN = "main", _("main area of the portal")
    ADDITIONAL = "additional", _("additional branch site")
