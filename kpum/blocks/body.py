"""The blocks a page's running text is made of."""

from typing import Any

from wagtail.blocks import StreamBlock

from kpum.blocks.heading import HeadingBlock
from kpum.blocks.notice import NoticeBlock
from kpum.blocks.paragraph import ParagraphBlock
from kpum.blocks.steps import StepsBlock


class BodyBlock(StreamBlock):
    """Headings, text, steps and remarks, in any order."""

    heading = HeadingBlock()
    paragraph = ParagraphBlock()
    steps = StepsBlock()
    notice = NoticeBlock()

    class Meta:
        required: Any = False
