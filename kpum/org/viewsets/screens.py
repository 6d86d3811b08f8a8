"""What all screens of the room share: a list within one's sight, and a form that is one act."""

from typing import Any

from django import forms
from django.core.exceptions import NON_FIELD_ERRORS, PermissionDenied, ValidationError
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.views.generic import FormView
from wagtail.admin import messages
from wagtail.admin.menu import MenuItem
from wagtail.admin.views.generic import IndexView, PermissionCheckedMixin
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin
from wagtail.admin.viewsets.base import ViewSet
from wagtail.permissions import policy_registry

from kpum.core.errors import KpumError
from kpum.org.people import named


class ListView(IndexView):
    """A list of what the person may see; nothing in it is copied, edited in place or deleted."""

    # Wagtail declares these as None or as lists; here they are what a subclass says.
    model: Any = None
    index_url_name: Any = None
    index_results_url_name: Any = None
    add_url_name: Any = None
    filterset_class: Any = None
    default_ordering: Any = None
    page_title: Any = ""
    is_searchable: Any = True
    any_permission_required = ["view"]
    paginate_by: Any = 50
    related: tuple[str, ...] = ()
    #: Where people's names are searched, and other texts.
    searched_people: tuple[str, ...] = ()
    searched_texts: tuple[str, ...] = ()
    #: What a filter that was not set means.
    filter_defaults: dict[str, str] = {}

    def get_columns(self) -> list[Any]:
        """Return the columns of the table, the one with the buttons first."""
        raise NotImplementedError

    @cached_property
    def columns(self) -> list[Any]:  # type: ignore[override]
        return self.get_columns()

    def get_base_queryset(self) -> QuerySet[Any]:
        rows = self.permission_policy.instances_user_has_any_permission_for(
            self.request.user, ["view"]
        )
        return rows.select_related(*self.related)

    def get_filterset_kwargs(self) -> dict[str, Any]:
        data = self.request.GET.copy()
        for name, value in self.filter_defaults.items():
            if not data.get(name):
                data[name] = value
        return {"data": data, "request": self.request}

    def filter_queryset(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Narrow the list; a filter that makes no sense shows nothing rather than everything."""
        if self.filters and not self.filters.is_valid():
            return queryset.none()
        return super().filter_queryset(queryset)

    def search_queryset(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Find by names, each word in any of them, or by a text as it stands."""
        if not self.is_searching:
            return queryset
        condition = named(self.search_query, *self.searched_people)
        for name in self.searched_texts:
            condition |= Q(**{f"{name}__icontains": self.search_query})
        return queryset.filter(condition)


class ActView(PermissionCheckedMixin, WagtailAdminTemplateMixin, FormView):
    """A form whose submission is one action; what the action refuses stands at its field.

    A subclass names the model, the permission, the form and where it leads, and carries out ``act``.
    """

    model: Any = None
    permission_required: Any = None
    page_title: Any = ""
    template_name = "kpum/org/act.html"
    index_url_name = ""
    button: Any = ""
    danger = False

    def act(self, form: Any) -> str:
        """Carry out the act; return the sentence that tells the person it is done."""
        raise NotImplementedError

    def field_of(self, _error: KpumError, _form: forms.BaseForm) -> str | None:
        """Return the field at which a refusal is shown; None for the form as a whole."""
        return None

    def form_valid(self, form: Any) -> HttpResponse:
        try:
            done = self.act(form)
        except ValidationError as error:
            _show(form, error)
        except KpumError as error:
            form.add_error(self.field_of(error, form), str(error))
        else:
            messages.success(self.request, done)
            return redirect(self.get_success_url())
        return self.form_invalid(form)

    def form_invalid(self, form: Any) -> HttpResponse:
        messages.validation_error(self.request, _("Nothing was changed: see below why."), form)
        return super().form_invalid(form)

    def get_success_url(self) -> str:
        return reverse(self.index_url_name)

    def get_facts(self) -> list[tuple[Any, Any]]:
        """Return what the person should know before the form, as names and values."""
        return []

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        plural = capfirst(self.model._meta.verbose_name_plural)
        return [
            *self.breadcrumbs_items,
            {"url": reverse(self.index_url_name), "label": plural},
            {"url": "", "label": self.get_page_title()},
        ]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**kwargs)
        form = context["form"]
        return context | {
            "action_url": self.request.get_full_path(),
            "media": form.media,
            "facts": self.get_facts(),
            "submit_button_label": self.button,
            "cancel_url": self.get_success_url(),
            "is_danger": self.danger,
        }


class RowActView(ActView):
    """An act upon one row that the person sees."""

    page_title: Any = ""
    permission_here = ""

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        self.object = self.get_object()

    def get_rows(self) -> QuerySet[Any]:
        return self.permission_policy.instances_user_has_any_permission_for(
            self.request.user, ["view"]
        )

    def get_object(self) -> Any:
        return get_object_or_404(self.get_rows(), pk=self.kwargs["pk"])

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        if not self.user_has_permission_for_instance(self.permission_here, self.object):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)


class PolicyMenuItem(MenuItem):
    """An entry for those who may see anything behind it."""

    model: Any = None

    def is_shown(self, request: HttpRequest) -> bool:
        policy = policy_registry.get_by_type(self.model)
        return bool(policy.user_has_permission(request.user, "view"))


class PowersViewSet(ViewSet):
    """Addresses and menu entry of one model's screens."""

    name: Any = None
    menu_label: Any = ""
    model: Any = None

    @cached_property
    def menu_item_class(self) -> Any:
        return type(f"{self.model.__name__}MenuItem", (PolicyMenuItem,), {"model": self.model})


def _show(form: Any, error: ValidationError) -> None:
    """Put each message at its field, or at the form when the form has no such field."""
    found = error.message_dict if hasattr(error, "error_dict") else {NON_FIELD_ERRORS: error}
    for name, complaints in found.items():
        form.add_error(name if name in form.fields else None, complaints)
