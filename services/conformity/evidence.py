"""What a rule finds."""

from dataclasses import dataclass

from django.db import models
from django.utils.translation import gettext_lazy as _


class Severity(models.TextChoices):
    """Whether an unmet rule bars the approval."""

    HARD = "hard", _("must be met")
    SOFT = "soft", _("advice")


@dataclass(frozen=True)
class Evidence:
    """Why a rule is not met: the card's field, and words that tell the editor what to do."""

    field: str
    message: str
