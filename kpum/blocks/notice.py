"""A remark that must not be missed."""

from django.utils.translation import gettext_lazy as _
from wagtail.blocks import CharBlock, StructBlock, TextBlock


class NoticeBlock(StructBlock):
    """A titled remark, set apart from the text."""

    title = CharBlock(label=_("Title"), max_length=120)
    text = TextBlock(label=_("Text"), rows=3)

    class Meta:
        icon = "warning"
        label = _("Important")
        template = "kpum/blocks/notice.html"
