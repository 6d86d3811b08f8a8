"""Addresses that public texts lead to, and how each came to stand as it does. No personal data."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from kpum.integrations.link_checks.enums import AddressState, Reason


def reason_in_words(reason: str, status: int | None) -> str:
    """Return what came back, in the reader's language; nothing when nobody asked yet."""
    if reason not in Reason.values:
        return ""
    words = str(Reason(reason).label)
    return words % {"status": status} if reason == Reason.STATUS else words


class Answered(models.Model):
    """What came back when an address was asked."""

    status = models.PositiveSmallIntegerField(_("status"), null=True, blank=True)
    reason = models.CharField(_("reason"), max_length=20, choices=Reason.choices, blank=True)

    class Meta:
        abstract = True

    @property
    def words(self) -> str:
        """Return it in the reader's language."""
        return reason_in_words(self.reason, self.status)


class LinkedAddress(Answered):
    """An address outside that at least one public text leads to.

    ``failed_days`` counts the days on which it failed since it last answered; ``next_check`` is the
    first day on which it is asked again.
    """

    digest = models.CharField(max_length=64, unique=True, editable=False)
    address = models.TextField(_("address"))
    host = models.CharField(_("host"), max_length=255, db_index=True)
    state = models.CharField(
        _("state"), max_length=12, choices=AddressState.choices, default=AddressState.UNKNOWN
    )
    first_seen = models.DateTimeField(_("first seen"))
    last_checked = models.DateTimeField(_("last checked"), null=True, blank=True)
    failing_since = models.DateTimeField(_("fails since"), null=True, blank=True)
    last_failed = models.DateField(_("last failed"), null=True, blank=True)
    failed_days = models.PositiveSmallIntegerField(_("days it failed"), default=0)
    next_check = models.DateField(_("next check"))

    class Meta:
        verbose_name = _("linked address")
        verbose_name_plural = _("linked addresses")
        ordering = ["pk"]
        indexes = [models.Index(fields=["next_check", "id"])]

    def __str__(self) -> str:
        return self.address


class AddressChange(Answered):
    """An address came to stand otherwise."""

    address = models.ForeignKey(
        LinkedAddress, on_delete=models.CASCADE, related_name="changes", verbose_name=_("address")
    )
    at = models.DateTimeField(_("time"))
    before = models.CharField(_("before"), max_length=12, choices=AddressState.choices)
    after = models.CharField(_("after"), max_length=12, choices=AddressState.choices)

    class Meta:
        verbose_name = _("change of an address")
        verbose_name_plural = _("changes of addresses")
        ordering = ["pk"]
        indexes = [models.Index(fields=["at"])]

    def __str__(self) -> str:
        return f"{self.address_id}: {self.before} → {self.after}"


class CheckLease(models.Model):
    """Which run checks addresses now; a run that was killed loses it by time."""

    ONLY = 1

    id = models.PositiveSmallIntegerField(primary_key=True, default=ONLY)
    holder = models.UUIDField(null=True)
    until = models.DateTimeField()

    class Meta:
        verbose_name = _("lease of the link check")
        verbose_name_plural = _("leases of the link check")

    def __str__(self) -> str:
        return f"{self.holder} → {self.until}"
