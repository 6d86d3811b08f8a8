"""Reading a page's record, one of its versions, and what changed, for whoever may see its drafts."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.generic import TemplateView
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin
from wagtail.admin.views.pages.revisions import RevisionsCompareView, RevisionsView
from wagtail.models import Page

from kpum.org import queries as org
from kpum.org.enums import Right
from kpum.pages.models import PortalPage
from kpum.pages.queries import place_of
from kpum.reports.page_record import PageRecord, record_of


def visible_page(user: Any, page_id: Any) -> PortalPage:
    """Return the page if the person may see its drafts.

    Raises:
        Http404: there is no such page of ours.
        PermissionDenied: the person has no right to see it.
    """
    page = get_object_or_404(Page, pk=page_id).specific
    place = place_of(page)
    if place is None or not isinstance(page, PortalPage):
        raise Http404
    if not (user.is_superuser or org.may(user, place, Right.VIEW)):
        raise PermissionDenied
    return page


class PageRecordView(WagtailAdminTemplateMixin, TemplateView):
    """Whose the page is, who answers for it, its versions, and the acts on it."""

    template_name = "kpum/reports/page_record.html"
    page_title: Any = _("Record of the page")
    header_icon = "doc-full-inverse"
    record: PageRecord

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        record = record_of(visible_page(request.user, kwargs["page_id"]))
        if record is None:
            raise Http404
        self.record = record
        return super().dispatch(request, *args, **kwargs)

    def get_page_subtitle(self) -> str:
        return str(self.record.page.draft_title)

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        here = {"url": "", "label": self.get_page_title(), "sublabel": self.get_page_subtitle()}
        return [*self.breadcrumbs_items, here]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**kwargs)
        page = self.record.page
        may_edit = page.permissions_for_user(self.request.user).can_edit()
        edit_url = reverse("wagtailadmin_pages:edit", args=[page.pk]) if may_edit else ""
        return context | {"record": self.record, "edit_url": edit_url}


class RecordedRevisionView(RevisionsView):
    """One version as citizens would see it."""

    def get_object(self) -> PortalPage:
        return visible_page(self.request.user, self.pk)


class RecordedComparisonView(RevisionsCompareView):
    """Two versions side by side, in words."""

    edit_url_name: Any = None
    history_url_name = "kpum_page_record"
    history_label = _("Record of the page")

    def get_object(self, queryset: Any = None) -> PortalPage:
        return visible_page(self.request.user, self.pk)
