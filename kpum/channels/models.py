"""The publication read model: what each channel may read, as the bytes it will be sent."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from kpum.channels.mark_models import ChannelMark
from kpum.channels.receipt_models import Receipt
from kpum.pages.enums import GoneReason

__all__ = ["ChannelMark", "FeedHead", "PublishedDocument", "RebuildMark", "Receipt"]


class PublishedDocument(models.Model):
    """One document in one channel and language: live, or the tombstone it left. Never deleted.

    The feed is this table in order of ``sequence``: a full copy and a delta are the same query.
    """

    channel = models.CharField(_("channel"), max_length=40)
    document_id = models.UUIDField(_("document"))
    locale = models.CharField(_("language"), max_length=12)
    kind = models.CharField(_("type"), max_length=40)
    sequence = models.BigIntegerField(_("sequence"), unique=True)
    etag = models.CharField(_("hash"), max_length=64, blank=True)
    body = models.TextField(_("document as JSON"), blank=True)
    gone_reason = models.CharField(
        _("gone because"), max_length=20, choices=GoneReason.choices, blank=True
    )
    #: Where a tombstone sends its readers: the document that took this one's place, and its address.
    successor_id = models.UUIDField(_("successor"), null=True, db_index=True)
    successor_locale = models.CharField(
        _("successor's language"), max_length=12, blank=True, default="", db_default=""
    )
    successor_url = models.TextField(
        _("successor's address"), blank=True, default="", db_default=""
    )
    changed_at = models.DateTimeField(_("changed"))

    class Meta:
        verbose_name = _("published document")
        verbose_name_plural = _("published documents")
        constraints = [
            models.UniqueConstraint(
                fields=["channel", "document_id", "locale"], name="kpum_one_document_a_channel"
            )
        ]
        indexes = [models.Index(fields=["channel", "sequence"])]

    def __str__(self) -> str:
        return f"{self.channel} {self.sequence}: {self.kind} {self.document_id}"

    @property
    def is_gone(self) -> bool:
        """Return whether this is a tombstone."""
        return bool(self.gone_reason)


class FeedHead(models.Model):
    """The last sequence number given out: one row, whose lock is the order of publication.

    It is taken before a document is read and built, and is the last lock of every transaction, so
    numbers are committed in their order: no reader sees n+1 before n (ADR 0003).
    """

    last = models.BigIntegerField(default=0)

    class Meta:
        verbose_name = _("head of the feed")
        verbose_name_plural = _("heads of the feed")

    def __str__(self) -> str:
        return str(self.last)


class RebuildMark(models.Model):
    """A subtree whose documents may have changed; the worker goes through it by path."""

    page_id = models.BigIntegerField(_("page"))
    after_path = models.CharField(_("done up to"), max_length=255, blank=True)
    created_at = models.DateTimeField(_("created"))

    class Meta:
        verbose_name = _("subtree to rebuild")
        verbose_name_plural = _("subtrees to rebuild")

    def __str__(self) -> str:
        return f"{self.page_id} > {self.after_path}"
