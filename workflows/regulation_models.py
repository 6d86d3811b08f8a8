"""The publishing regulation (Regulamin publikowania) and its acceptances (K-09 … K-11)."""

import hashlib
from typing import Any, NoReturn

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from kpum.core.errors import KpumError
from kpum.org.models import Unit


class AcceptanceIsFinal(KpumError):
    """Somebody tried to change or delete an acceptance."""


class PublishingRegulation(models.Model):
    """One version of the regulation; it binds from its first day to its last."""

    version = models.CharField(_("version"), max_length=40, unique=True)
    title = models.CharField(_("title"), max_length=255)
    text = models.TextField(_("text"))
    legal_basis = models.CharField(_("legal basis"), max_length=255)
    valid_from = models.DateField(_("in force from"))
    valid_to = models.DateField(_("in force until"), null=True, blank=True)

    class Meta:
        verbose_name = _("publishing regulation")
        verbose_name_plural = _("publishing regulations")
        ordering = ["-valid_from", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(valid_to=None) | Q(valid_to__gte=models.F("valid_from")),
                name="kpum_regulation_ends_after_it_begins",
            )
        ]

    def __str__(self) -> str:
        return f"{self.title} ({self.version})"


class AcceptanceQuerySet(models.QuerySet["RegulationAcceptance"]):
    """Reads only: an acceptance is a document (art. 77² of the Civil Code)."""

    def update(self, **_kwargs: Any) -> NoReturn:
        raise AcceptanceIsFinal("An acceptance cannot be changed.")

    def delete(self) -> NoReturn:
        raise AcceptanceIsFinal("An acceptance cannot be deleted.")


class RegulationAcceptance(models.Model):
    """A unit's acceptance in documentary form: the statement, who made it, when, and its digest."""

    unit = models.ForeignKey(
        Unit, on_delete=models.PROTECT, related_name="acceptances", verbose_name=_("unit")
    )
    regulation = models.ForeignKey(
        PublishingRegulation,
        on_delete=models.PROTECT,
        related_name="acceptances",
        verbose_name=_("publishing regulation"),
    )
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("accepted by"),
    )
    function = models.CharField(_("function"), max_length=200)
    accepted_at = models.DateTimeField(_("accepted"))
    statement = models.TextField(_("statement"))
    digest = models.CharField(_("SHA-256 of the statement"), max_length=64)

    objects = AcceptanceQuerySet.as_manager()

    class Meta:
        verbose_name = _("acceptance of the regulation")
        verbose_name_plural = _("acceptances of the regulation")
        constraints = [
            models.UniqueConstraint(fields=["unit", "regulation"], name="kpum_acceptance_once")
        ]

    def __str__(self) -> str:
        return f"{self.unit.code}: {self.regulation.version}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding:
            raise AcceptanceIsFinal("An acceptance cannot be changed.")
        self.digest = digest_of(self.statement)
        super().save(*args, **(kwargs | {"force_insert": True}))

    def delete(self, *_args: Any, **_kwargs: Any) -> NoReturn:
        raise AcceptanceIsFinal("An acceptance cannot be deleted.")

    @property
    def is_intact(self) -> bool:
        """Return whether the statement is still the one that was made."""
        return self.digest == digest_of(self.statement)


def digest_of(statement: str) -> str:
    """Return the SHA-256 of a statement, in hexadecimal."""
    return hashlib.sha256(statement.encode()).hexdigest()
