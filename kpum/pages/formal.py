"""The formal check: what can be found wrong with a text without judging what it says.

A person decides on the substance; this is done by the system when the text is submitted.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.images import get_image_model
from wagtail.models import Page, ReferenceIndex

from kpum.core import clock
from kpum.pages.channel_demands import look_at_channels

Problems = dict[str, list[str]]


class FormalPoint(models.TextChoices):
    """What the formal check looks at."""

    FIELDS = "fields", gettext_lazy("required fields")
    OWNER = "owner", gettext_lazy("owning unit")
    CHANNELS = "channels", gettext_lazy("channels")
    LINKS = "links", gettext_lazy("links to other pages")
    ALT_TEXTS = "alt_texts", gettext_lazy("texts in place of pictures")


@dataclass(frozen=True)
class Findings:
    """The result: what bars the submission, field by field, and what a reviewer should know."""

    errors: Problems = field(default_factory=dict)
    remarks: tuple[str, ...] = ()


def examine(text: Any) -> Findings:
    """Check a text for everything the system can see; it need not be saved.

    Returns errors (field → messages) and remarks; a link to a page that is not public yet is only
    a remark, because two new pages may name each other.
    """
    errors: Problems = {name: list(said) for name, said in text.publication_errors().items()}
    looked = look_beyond_fields(text)
    for name, messages in looked.errors.items():
        errors.setdefault(name, []).extend(messages)
    return Findings(errors, looked.remarks)


def look_beyond_fields(text: Any, parent: Any = None) -> Findings:
    """Check where the text goes, what it links to and what it shows.

    Three queries at most, and those of what its channels demand; a text that is not saved yet has
    its place under ``parent``.
    """
    pages: dict[int, str] = {}
    pictures: dict[int, str] = {}
    kept_by_type = {
        ContentType.objects.get_for_model(Page).pk: pages,
        ContentType.objects.get_for_model(get_image_model()).pk: pictures,
    }
    # The index's own reader, so that every kind of field and block is read as Wagtail reads it.
    found = ReferenceIndex._extract_references_from_object(text)  # noqa: SLF001
    for type_id, object_id, model_path, _content_path in found:
        kept = kept_by_type.get(type_id)
        if kept is not None and str(object_id).isdigit():
            kept.setdefault(int(object_id), model_path.split(".")[0])
    errors: Problems = {}
    if not text.targets:
        _add(errors, "targets", _("Choose at least one channel: nobody would see the page."))
    for name, messages in look_at_channels(text, parent).items():
        errors.setdefault(name, []).extend(messages)
    remarks = _look_at_links(pages, errors)
    _look_at_pictures(pictures, errors)
    return Findings(errors, tuple(remarks))


def _look_at_links(linked: dict[int, str], errors: Problems) -> list[str]:
    if not linked:
        return []
    rows: Any = Page.objects.filter(pk__in=linked)
    there = {page.pk: page for page in rows.select_related("withdrawal")}
    remarks = []
    for page_id, name in linked.items():
        page = there.get(page_id)
        if page is None:
            _add(errors, name, _("A link leads to a page that no longer exists."))
        elif not page.live and (hasattr(page, "withdrawal") or _has_expired(page)):
            message = _("A link leads to “%(title)s”, which has been withdrawn.")
            _add(errors, name, message % {"title": page.title})
        elif not page.live:
            remarks.append(
                _("A link leads to “%(title)s”, which is not public yet.")
                % {"title": page.draft_title}
            )
    return remarks


def _has_expired(page: Any) -> bool:
    return bool(page.expired or (page.expire_at and page.expire_at <= clock.now()))


def _look_at_pictures(shown: dict[int, str], errors: Problems) -> None:
    if not shown:
        return
    for picture in get_image_model()._default_manager.filter(pk__in=shown):
        if not picture.default_alt_text and not getattr(picture, "is_decorative", False):
            message = _("The picture “%(title)s” lacks a description for people who do not see it.")
            _add(errors, shown[picture.pk], message % {"title": picture.title})


def _add(errors: Problems, name: str, message: str) -> None:
    errors.setdefault(name, []).append(message)


def points(names: Iterable[str]) -> list[str]:
    """Return the words for stored names of points, in the reader's language."""
    return [str(FormalPoint(name).label) for name in names if name in FormalPoint.values]
