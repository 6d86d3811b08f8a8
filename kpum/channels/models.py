"""The publication read model: what each channel may read, as the bytes it will be sent."""

from uuid import uuid4

from django.db import models
from django.utils.translation import gettext_lazy as _

from kpum.channels.mark_models import ChannelMark
from kpum.channels.receipt_models import Receipt
from kpum.pages.enums import GoneReason

__all__ = [
    "ChannelMark",
    "Chunk",
    "FeedHead",
    "Mention",
    "PublishedDocument",
    "RebuildMark",
    "Receipt",
    "SignedManifest",
]

#: The longest address that is found by its path; PostgreSQL indexes no more than 2,700 bytes.
LONGEST_URL = 600


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
    #: What lists are filtered by, taken from the document; a tombstone keeps what it had.
    unit_code = models.CharField(
        _("owning unit's code"), max_length=20, blank=True, default="", db_default=""
    )
    code = models.CharField(_("code"), max_length=20, blank=True, default="", db_default="")
    url = models.CharField(
        _("address"), max_length=LONGEST_URL, blank=True, default="", db_default=""
    )
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
        indexes = [
            models.Index(fields=["channel", "sequence"]),
            models.Index(fields=["channel", "kind", "sequence"], name="kpum_feed_by_kind"),
            models.Index(fields=["channel", "unit_code", "sequence"], name="kpum_feed_by_unit"),
            models.Index(fields=["channel", "code"], name="kpum_document_by_code"),
            models.Index(fields=["url"], name="kpum_document_by_url"),
            # A publication asks what stands of a document in any channel.
            models.Index(fields=["document_id"], name="kpum_document_by_id"),
        ]

    def __str__(self) -> str:
        return f"{self.channel} {self.sequence}: {self.kind} {self.document_id}"

    @property
    def is_gone(self) -> bool:
        """Return whether this is a tombstone."""
        return bool(self.gone_reason)


class Mention(models.Model):
    """What a live document names: words, files, and the pages whose addresses stand in its text.

    Written with its document, and gone with it.
    """

    class Kind(models.TextChoices):
        """What is named."""

        CATEGORY = "category", _("category")
        LIFE_EVENT = "life_event", _("life event")
        BUSINESS_EVENT = "business", _("business event")
        MEDIA = "media", _("picture or file")
        LINK = "link", _("page that it links to")

    document = models.ForeignKey(
        PublishedDocument, on_delete=models.CASCADE, related_name="mentions"
    )
    kind = models.CharField(_("kind"), max_length=10, choices=Kind.choices)
    #: The slug of a word, or the id of a file or of another document.
    value = models.CharField(_("name"), max_length=64)

    class Meta:
        verbose_name = _("mention")
        verbose_name_plural = _("mentions")
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "value", "document"], name="kpum_mentioned_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.document_id}: {self.kind} {self.value}"


class Chunk(models.Model):
    """A page of a channel's feed from ``after`` to ``last``, compressed: full copies cost little.

    Built and deleted under the lock of the feed's head: deleted in the transaction in which a row
    of its range changes, so nothing that left the channel is ever served from one.
    """

    channel = models.CharField(_("channel"), max_length=40)
    after = models.BigIntegerField(_("after"))
    last = models.BigIntegerField(_("last"))
    count = models.PositiveIntegerField(_("changes"))
    etag = models.CharField(_("hash"), max_length=64)
    body = models.BinaryField(_("page as compressed JSON"))

    class Meta:
        verbose_name = _("stored page of the feed")
        verbose_name_plural = _("stored pages of the feed")
        constraints = [
            models.UniqueConstraint(fields=["channel", "after"], name="kpum_chunk_begins_once")
        ]

    def __str__(self) -> str:
        return f"{self.channel} ({self.after}, {self.last}]"


class SignedManifest(models.Model):
    """The last manifest that was asked for in a channel: worked out once for each sequence."""

    channel = models.CharField(_("channel"), max_length=40, primary_key=True)
    sequence = models.BigIntegerField(_("sequence"))
    kid = models.CharField(_("key"), max_length=64)
    body = models.TextField(_("manifest as JSON"))

    class Meta:
        verbose_name = _("manifest")
        verbose_name_plural = _("manifests")

    def __str__(self) -> str:
        return f"{self.channel} {self.sequence}"


def new_epoch() -> str:
    """Return a name no life of the feed has had before."""
    return uuid4().hex


class FeedHead(models.Model):
    """The last sequence number given out: one row, whose lock is the order of publication.

    It is taken before a document is read and built, and is the last lock of every transaction, so
    numbers are committed in their order: no reader sees n+1 before n (ADR 0003).
    """

    last = models.BigIntegerField(default=0)
    #: Changes when the database went back to an earlier state: cursors from before mean nothing then.
    epoch = models.CharField(max_length=32, default=new_epoch, db_default="", editable=False)

    class Meta:
        verbose_name = _("head of the feed")
        verbose_name_plural = _("heads of the feed")

    def __str__(self) -> str:
        return str(self.last)


class RebuildMark(models.Model):
    """A subtree, or a page alone, whose documents may have changed; the worker goes through by path."""

    page_id = models.BigIntegerField(_("page"))
    alone = models.BooleanField(_("without what is below"), default=False, db_default=False)
    after_path = models.CharField(_("done up to"), max_length=255, blank=True)
    created_at = models.DateTimeField(_("created"))

    class Meta:
        verbose_name = _("subtree to rebuild")
        verbose_name_plural = _("subtrees to rebuild")

    def __str__(self) -> str:
        return f"{self.page_id} > {self.after_path}"
