"""One row per act. Ids and wording only: nothing here points upward, and nothing is ever changed."""

from typing import Any, NoReturn

from django.db import models
from django.utils.translation import gettext_lazy as _

from kpum.core.errors import KpumError


class TrailIsAppendOnly(KpumError):
    """Somebody tried to change or delete a row of the trail."""


class AuditQuerySet(models.QuerySet["AuditEntry"]):
    """Reads only: bulk changes of the trail are refused."""

    def update(self, **_kwargs: Any) -> NoReturn:
        raise TrailIsAppendOnly("The audit trail cannot be changed.")

    def delete(self) -> NoReturn:
        raise TrailIsAppendOnly("The audit trail cannot be deleted.")

    def bulk_create(self, objs: Any, *args: Any, **kwargs: Any) -> Any:
        """Append rows; to write over those that are there is refused."""
        if kwargs.get("update_conflicts"):
            raise TrailIsAppendOnly("The audit trail cannot be changed.")
        return super().bulk_create(objs, *args, **kwargs)

    def about(self, subject: str) -> "AuditQuerySet":
        """Return the entries on one subject, oldest first."""
        return self.filter(subject=subject).order_by("pk")


class AuditEntry(models.Model):
    """Who, as whom, did what to what, when, on what authority, before and after (M-04, L-2)."""

    at = models.DateTimeField(_("time"), db_index=True)
    action = models.CharField(_("action"), max_length=60, db_index=True)
    actor_id = models.CharField(_("person's id"), max_length=64, blank=True)
    actor_name = models.CharField(_("person"), max_length=300)
    acting_for = models.CharField(
        _("acting for"), max_length=300, blank=True, default="", db_default=""
    )
    subject = models.CharField(_("subject"), max_length=100, db_index=True)
    subject_label = models.CharField(_("subject's name"), max_length=500)
    authority = models.TextField(_("authority"), blank=True)
    before = models.TextField(_("before"), blank=True, default="", db_default="")
    after = models.TextField(_("after"), blank=True, default="", db_default="")
    data = models.JSONField(_("details"), default=dict)

    objects = AuditQuerySet.as_manager()

    class Meta:
        verbose_name = _("audit entry")
        verbose_name_plural = _("audit entries")
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.actor_name}: {self.action} {self.subject_label}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding:
            raise TrailIsAppendOnly("The audit trail cannot be changed.")
        # With the key of a row that is there, Django would otherwise write over that row.
        super().save(*args, **(kwargs | {"force_insert": True}))

    def delete(self, *_args: Any, **_kwargs: Any) -> NoReturn:
        raise TrailIsAppendOnly("The audit trail cannot be deleted.")
