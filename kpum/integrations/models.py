"""The interface register (K-19, I-06): outside systems, interfaces, agreements, clients and keys."""

from datetime import datetime
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import MinValueValidator, RegexValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from kpum.integrations.enums import Direction, InterfaceState, Relation, Side, Verb, Verdict
from kpum.integrations.link_checks.models import AddressChange, CheckLease, LinkedAddress
from kpum.integrations.registry import channel_choices
from kpum.org.models import Unit

__all__ = [
    "AddressChange", "ApiClient", "ApiKey", "CheckLease", "ClientCursor", "ClientUsage",
    "DataInterface", "InterfaceAgreement", "LinkedAddress", "OutsideSystem", "validate_channels",
    "validate_verbs",
]  # fmt: skip

_CODE = RegexValidator(
    r"^[a-z0-9]+(-[a-z0-9]+)*$",
    _("Small letters without diacritics, digits and single hyphens, for example bip-export."),
)


def _code(max_length: int = 40) -> "models.CharField[str, str]":
    return models.CharField(_("code"), max_length=max_length, unique=True, validators=[_CODE])


def _refuse_unknown(codes: Any, known: set[str]) -> None:
    wrong = [code for code in codes if code not in known] if isinstance(codes, list) else [codes]
    if wrong:
        raise ValidationError(_("Unknown: %(what)s.") % {"what": ", ".join(map(str, wrong))})


def validate_channels(codes: Any) -> None:
    """Raise ValidationError unless every code is that of a channel."""
    _refuse_unknown(codes, {code for code, _name in channel_choices()})


def validate_verbs(codes: Any) -> None:
    """Raise ValidationError unless every code is that of a verb."""
    _refuse_unknown(codes, set(Verb.values))


class OutsideSystem(models.Model):
    """A system outside the portal, as the ordinances name it (domain part A.6)."""

    code = _code()
    name = models.CharField(_("name"), max_length=200)
    relation = models.CharField(_("relation"), max_length=12, choices=Relation.choices)
    described_in = models.CharField(_("named in"), max_length=200, blank=True)
    description = models.TextField(_("what it is"), blank=True)

    class Meta:
        verbose_name = _("outside system")
        verbose_name_plural = _("outside systems")
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class DataInterface(models.Model):
    """One interface between the portal and an outside system; its keys work while it is live.

    ``version`` counts the changes of what was agreed: an agreement holds for its version alone.
    """

    code = _code()
    name = models.CharField(_("name"), max_length=200)
    direction = models.CharField(_("direction"), max_length=4, choices=Direction.choices)
    system = models.ForeignKey(
        OutsideSystem,
        on_delete=models.PROTECT,
        related_name="interfaces",
        verbose_name=_("outside system"),
    )
    owner_unit = models.ForeignKey(
        Unit, on_delete=models.PROTECT, related_name="interfaces", verbose_name=_("owner unit")
    )
    data_scope = models.TextField(_("scope of the data"))
    protocol = models.CharField(_("protocol"), max_length=200, blank=True)
    personal_data = models.BooleanField(_("personal data"), default=False)
    legal_ground = models.TextField(_("legal ground of the personal data"), blank=True)
    service_level = models.TextField(_("service level"), blank=True)
    technical_contact = models.CharField(_("technical contact"), max_length=255, blank=True)
    business_contact = models.CharField(_("business contact"), max_length=255, blank=True)
    #: Codes: the channels themselves are an upper room's.
    channels = models.JSONField(
        _("channels"), default=list, blank=True, validators=[validate_channels]
    )
    notes = models.TextField(_("notes"), blank=True)
    state = models.CharField(
        _("state"),
        max_length=12,
        choices=InterfaceState.choices,
        default=InterfaceState.PROPOSED,
        db_index=True,
    )
    state_since = models.DateTimeField(_("in this state since"))
    state_reason = models.TextField(_("reason of the state"), blank=True)
    version = models.PositiveIntegerField(_("version of the terms"), default=1)
    #: Who wrote the terms as they stand: he does not agree to them himself.
    terms_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("terms written by"),
    )
    created_at = models.DateTimeField(_("proposed"))

    class Meta:
        verbose_name = _("interface")
        verbose_name_plural = _("interfaces")
        ordering = ["code"]
        constraints = [
            models.CheckConstraint(
                condition=Q(personal_data=False) | ~Q(legal_ground=""),
                name="kpum_interface_personal_data_has_a_ground",
            )
        ]

    def __str__(self) -> str:
        return f"{self.code}: {self.name}"

    def clean(self) -> None:
        super().clean()
        if self.personal_data and not self.legal_ground.strip():
            raise ValidationError(
                {"legal_ground": _("Personal data are passed on a legal ground only: name it.")}
            )

    @property
    def standing(self) -> InterfaceState:
        """Return the state as itself."""
        return InterfaceState(self.state)


class InterfaceAgreement(models.Model):
    """What one side said of one version of the terms; it lapses when they change. Never deleted."""

    interface = models.ForeignKey(
        DataInterface,
        on_delete=models.PROTECT,
        related_name="agreements",
        verbose_name=_("interface"),
    )
    side = models.CharField(_("side"), max_length=20, choices=Side.choices)
    verdict = models.CharField(_("verdict"), max_length=8, choices=Verdict.choices)
    version = models.PositiveIntegerField(_("version of the terms"))
    terms = models.TextField(_("terms"))
    person_name = models.CharField(_("person"), max_length=300)
    acting_for = models.CharField(_("acting for"), max_length=300, blank=True)
    authority = models.TextField(_("authority"), blank=True)
    comment = models.TextField(_("reasons"), blank=True)
    at = models.DateTimeField(_("time"))
    lapsed_at = models.DateTimeField(_("lapsed"), null=True, blank=True)

    class Meta:
        verbose_name = _("agreement on an interface")
        verbose_name_plural = _("agreements on interfaces")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["interface", "side"],
                condition=Q(verdict="agreed", lapsed_at=None),
                name="kpum_one_agreement_a_side",
            )
        ]

    def __str__(self) -> str:
        return f"{self.interface.code}: {Side(self.side).label}, {Verdict(self.verdict).label}"


class ApiClient(models.Model):
    """One program that uses an interface, and whom to ask about it."""

    interface = models.ForeignKey(
        DataInterface, on_delete=models.PROTECT, related_name="clients", verbose_name=_("interface")
    )
    code = _code()
    name = models.CharField(_("name"), max_length=200)
    contact = models.CharField(_("person or office to ask"), max_length=255)
    requests_per_minute = models.PositiveIntegerField(
        _("requests a minute"), null=True, blank=True, validators=[MinValueValidator(1)]
    )
    created_at = models.DateTimeField(_("added"))

    class Meta:
        verbose_name = _("API client")
        verbose_name_plural = _("API clients")
        ordering = ["code"]

    def __str__(self) -> str:
        return f"{self.code}: {self.name}"


class ApiKey(models.Model):
    """A key of a client, without the key: its public prefix, its hash, what it is for, and its end."""

    client = models.ForeignKey(
        ApiClient, on_delete=models.PROTECT, related_name="keys", verbose_name=_("API client")
    )
    prefix = models.CharField(_("prefix"), max_length=12, unique=True)
    digest = models.CharField(_("hash"), max_length=64)
    channels = models.JSONField(_("channels"), default=list, validators=[validate_channels])
    verbs = models.JSONField(_("what it is for"), default=list, validators=[validate_verbs])
    created_at = models.DateTimeField(_("issued"))
    expires_at = models.DateTimeField(_("expires"))
    revoked_at = models.DateTimeField(_("revoked"), null=True, blank=True)
    last_used_at = models.DateTimeField(_("last used"), null=True, blank=True)
    replaces = models.OneToOneField(
        "self",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="replaced_by",
        verbose_name=_("takes the place of"),
    )

    class Meta:
        verbose_name = _("API key")
        verbose_name_plural = _("API keys")
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(expires_at__gt=F("created_at")), name="kpum_key_ends_after_it_begins"
            )
        ]

    def __str__(self) -> str:
        return f"{self.prefix}…"

    def works_at(self, moment: datetime) -> bool:
        """Return whether the key itself holds then, whatever its interface's state."""
        return self.revoked_at is None and moment < self.expires_at


class ClientUsage(models.Model):
    """What a client asked for in one day."""

    client = models.ForeignKey(
        ApiClient, on_delete=models.CASCADE, related_name="usage", verbose_name=_("API client")
    )
    day = models.DateField(_("day"))
    requests = models.PositiveBigIntegerField(_("requests"), default=0)
    bytes = models.PositiveBigIntegerField(_("bytes"), default=0)
    refusals = models.PositiveBigIntegerField(_("refusals"), default=0)

    class Meta:
        verbose_name = _("usage of a client")
        verbose_name_plural = _("usage of clients")
        constraints = [
            models.UniqueConstraint(fields=["client", "day"], name="kpum_one_usage_a_day")
        ]

    def __str__(self) -> str:
        return f"{self.client_id} {self.day}: {self.requests}"


class ClientCursor(models.Model):
    """How far a client has followed a channel, as it last asked."""

    client = models.ForeignKey(
        ApiClient, on_delete=models.CASCADE, related_name="cursors", verbose_name=_("API client")
    )
    channel = models.CharField(_("channel"), max_length=40)
    cursor = models.BigIntegerField(_("cursor"))
    at = models.DateTimeField(_("time"))

    class Meta:
        verbose_name = _("cursor of a client")
        verbose_name_plural = _("cursors of clients")
        constraints = [
            models.UniqueConstraint(fields=["client", "channel"], name="kpum_one_cursor_a_channel")
        ]

    def __str__(self) -> str:
        return f"{self.client_id} {self.channel}: {self.cursor}"
