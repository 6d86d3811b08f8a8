"""A card of SA in every state an address can speak of, and a walk over the admin's URL patterns."""

import re
from collections.abc import Iterator
from itertools import product

from django.urls import URLPattern, URLResolver, get_resolver
from wagtail.contrib.redirects.models import Redirect
from wagtail.models import Page, Revision, Site, Task, TaskState, WorkflowState

from kpum.audit.models import AuditEntry
from kpum.pages.authority import Authority, SystemMandate
from kpum.pages.door import opened
from services.models import UnitFolderPage
from tests.factories.pages import draft, edit, publish
from workflows import actions as path

SECRET = "Tajemnicza zmiana opłaty"
SECRET_TITLE = "Karta, o której nikt nie wie"
STREAMS = (
    "steps_and_notes", "documents", "fees", "channels", "legal_bases", "body", "requirements",
    "forms", "places",
)  # fmt: skip
#: What a browser sends with every page form, besides the fields.
FORM_FRAME = {f"{stream}-count": "0" for stream in STREAMS} | {
    f"{children}-{name}": value
    for children in ("comments", "relations")
    for name, value in (
        ("TOTAL_FORMS", "0"),
        ("INITIAL_FORMS", "0"),
        ("MIN_NUM_FORMS", "0"),
        ("MAX_NUM_FORMS", ""),
    )
}
#: Parameters that name the page, one of its revisions or its review.
OF_THE_PAGE = {
    "page_id", "page_to_move_id", "revision_id", "revision_id_a", "task_state_id", "workflow_state_id",
    "parent_page_id", "page_pk",
}  # fmt: skip

#: What decides addresses and languages of the whole portal.
OF_THE_PORTAL = ("admin/sites/", "admin/redirects/", "admin/locales/", "admin/localize/")


def routes(patterns=None, prefix="") -> Iterator[tuple[str, URLPattern]]:
    for pattern in get_resolver().url_patterns if patterns is None else patterns:
        route = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from routes(pattern.url_patterns, route)
        elif route.startswith("admin/"):
            yield route, pattern


def parameters(pattern: URLPattern, route: str) -> list[str]:
    return re.findall(r"<(?:\w+:)?(\w+)>", route)


class Case:
    """A card of SA that is public, changed, and under review; and one that was never public."""

    def __init__(self, city):
        self.city = city
        self.card = publish(city.card)
        edit(self.card, author=city.operator, summary=SECRET)
        self.card = Page.objects.get(pk=self.card.pk).specific
        self.state = path.submit(page=self.card, user=city.operator)
        self.hidden = city.new_card("SA-77", SECRET_TITLE, summary=SECRET)
        self.stock, self.below = self._under_a_stock_page()
        revisions = list(self.card.revisions.order_by("pk").values_list("pk", flat=True))
        self.providers = {
            "page_id": [self.card.pk, self.hidden.pk, self.stock.pk, self.below.pk],
            "page_pk": [self.card.pk],
            "page_to_move_id": [self.card.pk, self.hidden.pk, self.stock.pk, self.below.pk],
            "parent_page_id": [city.folder.pk, self.card.pk, self.stock.pk],
            "destination_id": [city.other_folder.pk, self.stock.pk],
            "revision_id": revisions,
            "revision_id_a": ["live", "earliest", revisions[0]],
            "revision_id_b": ["latest", revisions[-1]],
            "task_state_id": [self.state.current_task_state_id],
            "task_id": [self.state.current_task_state.task_id],
            "workflow_state_id": [self.state.pk],
            "workflow_pk": [self.state.workflow_id],
            "action_name": [
                "approve",
                "reject",
                "publish",
                "unpublish",
                "delete",
                "move",
                "copy",
                "revert_to_page_revision",
            ],
            "action": ["publish", "unpublish", "delete", "move"],
            "app_label": ["wagtailcore", "kpum_services"],
            "model_name": ["page", "servicecardpage"],
            "app_name": ["kpum_services"],
            "content_type_app_name": ["kpum_services"],
            "content_type_model_name": ["servicecardpage"],
            "object_id": [self.card.pk],
            "session_id": [1],
            # Rooms that hold nothing of a page's text: their own tests guard them.
            "pk": [self.card.pk, Site.objects.get().pk, self.card.locale_id],
            "image_id": [1],
            "document_id": [1],
            "doc_id": [1],
            "uploaded_file_id": [1],
            "collection_id": [1],
            "redirect_id": [self.redirect.pk],
            "translation_id": [1],
            "translation_source_id": [1],
            "string_segment_id": [1],
            "overridable_segment_id": [1],
            "filter_spec": ["fill-10x10"],
            "rule": ["C-01", "C-99"],
            "mode": [""],
            "uidb64": ["x"],
            "token": ["x"],
        }

    def _under_a_stock_page(self):
        """Return a page of no type of ours, in the site, and a public folder of ours under it."""
        with opened(Authority.of_system(SystemMandate.TESTS)):
            stock = Page.objects.get(pk=self.city.home.pk).add_child(
                instance=Page(title="Strona gospodarza", slug="gospodarz")
            )
            self.redirect = Redirect.add_redirect("/stary-adres", self.card, is_permanent=True)
        folder = UnitFolderPage(title="SA dwa", slug="sa-dwa", unit=self.city.folder.unit)
        return stock, publish(draft(stock, folder, author=self.city.operator))

    def addresses(self, route: str, names: list[str]) -> Iterator[str]:
        for values in product(*(self.providers[name] for name in names)):
            address = route
            for name, value in zip(names, values, strict=True):
                address = replace(address, name, str(value))
            yield "/" + address.replace("^", "").replace("$", "").replace("\\.", ".")

    def body(self) -> dict[str, object]:
        return {
            "action-submit": "1", "action-publish": "1", "action-workflow-action": "1",
            "workflow-action-name": "approve", "comment": "x", "reason": "obsolete", "explanation": "x",
            "title": "Przejęta", "slug": "przejeta", "new_title": "Kopia", "new_slug": "kopia",
            "new_parent_page": str(self.city.other_folder.pk), "new_position": "0",
            "restriction_type": "login", "include_descendants": "on", "copy_subpages": "on",
            "publish_copies": "on", "alias": "on", "unit": str(self.city.folder.unit_id),
            "hostname": "x.example.org", "port": "80", "root_page": str(self.stock.pk),
            "old_path": "/nowy", "redirect_link": "https://example.org/", "language_code": "uk", "external-link-chooser-url": "https://example.org/",
            **FORM_FRAME, "id": str(self.card.pk), "next": "/admin/",
        }  # fmt: skip

    def snapshot(self) -> tuple:
        pages = Page.objects.order_by("pk").values_list(
            "pk", "title", "draft_title", "live", "path", "locked", "latest_revision"
        )
        return (
            list(pages),
            Revision.objects.count(),
            list(TaskState.objects.values_list("pk", "status")),
            list(WorkflowState.objects.values_list("pk", "status")),
            AuditEntry.objects.count(),
            Task.objects.filter(active=True).count(),
        )


def replace(route: str, name: str, value: str) -> str:
    return re.sub(rf"\(\?P<{name}>[^)]*\)|<(?:\w+:)?{name}>", value, route, count=1)
