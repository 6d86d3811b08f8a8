"""Stock Wagtail beside ours: which fields its APIs show of our pages, and where they are mounted."""

from typing import Any

from wagtail.api.v2.router import WagtailAPIRouter
from wagtail.api.v2.views import PagesAPIViewSet

from kpum.portal.models import TextPage
from services.models import Category, LifeEvent, ServiceCardPage, UnitFolderPage

_ID = "translation_key"
_TEXT = (_ID, "lead", "body")
_CARD = (
    _ID, "code", "summary", "applicants", "audiences", "steps_and_notes", "no_documents",
    "documents", "free_of_charge", "fees", "processing_duration", "processing_text",
    "outcome_kind", "outcome", "appeal_possible", "appeal_authority", "appeal_days",
    "appeal_text", "channels", "legal_bases", "categories", "life_events", "keywords",
)  # fmt: skip


def expose_content() -> None:
    """Let both APIs show the content fields of every type of page that the bench builds."""
    shown: dict[Any, tuple[str, ...]] = {
        TextPage: _TEXT,
        UnitFolderPage: (_ID,),
        ServiceCardPage: _CARD,
        Category: ("slug", "name"),
        LifeEvent: ("slug", "name"),
    }
    for model, fields in shown.items():
        model.api_fields = list(fields)


def stock_v2() -> WagtailAPIRouter:
    """Return Wagtail's API v2, as its manual mounts it."""
    router = WagtailAPIRouter("wagtailapi")
    router.register_endpoint("pages", PagesAPIViewSet)
    return router
