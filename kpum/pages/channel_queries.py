"""What a change of a channel's rules would do, counted before it is made."""

from dataclasses import dataclass
from typing import Any

from wagtail.models import Page

from kpum.pages.channel_rules import Rule, rules


@dataclass(frozen=True)
class Effect:
    """How many public pages would leave the channel, come into it, and stay."""

    leaving: int
    coming: int
    staying: int


def effect_of(wanted: Rule) -> Effect:
    """Return what becomes of the pages that want to be in the channel; four queries."""
    now = rules()[wanted.code]
    pages: Any = Page.objects
    public = pages.live().public().filter(placements__channel=wanted.code)
    there = public.filter(now.pages())
    staying = there.filter(wanted.pages()).count()
    held, allowed = there.count(), public.filter(wanted.pages()).count()
    return Effect(leaving=held - staying, coming=allowed - staying, staying=staying)
