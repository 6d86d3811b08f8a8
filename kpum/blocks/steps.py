"""What to do, in order."""

from django.utils.translation import gettext_lazy as _
from wagtail.blocks import CharBlock, ListBlock, StructBlock, TextBlock


class StepBlock(StructBlock):
    """One step: what to do, and how."""

    title = CharBlock(label=_("What to do"), max_length=160)
    text = TextBlock(label=_("How"), rows=3, required=False, default="")

    class Meta:
        icon = "order"
        label = _("Step")


class StepsBlock(ListBlock):
    """A numbered list of steps."""

    def __init__(self, **kwargs: object) -> None:
        super().__init__(StepBlock(), **kwargs)

    class Meta:
        icon = "list-ol"
        label = _("Steps")
        template = "kpum/blocks/steps.html"
