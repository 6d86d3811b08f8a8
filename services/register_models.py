"""What cards refer to: categories and events, the register of acts, and the privacy notices."""

import uuid
from typing import Any

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from wagtail.models import Page

from services.codes import validate_eli
from services.enums import Icon


class Grouping(models.Model):
    """A word of the catalogue's dictionaries: a category or an event (row 17, I-17)."""

    document_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    slug = models.SlugField(_("address"), unique=True)
    name = models.CharField(_("name"), max_length=120)
    summary = models.CharField(_("summary"), max_length=300)
    icon = models.CharField(_("pictogram"), max_length=20, choices=Icon.choices)
    order = models.PositiveIntegerField(_("order"), default=0)

    class Meta:
        abstract = True
        ordering = ["order", "name"]

    def __str__(self) -> str:
        return self.name


class Category(Grouping):
    """A field of city matters, in citizens' words."""

    class Meta(Grouping.Meta):
        verbose_name = _("category")
        verbose_name_plural = _("categories")


class LifeEvent(Grouping):
    """Something that happens to people and brings several matters at once."""

    class Meta(Grouping.Meta):
        verbose_name = _("life event")
        verbose_name_plural = _("life events")


class BusinessEvent(Grouping):
    """Something that happens to those who run a business and brings several matters at once."""

    class Meta(Grouping.Meta):
        verbose_name = _("business event")
        verbose_name_plural = _("business events")


class LegalAct(models.Model):
    """An act that cards rest on, kept once for all of them (row 13, D-47).

    ``eli`` is the act's part of its European Legislation Identifier, such as ``DU/2003/717``; a
    local act has the city's own number there, such as ``KRK/LXXI-1234-21``.
    """

    document_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    eli = models.CharField(
        _("identifier"), max_length=60, unique=True, validators=[validate_eli],
        help_text=_("The ELI, such as DU/2003/717, or KRK/ and the number of a city's act."),
    )  # fmt: skip
    title = models.CharField(_("title"), max_length=400)
    journal = models.CharField(_("where it was published"), max_length=120, blank=True)
    changed_on = models.DateField(_("last changed"), null=True, blank=True)
    change = models.CharField(_("what has changed"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("legal act")
        verbose_name_plural = _("legal acts")
        ordering = ["title"]

    def __str__(self) -> str:
        return f"{self.title} ({self.eli})"


class PrivacyNotice(models.Model):
    """What GDPR art. 13 owes a citizen whose data a matter takes (L-4, row 21): every part is required."""

    document_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    slug = models.SlugField(_("code"), unique=True)
    title = models.CharField(_("title"), max_length=200)
    administrator = models.TextField(_("who the controller is"))
    dpo = models.TextField(_("how to reach the data protection officer"))
    purpose = models.TextField(_("what the data are for"))
    legal_ground = models.TextField(_("on what legal ground"))
    recipients = models.TextField(_("who receives them"))
    retention = models.TextField(_("how long they are kept"))
    rights = models.TextField(_("what rights you have"))
    complaint = models.TextField(_("where to complain"))
    obligation = models.TextField(_("whether you must give them, and what if you do not"))
    profiling = models.TextField(_("whether a machine decides"))
    version = models.PositiveIntegerField(_("version"), default=1, editable=False)

    #: In the order in which a citizen reads them.
    PARTS = (
        "administrator", "dpo", "purpose", "legal_ground", "recipients", "retention", "rights",
        "complaint", "obligation", "profiling",
    )  # fmt: skip

    class Meta:
        verbose_name = _("privacy notice")
        verbose_name_plural = _("privacy notices")
        ordering = ["title"]

    def __str__(self) -> str:
        return self.title

    def parts(self) -> list[tuple[Any, str]]:
        """Return (heading, text) of every part, in readers' order."""
        names: dict[str, Any] = {field.name: field for field in self._meta.fields}
        return [(names[name].verbose_name, getattr(self, name)) for name in self.PARTS]


class Waiver(models.Model):
    """A card may be approved without meeting a rule, for a time and a reason (K-16).

    It holds for the version of the rule it was given for, up to and with its last day.
    """

    page = models.ForeignKey(Page, on_delete=models.CASCADE, related_name="waivers")
    rule = models.CharField(_("rule"), max_length=8)
    rule_version = models.PositiveSmallIntegerField(_("version of the rule"))
    reason = models.TextField(_("reason"))
    valid_to = models.DateField(_("until"))
    granted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+",
        verbose_name=_("granted by"),
    )  # fmt: skip
    granted_at = models.DateTimeField(_("granted"))

    class Meta:
        verbose_name = _("waiver")
        verbose_name_plural = _("waivers")
        ordering = ["pk"]
        indexes = [models.Index(fields=["page", "rule"])]

    def __str__(self) -> str:
        return f"{self.page_id}: {self.rule} → {self.valid_to}"
