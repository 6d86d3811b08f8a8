"""Two people in one text: the second save never silently takes the place of the first.

Wagtail asks this only of autosave; a plain save would overwrite what a colleague stored meanwhile.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from wagtail.models import Revision

#: The form was shown again after a refused save.
REFUSED = "kpum-conflict"
#: The author has seen who saved, and saves on top of exactly this revision.
ON_TOP = "kpum-on-top"


@dataclass(frozen=True)
class Conflict:
    """A revision that somebody saved after the form was opened."""

    revision: Any
    loaded_id: str

    @property
    def message(self) -> str:
        """Return who saved when, and that nothing of one's own is lost."""
        return _(
            "%(person)s saved this page after you opened it. Your text is below and has not been"
            " saved yet: look at what changed, then decide."
        ) % {"person": self.revision.user or _("The system")}

    @property
    def comparison(self) -> str:
        """Return the address of the comparison between what was opened and what is there now."""
        earlier = self.loaded_id if self.loaded_id.isdigit() else "earliest"
        page_id = int(self.revision.object_id)
        return reverse(
            "wagtailadmin_pages:revisions_compare", args=[page_id, earlier, self.revision.pk]
        )


def conflict_of(data: Mapping[str, Any], page: Any) -> Conflict | None:
    """Return the revision that a save would silently overwrite, or None when there is none.

    Args:
        data: what the browser sent: the revision it had loaded, and whether it saves on top knowingly.
        page: the page as it is stored.
    """
    latest = (
        Revision.objects.page_revisions()
        .filter(object_id=str(page.pk))
        .select_related("user")
        .order_by("-created_at", "-pk")
        .first()
        if page.pk
        else None
    )
    if latest is None or str(latest.pk) in {data.get(ON_TOP), data.get("overwrite_revision_id")}:
        return None
    loaded = str(data.get(REFUSED) or data.get("loaded_revision_id") or "")
    if not loaded and not data.get("overwrite_revision_id"):
        return None
    saved_at = str(data.get("loaded_revision_created_at") or "")
    same = loaded == str(latest.pk) and saved_at in {"", latest.created_at.isoformat()}
    if same and not data.get(REFUSED) and not data.get("overwrite_revision_id"):
        return None
    return Conflict(latest, loaded)
