"""Pictures that say who made them and what they show, and files; reached through Wagtail's getters."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from wagtail.documents.models import AbstractDocument, Document
from wagtail.images.models import AbstractImage, AbstractRendition, Image


class PortalImage(AbstractImage):
    """A picture with author and licence (P-08, P-14) and an alternative text (C.2)."""

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

    @property
    def default_alt_text(self) -> str:
        """Return the description, or an empty text for a decorative picture; never the file's title."""
        return "" if self.is_decorative else self.description


class PortalRendition(AbstractRendition):
    """A size of a picture."""

    image = models.ForeignKey(PortalImage, on_delete=models.CASCADE, related_name="renditions")

    class Meta(AbstractRendition.Meta):
        unique_together = (("image", "filter_spec", "focal_point_key"),)


class PortalDocument(AbstractDocument):
    """A file to download; says whether it is accessible (C.2)."""

    is_accessible = models.BooleanField(
        _("digitally accessible"),
        default=False,
        help_text=_("Checked with a screen reader or an accessibility checker."),
    )

    admin_form_fields = (*Document.admin_form_fields, "is_accessible")

    class Meta(AbstractDocument.Meta):
        verbose_name = _("file")
        verbose_name_plural = _("files")
