"""A heading inside a page's text; always of the second level, under the page's title."""

from django.utils.translation import gettext_lazy as _
from wagtail.blocks import CharBlock


class HeadingBlock(CharBlock):
    """One line that says what the next part answers."""

    def __init__(self, **kwargs: object) -> None:
        kwargs.setdefault("max_length", 160)
        super().__init__(**kwargs)

    class Meta:
        icon = "title"
        label = _("Heading")
        template = "kpum/blocks/heading.html"
