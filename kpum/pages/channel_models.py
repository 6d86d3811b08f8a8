"""Channels as data: who may send what to a sister portal, and under which conditions (M-08, M-10, D-41)."""

from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.db import models
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kpum.org.enums import Role
from kpum.org.models import Unit

_DEMAND = {"type", "needs", "says"}


class PublicationChannel(models.Model):
    """A channel and its rules: what is in it is what is public, wanted there and allowed here.

    A channel is never deleted: its code stands in addresses of the API and in mirrors' copies. One
    that is switched off holds nothing, but still answers: its followers are told what left.
    """

    code = models.CharField(
        gettext_lazy("code"),
        max_length=20,
        unique=True,
        validators=[RegexValidator(r"^[a-z][a-z0-9]*(-[a-z0-9]+)*$")],
        help_text=gettext_lazy("Stands in addresses of the API, such as si-umk; it never changes."),
    )
    name = models.CharField(gettext_lazy("name"), max_length=120)
    description = models.TextField(gettext_lazy("description"), blank=True)
    owner_unit = models.ForeignKey(
        Unit,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=gettext_lazy("unit that runs it"),
    )
    contact = models.CharField(
        gettext_lazy("editorial office"),
        max_length=300,
        blank=True,
        help_text=gettext_lazy("Whom to ask: an office, its e-mail address, its telephone."),
    )
    is_active = models.BooleanField(gettext_lazy("switched on"), default=True)
    #: Since when it is switched on or off, as the last act about it says.
    since = models.DateTimeField(gettext_lazy("since"), null=True, editable=False)
    is_open = models.BooleanField(gettext_lazy("open to everybody, without a key"), default=False)
    accepted_types = models.JSONField(gettext_lazy("what it takes"), default=list, blank=True)
    accepted_units = models.ManyToManyField(
        Unit,
        blank=True,
        related_name="+",
        verbose_name=gettext_lazy("whose pages it takes"),
        help_text=gettext_lazy("With the units below them. None chosen: of all units."),
    )
    sending_roles = models.JSONField(gettext_lazy("who may send to it"), default=list, blank=True)
    demands = models.JSONField(
        gettext_lazy("what must be filled in beforehand"), default=list, blank=True
    )

    class Meta:
        verbose_name = gettext_lazy("channel")
        verbose_name_plural = gettext_lazy("channels")
        ordering = ["pk"]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        """Check the lists.

        Raises:
            ValidationError: an unknown role, the editor of another channel (M-10), or a demand that
                lacks what it needs or says; names the field.
        """
        super().clean()
        unknown = [role for role in self.sending_roles if role not in Role.values]
        if unknown:
            names = {"roles": ", ".join(map(str, unknown))}
            raise ValidationError({"sending_roles": _("Unknown roles: %(roles)s.") % names})
        if any(Role(role).channel not in {"", self.code} for role in self.sending_roles):
            message = _("The editors of another channel have no part in this one.")
            raise ValidationError({"sending_roles": message})
        for number, demand in enumerate(self.demands, 1):
            _check_demand(number, demand)


def _check_demand(number: int, demand: Any) -> None:
    whole = isinstance(demand, dict) and set(demand) == _DEMAND
    if whole and all(isinstance(word, str) for word in demand.values()) and demand["says"].strip():
        return
    message = _("Row %(number)s: say what must be filled in, and what the editor is told.")
    raise ValidationError({"demands": message % {"number": number}})
