"""Units of the city in a tree, and the mandates of the people who act for them."""

import uuid
from datetime import datetime
from typing import Any, ClassVar

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override
from treebeard.mp_tree import MP_Node
from wagtail.documents import get_document_model_string

from kpum.core import clock
from kpum.org.enums import Duty, Role, Scope, UnitKind
from kpum.org.querysets import MandateQuerySet, SubstitutionQuerySet, UnitManager


class Unit(MP_Node):
    """A cell of the city office, a city unit, a municipal legal person or another entity (K-02).

    The code is the key of every import (I-23); a closed unit stays, with its dates.
    """

    document_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    code = models.CharField(_("code"), max_length=20, unique=True)
    code_official = models.BooleanField(_("the code stands in an ordinance"), default=False)
    name = models.CharField(_("name"), max_length=255)
    abbreviation = models.CharField(_("abbreviation"), max_length=40, blank=True)
    kind = models.CharField(_("kind"), max_length=30, choices=UnitKind.choices)
    superior = models.CharField(_("reports to"), max_length=200, blank=True)
    valid_from = models.DateField(_("exists from"), null=True, blank=True)
    valid_to = models.DateField(_("exists to"), null=True, blank=True)
    source = models.CharField(_("source"), max_length=255, blank=True)

    address = models.CharField(_("address"), max_length=255, blank=True)
    phone = models.CharField(_("phone"), max_length=40, blank=True)
    email = models.EmailField(_("e-mail"), blank=True)
    ade_address = models.CharField(_("address for electronic delivery"), max_length=40, blank=True)
    opening_hours = models.CharField(_("opening hours"), max_length=255, blank=True)
    contact_is_demo = models.BooleanField(_("contact data invented for the demo"), default=False)

    node_order_by = ["code"]
    objects: ClassVar[UnitManager] = UnitManager()

    class Meta:
        verbose_name = _("unit")
        verbose_name_plural = _("units")
        constraints = [
            models.CheckConstraint(
                condition=Q(valid_to=None) | Q(valid_from=None) | Q(valid_to__gte=F("valid_from")),
                name="kpum_unit_closes_after_it_opens",
            )
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def slug(self) -> str:
        """Return the last part of the unit's public address."""
        return self.code.lower()

    @property
    def is_closed(self) -> bool:
        """Return whether the unit no longer exists today."""
        return self.valid_to is not None and self.valid_to < clock.today()


class FormerName(models.Model):
    """A name the unit bore before; citizens and older acts still use it (I-02)."""

    unit = models.ForeignKey(Unit, on_delete=models.CASCADE, related_name="former_names")
    name = models.CharField(_("former name"), max_length=255)

    class Meta:
        verbose_name = _("former name")
        verbose_name_plural = _("former names")
        constraints = [
            models.UniqueConstraint(fields=["unit", "name"], name="kpum_former_name_once")
        ]

    def __str__(self) -> str:
        return self.name


class Period(models.Model):
    """A time within which something holds: from its first second up to, and without, its end."""

    valid_from = models.DateTimeField(_("valid from"))
    valid_to = models.DateTimeField(_("valid until"), null=True, blank=True)

    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.full_clean()
        super().save(*args, **kwargs)

    def clean(self) -> None:
        super().clean()
        # While a form is incomplete either may still be missing.
        begin: Any = self.valid_from
        if begin and self.valid_to and self.valid_to <= begin:
            raise ValidationError({"valid_to": _("The end must come after the beginning.")})

    def holds_at(self, moment: datetime) -> bool:
        """Return whether the moment lies within."""
        return self.valid_from <= moment and (self.valid_to is None or moment < self.valid_to)


class Authorisation(Period):
    """What SEZAM says of a person: without an authorisation in force he logs in no more (M-05).

    Someone without such a row was not provisioned by SEZAM; his mandates alone decide.
    """

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL,
        on_delete=models.CASCADE,
        related_name="authorisation",
        verbose_name=_("person"),
    )
    sezam_id = models.CharField(_("identifier in SEZAM"), max_length=64, unique=True)
    number = models.CharField(_("authorisation number"), max_length=100)

    class Meta:
        verbose_name = _("authorisation")
        verbose_name_plural = _("authorisations")

    def __str__(self) -> str:
        return f"{self.user}: {self.number}"


class Mandate(Period):
    """A person may do a thing because this row says so: role, reach, from, to, basis, who granted."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="mandates",
        verbose_name=_("person"),
    )
    role = models.CharField(_("role"), max_length=40, choices=Role.choices)
    unit = models.ForeignKey(
        Unit,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="mandates",
        verbose_name=_("unit"),
    )
    branch = models.ForeignKey(
        "wagtailcore.Page",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("branch site"),
    )
    basis = models.CharField(_("legal basis or authorisation number"), max_length=255)
    granted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="granted_mandates",
        verbose_name=_("granted by"),
    )
    #: Only what an import of SEZAM granted may an import of SEZAM change or end.
    by_sezam = models.BooleanField(
        _("granted by an import from SEZAM"), default=False, db_default=False
    )

    objects = MandateQuerySet.as_manager()

    class Meta:
        verbose_name = _("mandate")
        verbose_name_plural = _("mandates")
        indexes = [
            models.Index(fields=["user", "valid_from", "valid_to"]),
            models.Index(fields=["role", "valid_from"]),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(valid_to=None) | Q(valid_to__gt=F("valid_from")),
                name="kpum_mandate_ends_after_it_begins",
            )
        ]

    def __str__(self) -> str:
        reach = f" ({self.reach})" if self.reach else ""
        return f"{self.user}: {self.get_role_display()}{reach}"

    def clean(self) -> None:
        super().clean()
        if self.role not in Role:
            return
        scope = Role(self.role).scope
        for wanted, name, missing in (
            (Scope.UNIT, "unit", _("This role is held for a unit: name the unit.")),
            (Scope.BRANCH, "branch", _("This role is held for a branch site: name it.")),
        ):
            given = getattr(self, f"{name}_id") is not None
            if scope is wanted and not given:
                raise ValidationError({name: missing})
            if scope is not wanted and given:
                raise ValidationError({name: _("This role does not reach so: leave it empty.")})

    @property
    def reach(self) -> str:
        """Return what the mandate is held for: a unit's code, a branch site's title, or nothing."""
        if self.unit:
            return str(self.unit.code)
        return str(self.branch.title) if self.branch else ""

    @property
    def wording(self) -> str:
        """Return the mandate as the audit trail quotes it: in the portal's language, whoever acts."""
        return mandate_in_words(self.role, self.reach, self.basis)


def mandate_in_words(role: str, reach: str, basis: str) -> str:
    """Return how the audit trail quotes a mandate, in the portal's language."""
    with override(settings.LANGUAGE_CODE):
        return f"{Role(role).label}{f', {reach}' if reach else ''} ({basis})"


class Substitution(Period):
    """Somebody acts for the holder of a mandate, inside this period only (K-14)."""

    mandate = models.ForeignKey(
        Mandate, on_delete=models.PROTECT, related_name="substitutions", verbose_name=_("mandate")
    )
    substitute = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="substitutions",
        verbose_name=_("substitute"),
    )
    reason = models.CharField(_("reason"), max_length=255)
    named_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("named by"),
    )

    objects = SubstitutionQuerySet.as_manager()

    class Meta:
        verbose_name = _("substitution")
        verbose_name_plural = _("substitutions")
        indexes = [models.Index(fields=["substitute", "valid_from", "valid_to"])]
        constraints = [
            models.CheckConstraint(
                condition=Q(valid_to__gt=F("valid_from")),
                name="kpum_substitution_ends_after_it_begins",
            )
        ]

    def __str__(self) -> str:
        return f"{self.substitute} → {self.mandate}"

    def clean(self) -> None:
        super().clean()
        if self.valid_to is None:
            raise ValidationError({"valid_to": _("A substitution has an end.")})
        if self.mandate_id and self.substitute_id == self.mandate.user_id:
            raise ValidationError({"substitute": _("Nobody substitutes himself.")})


class InternalOrder(models.Model):
    """A head's order on who prepares, publishes and updates the unit's information (K-22, M-13)."""

    unit = models.ForeignKey(
        Unit, on_delete=models.PROTECT, related_name="internal_orders", verbose_name=_("unit")
    )
    number = models.CharField(_("number"), max_length=60)
    issued_on = models.DateField(_("issued on"))
    subject = models.CharField(_("subject"), max_length=255)
    file = models.ForeignKey(
        get_document_model_string(),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("file"),
    )
    valid_from = models.DateField(_("in force from"))
    valid_to = models.DateField(_("in force until"), null=True, blank=True)
    issued_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("issued by"),
    )

    class Meta:
        verbose_name = _("internal order")
        verbose_name_plural = _("internal orders")
        constraints = [
            models.UniqueConstraint(fields=["unit", "number"], name="kpum_order_number_once")
        ]

    def __str__(self) -> str:
        return f"{self.unit.code} {self.number}"

    def clean(self) -> None:
        super().clean()
        # While a form is incomplete either may still be missing.
        begin: Any = self.valid_from
        if begin and self.valid_to and self.valid_to < begin:
            raise ValidationError({"valid_to": _("The end must come after the beginning.")})


class OrderDuty(models.Model):
    """A person whom an internal order makes answer for something."""

    order = models.ForeignKey(InternalOrder, on_delete=models.CASCADE, related_name="duties")
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="order_duties",
        verbose_name=_("person"),
    )
    duty = models.CharField(_("duty"), max_length=12, choices=Duty.choices)
    extent = models.CharField(_("extent"), max_length=255, blank=True)

    class Meta:
        verbose_name = _("duty")
        verbose_name_plural = _("duties")
        constraints = [
            models.UniqueConstraint(
                fields=["order", "person", "duty", "extent"], name="kpum_order_duty_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.person}: {self.get_duty_display()}"
