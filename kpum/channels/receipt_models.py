"""What sister portals answered about the documents they were given: appended, never changed (K-28, P-17)."""

from typing import Any, NoReturn

from django.db import models
from django.utils.translation import gettext_lazy as _

from kpum.core.errors import KpumError


class ReceiptsAreAppendOnly(KpumError):
    """Somebody tried to change or delete a receipt."""


class ReceiptState(models.TextChoices):
    """What a sister portal did with a version of a document; the codes stand in the API."""

    ACCEPTED = "accepted", _("accepted")
    PUBLISHED = "published", _("published there")
    RETURNED = "returned", _("returned")


class ReceiptQuerySet(models.QuerySet["Receipt"]):
    """Reads only: bulk changes are refused."""

    def update(self, **_kwargs: Any) -> NoReturn:
        raise ReceiptsAreAppendOnly("Receipts cannot be changed.")

    def delete(self) -> NoReturn:
        raise ReceiptsAreAppendOnly("Receipts cannot be deleted.")

    def of(self, channel: str, document_id: Any, locale: str) -> "ReceiptQuerySet":
        """Return those of one document in one channel, the latest first."""
        found = self.filter(channel=channel, document_id=document_id, locale=locale)
        return found.order_by("-pk")


class Receipt(models.Model):
    """One answer to one version of a document, from a client of the API or by a person's hand.

    Kept by the document's id: it outlives the page.
    """

    channel = models.CharField(_("channel"), max_length=40)
    document_id = models.UUIDField(_("document"))
    locale = models.CharField(_("language"), max_length=12)
    #: The version that was answered: the hash of the document's bytes.
    etag = models.CharField(_("version"), max_length=64)
    state = models.CharField(_("answer"), max_length=10, choices=ReceiptState.choices)
    external_id = models.CharField(_("identifier there"), max_length=200, blank=True)
    external_url = models.URLField(_("address there"), max_length=500, blank=True)
    message = models.TextField(_("message"), blank=True)
    at = models.DateTimeField(_("time"), db_index=True)
    #: The client of the API, or the person, in words: they outlive both.
    sender = models.CharField(_("answered by"), max_length=300)

    objects = ReceiptQuerySet.as_manager()

    class Meta:
        verbose_name = _("receipt")
        verbose_name_plural = _("receipts")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["document_id", "channel", "locale", "etag", "state", "external_id"],
                name="kpum_receipt_once",
            )
        ]

    def __str__(self) -> str:
        return f"{self.channel} {self.document_id}: {self.state}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding:
            raise ReceiptsAreAppendOnly("Receipts cannot be changed.")
        # With the key of a row that is there, Django would otherwise write over that row.
        super().save(*args, **(kwargs | {"force_insert": True}))

    def delete(self, *_args: Any, **_kwargs: Any) -> NoReturn:
        raise ReceiptsAreAppendOnly("Receipts cannot be deleted.")
