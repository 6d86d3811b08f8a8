"""Running text."""

from django.utils.translation import gettext_lazy as _
from wagtail.blocks import RichTextBlock


class ParagraphBlock(RichTextBlock):
    """Paragraphs, lists and links; headings have a block of their own, so that their order holds."""

    def __init__(self, **kwargs: object) -> None:
        kwargs.setdefault("features", ["bold", "italic", "ol", "ul", "link", "document-link"])
        super().__init__(**kwargs)

    class Meta:
        icon = "pilcrow"
        label = _("Text")
        template = "kpum/blocks/paragraph.html"
