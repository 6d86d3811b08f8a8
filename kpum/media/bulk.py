"""Wagtail's bulk actions on pictures and files: what a person may not see is not named to him."""

from typing import Any

from wagtail.documents.views import bulk_actions as of_documents
from wagtail.images.views import bulk_actions as of_images

from kpum.media import queries


class _OnlyVisible:
    """Leaves out, and does not list as refused, what the person does not find in the admin."""

    request: Any

    def get_actionable_objects(self) -> tuple[list[Any], dict[str, list[Any]]]:
        """Return what the act concerns, and what it may not touch though it may be seen."""
        objects, refused = super().get_actionable_objects()  # type: ignore[misc]
        visible = {
            name: [row for row in rows if queries.may_see(self.request.user, row)]
            for name, rows in refused.items()
        }
        return objects, visible


def guarded_actions() -> list[type]:
    """Return Wagtail's bulk actions, each with the narrower view."""
    names = ("AddTagsBulkAction", "AddToCollectionBulkAction", "DeleteBulkAction")
    return [
        type(name, (_OnlyVisible, getattr(module, name)), {})
        for module in (of_images, of_documents)
        for name in names
    ]
