"""Events waiting to leave: written with the change, delivered after it, at least once."""

import uuid

from django.db import models
from django.utils.translation import gettext_lazy as _


class OutboxQuerySet(models.QuerySet["OutboxEvent"]):
    def waiting(self) -> "OutboxQuerySet":
        """Return what has not left yet, oldest first."""
        return self.filter(delivered_at=None).order_by("pk")


class OutboxEvent(models.Model):
    """One event: its kind, what it is about, and a payload of plain JSON."""

    event_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    kind = models.CharField(_("kind"), max_length=80)
    subject = models.CharField(_("subject"), max_length=100)
    payload = models.JSONField(_("payload"), default=dict)
    created_at = models.DateTimeField(_("created"))
    delivered_at = models.DateTimeField(_("delivered"), null=True, db_index=True)
    attempts = models.PositiveIntegerField(_("attempts"), default=0)
    last_error = models.TextField(_("last error"), blank=True)

    objects = OutboxQuerySet.as_manager()

    class Meta:
        verbose_name = _("outbox event")
        verbose_name_plural = _("outbox events")

    def __str__(self) -> str:
        return f"{self.kind} {self.subject}"
