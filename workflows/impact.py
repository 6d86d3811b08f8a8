"""What a text would change beyond its own words: languages, channels, links, and whose work it is."""

from dataclasses import dataclass, field
from typing import Any

from django.contrib.contenttypes.models import ContentType
from wagtail.models import Page, ReferenceIndex, Revision

from kpum.pages.channel_rules import channel_names
from kpum.pages.models import Placement

#: So many pages that link here are named; the others are counted.
NAMED_LINKS = 10


@dataclass(frozen=True)
class Impact:
    """What a reviewer should weigh before he agrees."""

    outdated_languages: list[str] = field(default_factory=list)
    channels_gained: list[str] = field(default_factory=list)
    channels_lost: list[str] = field(default_factory=list)
    channels_kept: list[str] = field(default_factory=list)
    saved_times: int = 0
    saved_by: list[str] = field(default_factory=list)
    linked_from: list[str] = field(default_factory=list)
    linked_from_count: int = 0


def impact_of(page: Any, draft: Any, revision: Revision) -> Impact:
    """Return what publishing the revision would change; six queries, whatever the page."""
    present = set(Placement.objects.filter(page=page.pk).values_list("channel", flat=True))
    present = present if page.live else set()
    wanted = set(draft.targets)
    times, people = _savings(page, revision)
    linking = _linking(page)
    translations = page.get_translations().filter(live=True).select_related("locale")
    return Impact(
        outdated_languages=[str(row.locale) for row in translations],
        channels_gained=_named(wanted - present),
        channels_lost=_named(present - wanted),
        channels_kept=_named(wanted & present),
        saved_times=times,
        saved_by=people,
        linked_from=linking[:NAMED_LINKS],
        linked_from_count=len(linking),
    )


def _named(channels: set[str]) -> list[str]:
    return [name for code, name in channel_names().items() if code in channels]


def _savings(page: Any, revision: Revision) -> tuple[int, list[str]]:
    saved = (
        Revision.objects.page_revisions()
        .filter(
            object_id=str(page.pk),
            pk__gt=page.live_revision_id or 0,
            pk__lte=revision.pk,
        )
        .select_related("user")
        .order_by("pk")
    )
    names = [str(row.user) for row in saved if row.user_id]
    return len(saved), list(dict.fromkeys(names))


def _linking(page: Any) -> list[str]:
    sources = (
        ReferenceIndex.get_references_to(page)
        .filter(base_content_type=ContentType.objects.get_for_model(Page))
        .values_list("object_id", flat=True)
    )
    ids = {int(pk) for pk in sources} - {page.pk}
    linking = Page.objects.filter(pk__in=ids, live=True).order_by("title", "pk")
    return list(linking.values_list("title", flat=True))
