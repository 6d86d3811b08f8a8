"""Pictures and files, whose they are, and which public pages use them; reached through Wagtail's getters."""

import uuid
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.utils.translation import gettext_lazy as _
from wagtail.documents.models import AbstractDocument, Document
from wagtail.images.models import AbstractImage, AbstractRendition, Image
from wagtail.models import Collection, Page

from kpum.media.enums import FileKind
from kpum.media.facts import PRIVATE, differences, facts_of
from kpum.media.paths import document_path, secret_path
from kpum.org.models import Unit


class UnitCollection(models.Model):
    """A unit's own collection, made and named with the unit; all lie flat under the root."""

    unit = models.OneToOneField(
        Unit, on_delete=models.CASCADE, primary_key=True, related_name="file_collection"
    )
    collection = models.OneToOneField(
        Collection, on_delete=models.CASCADE, related_name="unit_collection"
    )

    class Meta:
        verbose_name = _("collection of a unit")
        verbose_name_plural = _("collections of units")

    def __str__(self) -> str:
        return f"{self.unit_id}: {self.collection_id}"


class PublicFile(models.Model):
    """A public page uses a picture or a file: as long as such a row holds, the public may fetch it.

    Written in the transaction that publishes the page, from the text that became public.
    """

    page = models.ForeignKey(Page, on_delete=models.CASCADE, related_name="public_files")
    kind = models.CharField(_("kind"), max_length=10, choices=FileKind.choices)
    #: Text, as hosts choose the keys of their own image and document models.
    object_id = models.CharField(max_length=36)

    class Meta:
        verbose_name = _("file of a public page")
        verbose_name_plural = _("files of public pages")
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "object_id", "page"], name="kpum_public_file_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.page_id}: {self.kind} {self.object_id}"


class StoredFile(models.Model):
    """What is known of the bytes of a picture or a file since they were stored (ADR 0012).

    New bytes are another file: they get another id, and no id is ever used again.
    """

    kind = models.CharField(_("kind"), max_length=10, choices=FileKind.choices)
    #: Text, as hosts choose the keys of their own image and document models.
    object_id = models.CharField(max_length=36)
    media_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    name = models.CharField(_("stored as"), max_length=255)
    size = models.BigIntegerField(_("size"))
    sha256 = models.CharField("SHA-256", max_length=64)
    content_type = models.CharField(_("content type"), max_length=127)

    class Meta:
        verbose_name = _("stored file")
        verbose_name_plural = _("stored files")
        constraints = [
            models.UniqueConstraint(fields=["kind", "object_id"], name="kpum_stored_file_once")
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.object_id}: {self.media_id}"


class UsedInPublic(models.Model):
    """A file whose form says, beside the field, that a public page uses it (M-04)."""

    kind: FileKind
    title: str

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.title

    @transaction.atomic
    def save(self, *args: Any, **kwargs: Any) -> None:
        # One transaction with the row of the trail that the handlers write.
        super().save(*args, **kwargs)

    def clean(self) -> None:
        super().clean()
        stored = type(self)._default_manager.filter(pk=self.pk).first() if self.pk else None
        if stored is None:
            return
        changed = differences(facts_of(stored), facts_of(self)) - PRIVATE
        if changed and (page := page_using(self.kind, self.pk)) is not None:
            raise ValidationError({name: in_use(stored, page) for name in sorted(changed)})


def pages_using(kind: FileKind, object_id: Any) -> models.QuerySet[Page]:
    """Return the pages through which the public has the file now."""
    uses = PublicFile.objects.filter(kind=kind, object_id=str(object_id))
    pages: models.QuerySet[Page] = Page.objects.live().public().filter(pk__in=uses.values("page"))
    return pages


def page_using(kind: FileKind, object_id: Any) -> Page | None:
    """Return one of them, or None: the file is nobody's business."""
    return pages_using(kind, object_id).order_by("path").first()


def in_use(file: Any, page: Page) -> str:
    """Return the sentence that says why a file stays as it is, and what to do instead."""
    return _(
        "“%(file)s” is used on the public page “%(page)s” and stays as it is. Upload the new"
        " version as another file, put it into the text, and have the text approved."
    ) % {"file": file.title, "page": page.title}


class PortalImage(UsedInPublic, AbstractImage):
    """A picture with author and licence (P-08, P-14) and an alternative text (C.2)."""

    kind = FileKind.IMAGE
    author = models.CharField(_("author"), max_length=200, blank=True)
    licence = models.CharField(_("licence"), max_length=200, blank=True)
    is_decorative = models.BooleanField(
        _("only decorative"),
        default=False,
        help_text=_("The picture tells nothing that the text does not: readers skip it."),
    )

    admin_form_fields = (*Image.admin_form_fields, "author", "licence", "is_decorative")

    class Meta(AbstractImage.Meta):
        verbose_name = _("picture")
        verbose_name_plural = _("pictures")
        # The address of each request is looked up here.
        indexes = [models.Index(fields=["file"], name="kpum_image_file")]

    def get_upload_to(self, filename: str) -> str:
        return secret_path("original_images", filename, self.file.field.storage)

    @property
    def default_alt_text(self) -> str:
        """Return the description, or an empty text for a decorative picture; never the file's title."""
        return "" if self.is_decorative else self.description


class PortalRendition(AbstractRendition):
    """A size of a picture."""

    image = models.ForeignKey(PortalImage, on_delete=models.CASCADE, related_name="renditions")

    class Meta(AbstractRendition.Meta):
        unique_together = (("image", "filter_spec", "focal_point_key"),)
        indexes = [models.Index(fields=["file"], name="kpum_rendition_file")]

    def get_upload_to(self, filename: str) -> str:
        return secret_path("images", filename, self.file.field.storage)


class PortalDocument(UsedInPublic, AbstractDocument):
    """A file to download; says whether it is accessible (C.2)."""

    kind = FileKind.DOCUMENT
    file = models.FileField(upload_to=document_path, verbose_name=_("file"))
    is_accessible = models.BooleanField(
        _("digitally accessible"),
        default=False,
        help_text=_("Checked with a screen reader or an accessibility checker."),
    )

    admin_form_fields = (*Document.admin_form_fields, "is_accessible")

    class Meta(AbstractDocument.Meta):
        verbose_name = _("file")
        verbose_name_plural = _("files")
        indexes = [models.Index(fields=["file"], name="kpum_document_file")]
