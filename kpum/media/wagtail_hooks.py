"""Wagtail's admin over pictures and files, narrowed to what the person may see."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path
from django.utils.translation import gettext as _
from wagtail import hooks
from wagtail.admin import messages
from wagtail.documents.api.admin.views import DocumentsAdminAPIViewSet
from wagtail.documents.models import AbstractDocument
from wagtail.images.api.admin.views import ImagesAdminAPIViewSet
from wagtail.permissions import policy_registry

from kpum.media import actions, queries, views
from kpum.media.bulk import guarded_actions
from kpum.media.facts import facts_of
from kpum.media.models import in_use
from kpum.media.rich_text import DOCUMENT_LINK_RULE

_BEFORE_STOCK, _AFTER_STOCK = -100, 100


@hooks.register("before_serve_document", order=_BEFORE_STOCK)
def serve_what_is_public(document: AbstractDocument, request: HttpRequest) -> None:
    """Serve what a public page uses; what else the person may not see is as if it were not there."""
    if not (queries.is_public(document) or queries.may_see(request.user, document)):
        raise Http404


@hooks.register("register_admin_urls", order=_BEFORE_STOCK)
def delete_with_reasons() -> list[URLPattern]:
    """Put our views of a deletion before Wagtail's, at the same addresses."""
    return [
        path("images/<int:image_id>/delete/", views.DeleteImage.as_view()),
        path("documents/delete/<int:document_id>/", views.DeleteDocument.as_view()),
    ]


class _Visible:
    """The admin's own API lists every file of the portal; here it lists those within reach."""

    request: Any
    model: Any

    def get_queryset(self) -> Any:
        policy: Any = policy_registry.get_by_type(self.model)
        visible = policy.instances_user_has_any_permission_for(self.request.user, ["choose"])
        listed = super().get_queryset()  # type: ignore[misc]
        return listed.filter(pk__in=visible.order_by().values("pk"))


class VisibleImages(_Visible, ImagesAdminAPIViewSet):
    """Pictures within reach."""


class VisibleDocuments(_Visible, DocumentsAdminAPIViewSet):
    """Files within reach."""


@hooks.register("construct_admin_api", order=_AFTER_STOCK)
def narrow_the_admin_api(router: Any) -> None:
    """Take the place of Wagtail's endpoints, which ask nobody's permission."""
    router.register_endpoint("images", VisibleImages)
    router.register_endpoint("documents", VisibleDocuments)


@hooks.register("register_rich_text_features", order=_AFTER_STOCK)
def name_only_visible_files(features: Any) -> None:
    """Take the place of Wagtail's rule, which tells the editor the name of any file."""
    features.register_converter_rule("contentstate", "document-link", DOCUMENT_LINK_RULE)


def _register_bulk_actions() -> None:
    for action in guarded_actions():
        hooks.register("register_bulk_action", action, order=_AFTER_STOCK)


_register_bulk_actions()


@hooks.register("before_bulk_action")
def keep_what_the_public_uses(
    request: HttpRequest, action_type: str, objects: list[Any], action: Any
) -> HttpResponse | None:
    """Delete nothing at all when a public page uses one of the chosen files; say which."""
    files = [row for row in objects if queries.kind_of(row) is not None]
    if action_type == "delete" and files:
        found = queries.first_in_use(files)
        if found is not None:
            messages.error(request, in_use(*found))
            return redirect(action.next_url)
    if action_type == "add_to_collection" and files:
        _tell_of_transfer(request, files, action.cleaned_form.cleaned_data["collection"])
    return None


def _tell_of_transfer(request: HttpRequest, files: list[Any], collection: Any) -> None:
    """Put into the trail what Wagtail writes past every signal."""
    for file in files:
        before = facts_of(file, {"collection"})
        if before["collection"] != collection.pk:
            actions.tell_of_file(
                act="changed",
                file=file,
                actor=request.user,
                before=before,
                after={"collection": collection.pk},
            )


@hooks.register("describe_collection_contents")
def say_whose_collection_it_is(collection: Any) -> dict[str, Any] | None:
    """Keep the collection of a unit: Wagtail deletes none that holds something."""
    row = getattr(collection, "unit_collection", None)
    if row is None:
        return None
    text = _("the unit “%(unit)s”, whose collection it is") % {"unit": row.unit.name}
    return {"count": 1, "count_text": text, "url": ""}
