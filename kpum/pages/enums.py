"""Channels that take the portal's content, and why something leaves them."""

from enum import StrEnum
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _


class Channel(StrEnum):
    """Codes of the channels that every portal is delivered with (K-28, M-08); others are data."""

    PUBLIC = "public"
    BIP = "bip"
    MPI = "mpi"
    SI_UMK = "si-umk"
    KCK = "kck"
    EPUAP = "epuap"


class WithdrawalReason(models.TextChoices):
    """Why a page is withdrawn; the citizen and the mirrors are told."""

    OBSOLETE = "obsolete", _("out of date")
    MERGED = "merged", _("merged with another page")
    REPLACED = "replaced", _("replaced by another page")
    ERROR = "error", _("published by mistake")
    #: Given by the door alone, when the chief editor takes a page down at once (K-27).
    TAKEN_DOWN = "taken_down", _("taken down by the chief editor")

    @property
    def names_successor(self) -> bool:
        """Return whether the citizen must be told where to go instead."""
        return self in {WithdrawalReason.MERGED, WithdrawalReason.REPLACED}

    @classmethod
    def to_choose(cls) -> list[tuple[str, Any]]:
        """Return the reasons a person may choose when withdrawing, with their labels."""
        return [choice for choice in cls.choices if choice[0] != cls.TAKEN_DOWN.value]


class GoneReason(models.TextChoices):
    """Why a document left a channel, as its tombstone says."""

    WITHDRAWN = "withdrawn", _("withdrawn")
    TAKEN_DOWN = "taken-down", _("taken down by the chief editor")
    EXPIRED = "expired", _("expired")
    DELETED = "deleted", _("deleted")
    LEFT_CHANNEL = "left-channel", _("no longer sent to this channel")
    RESTRICTED = "restricted", _("no longer public")
