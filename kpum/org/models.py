"""Units of the city in a tree, and the mandates of the people who act for them."""

import uuid
from typing import Any, ClassVar

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from treebeard.mp_tree import MP_Node

from kpum.core import clock
from kpum.org.enums import Role, Scope, UnitKind
from kpum.org.querysets import MandateQuerySet, UnitManager


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


class Mandate(models.Model):
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
    valid_from = models.DateTimeField(_("valid from"))
    valid_to = models.DateTimeField(_("valid until"), null=True, blank=True)
    basis = models.CharField(_("legal basis or authorisation number"), max_length=255)
    granted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="granted_mandates",
        verbose_name=_("granted by"),
    )

    objects = MandateQuerySet.as_manager()

    class Meta:
        verbose_name = _("mandate")
        verbose_name_plural = _("mandates")
        indexes = [models.Index(fields=["user", "valid_from", "valid_to"])]
        constraints = [
            models.CheckConstraint(
                condition=Q(valid_to=None) | Q(valid_to__gt=F("valid_from")),
                name="kpum_mandate_ends_after_it_begins",
            )
        ]

    def __str__(self) -> str:
        reach = f" ({self.unit.code})" if self.unit else ""
        return f"{self.user}: {self.get_role_display()}{reach}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.full_clean()
        super().save(*args, **kwargs)

    def clean(self) -> None:
        super().clean()
        if Role(self.role).scope is Scope.UNIT and self.unit_id is None:
            raise ValidationError({"unit": _("This role is held for a unit: name the unit.")})
        if Role(self.role).scope is Scope.PORTAL and self.unit_id is not None:
            raise ValidationError(
                {"unit": _("This role reaches over the whole portal: leave the unit empty.")}
            )

    @property
    def wording(self) -> str:
        """Return the mandate as the audit trail quotes it."""
        reach = f", {self.unit.code}" if self.unit else ""
        return f"{Role(self.role).value}{reach} ({self.basis})"
