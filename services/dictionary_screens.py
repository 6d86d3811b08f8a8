"""The screens of what all cards refer to: acts, privacy notices, categories, life and business events."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.admin.ui.tables import Column, NumberColumn, TitleColumn
from wagtail.admin.viewsets.base import ViewSetGroup
from wagtail.admin.widgets.button import Button

from kpum.core.errors import KpumError
from kpum.org.viewsets.screens import ActView, ListView, PowersViewSet, RowActView
from kpum.org.wording import day_in_words
from services import dictionary_forms as entry_forms
from services.actions import (
    delete_entry,
    note_act_change,
    save_act,
    save_grouping,
    save_privacy_notice,
)
from services.models import BusinessEvent, Category, LegalAct, LifeEvent, PrivacyNotice


class EntryListView(ListView):
    """All entries of one dictionary."""

    entry_columns: Callable[[], list[Any]]
    title_field = "name"
    url_space = ""

    def get_edit_url(self, instance: Any) -> str | None:
        """Return where the entry is changed, for who may."""
        if not self.user_has_permission_for_instance("change", instance):
            return None
        return reverse(f"{self.url_space}:edit", args=[instance.pk])

    def order_queryset(self, queryset: Any) -> Any:
        return queryset.order_by(str(self.ordering), "pk")

    def get_columns(self) -> list[Any]:
        title: Any = self._get_title_column_class(TitleColumn)
        name = self.title_field
        label = self.model._meta.get_field(name).verbose_name
        first = title(name, label=label, sort_key=name, get_url=self.get_edit_url)
        return [first, *type(self).entry_columns()]

    def get_list_more_buttons(self, instance: Any) -> list[Any]:
        """Return the ways to what else may be done with the entry."""
        if not self.user_has_permission_for_instance("delete", instance):
            return []
        address = reverse(f"{self.url_space}:delete", args=[instance.pk])
        return [Button(_("Delete"), url=address, icon_name="bin", priority=90)]


class ActListView(EntryListView):
    def get_list_more_buttons(self, instance: Any) -> list[Any]:
        buttons = super().get_list_more_buttons(instance)
        if buttons:
            address = reverse("kpum_acts:note", args=[instance.pk])
            note = Button(_("Note a change"), url=address, icon_name="warning", priority=10)
            buttons.insert(0, note)
        return buttons


class _EntryFormView(ActView):
    """An entry's facts, stored by its action."""

    page_title: Any = ""
    permission_required: Any = None
    save: Callable[..., Any]
    button = gettext_lazy("Store")

    def act(self, form: Any) -> str:
        entry = type(self).save(values=form.values(), actor=self.request.user)
        return _("“%(entry)s” has been stored.") % {"entry": entry}

    def field_of(self, _error: KpumError, _form: Any) -> str | None:
        return None


class AddEntryView(_EntryFormView):
    permission_required = "add"
    page_title = gettext_lazy("Add an entry")

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"instance": self.model()}


class ChangeEntryView(_EntryFormView, RowActView):
    permission_here = "change"
    page_title = gettext_lazy("Change an entry")

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"instance": self.object}

    def get_facts(self) -> list[tuple[Any, Any]]:
        field = self.model._meta.get_field(self.form_class.key)  # type: ignore[union-attr]
        return [
            (field.verbose_name, getattr(self.model.objects.get(pk=self.object.pk), field.name))
        ]


class DeleteEntryView(RowActView):
    permission_here = "delete"
    form_class = forms.Form
    page_title = gettext_lazy("Delete an entry")
    button = gettext_lazy("Delete")
    danger = True

    def get_facts(self) -> list[tuple[Any, Any]]:
        return [(_("Entry"), self.object)]

    def act(self, _form: Any) -> str:
        delete_entry(entry=self.object, actor=self.request.user)
        return _("“%(entry)s” has been deleted.") % {"entry": self.object}


class NoteChangeView(RowActView):
    """An act has changed: its cards are flagged, and their units written to (D-47)."""

    model = LegalAct
    permission_here = "change"
    form_class = entry_forms.ActChangeForm
    index_url_name = "kpum_acts:index"
    header_icon = "doc-full"
    page_title = gettext_lazy("Note a change of an act")
    button = gettext_lazy("Note the change and write to the units")

    def get_facts(self) -> list[tuple[Any, Any]]:
        act = self.object
        facts = [(_("Act"), act)]
        if act.changed_on:
            facts.append((_("Last changed"), f"{day_in_words(act.changed_on)}: {act.change}"))
        return facts

    def act(self, form: Any) -> str:
        note_act_change(eli=self.object.eli, actor=self.request.user, **form.cleaned_data)
        return _("The change of “%(act)s” has been noted.") % {"act": self.object.title}


def _made(base: type[Any], attributes: dict[str, Any]) -> Any:
    """Return the view for one dictionary."""
    return type(base.__name__, (base,), attributes)


class DictionaryViewSet(PowersViewSet):
    """Addresses and views of one dictionary, made from its model, form and action."""

    name: Any = None
    menu_label: Any = ""
    form_class: Any = None
    save: Callable[..., Any]
    columns: Callable[[], list[Any]]
    title_field = "name"
    searched: tuple[str, ...] = ("name", "slug", "summary")
    default_ordering = "order"
    list_view: type[EntryListView] = EntryListView

    def _shared(self) -> dict[str, Any]:
        return {
            "model": self.model,
            "index_url_name": f"{self.name}:index",
            "header_icon": self.icon,
        }

    def _list(self, **more: Any) -> Any:
        kind = type(self)
        attributes = self._shared() | {
            "index_results_url_name": f"{self.name}:index_results",
            "add_url_name": f"{self.name}:add",
            "add_item_label": gettext_lazy("Add an entry"),
            "page_title": self.menu_label,
            "searched_texts": self.searched,
            "default_ordering": self.default_ordering,
            "title_field": self.title_field,
            "url_space": self.name,
            "entry_columns": staticmethod(kind.columns),
        }
        return _made(self.list_view, attributes).as_view(**more)

    def _form(self, base: type[_EntryFormView]) -> Any:
        own = {"form_class": self.form_class, "save": staticmethod(type(self).save)}
        return _made(base, self._shared() | own).as_view()

    def get_urlpatterns(self) -> list[URLPattern]:
        delete = _made(DeleteEntryView, self._shared())
        return [
            path("", self._list(), name="index"),
            path("results/", self._list(results_only=True), name="index_results"),
            path("new/", self._form(AddEntryView), name="add"),
            path("edit/<int:pk>/", self._form(ChangeEntryView), name="edit"),
            path("delete/<int:pk>/", delete.as_view(), name="delete"),
        ]


def _act_columns() -> list[Any]:
    return [
        Column("eli", label=_("Identifier"), sort_key="eli"),
        Column("journal", label=_("Where it was published")),
        Column(
            "changed_on",
            label=_("Last changed"),
            accessor=lambda act: day_in_words(act.changed_on) if act.changed_on else "–",
            sort_key="changed_on",
        ),
        Column("change", label=_("What has changed")),
    ]


class ActViewSet(DictionaryViewSet):
    """Addresses below ``acts/``."""

    name = "kpum_acts"
    url_prefix = "acts"
    model = LegalAct
    icon = "doc-full"
    menu_label = gettext_lazy("Legal acts")
    menu_name = "kpum-acts"
    form_class = entry_forms.ActForm
    save = staticmethod(save_act)
    columns = staticmethod(_act_columns)
    title_field = "title"
    searched = ("title", "eli", "journal")
    default_ordering = "title"
    list_view = ActListView

    def get_urlpatterns(self) -> list[URLPattern]:
        note = path("change/<int:pk>/", NoteChangeView.as_view(), name="note")
        return [*super().get_urlpatterns(), note]


def _notice_columns() -> list[Any]:
    return [
        Column("slug", label=_("Code"), sort_key="slug"),
        NumberColumn("version", label=_("Version"), sort_key="version"),
    ]


class NoticeViewSet(DictionaryViewSet):
    """Addresses below ``privacy-notices/``."""

    name = "kpum_notices"
    url_prefix = "privacy-notices"
    model = PrivacyNotice
    icon = "lock"
    menu_label = gettext_lazy("Privacy notices")
    menu_name = "kpum-notices"
    form_class = entry_forms.NoticeForm
    save = staticmethod(save_privacy_notice)
    columns = staticmethod(_notice_columns)
    title_field = "title"
    searched = ("title", "slug", "purpose")
    default_ordering = "title"


def _grouping_columns() -> list[Any]:
    return [
        Column("slug", label=_("Address"), sort_key="slug"),
        Column("summary", label=_("Summary")),
        NumberColumn("order", label=_("Order"), sort_key="order"),
    ]


def _saver(model: Any) -> Callable[..., Any]:
    def save(*, values: dict[str, Any], actor: Any) -> Any:
        return save_grouping(model=model, values=values, actor=actor)

    return save


class CategoryViewSet(DictionaryViewSet):
    """Addresses below ``categories/``."""

    name = "kpum_categories"
    url_prefix = "categories"
    model = Category
    icon = "folder-open-inverse"
    menu_label = gettext_lazy("Categories")
    menu_name = "kpum-categories"
    form_class = entry_forms.CategoryForm
    save = staticmethod(_saver(Category))
    columns = staticmethod(_grouping_columns)


class LifeEventViewSet(DictionaryViewSet):
    """Addresses below ``life-events/``."""

    name = "kpum_life_events"
    url_prefix = "life-events"
    model = LifeEvent
    icon = "group"
    menu_label = gettext_lazy("Life events")
    menu_name = "kpum-life-events"
    form_class = entry_forms.LifeEventForm
    save = staticmethod(_saver(LifeEvent))
    columns = staticmethod(_grouping_columns)


class BusinessEventViewSet(DictionaryViewSet):
    """Addresses below ``business-events/``."""

    name = "kpum_business_events"
    url_prefix = "business-events"
    model = BusinessEvent
    icon = "tasks"
    menu_label = gettext_lazy("Business events")
    menu_name = "kpum-business-events"
    form_class = entry_forms.BusinessEventForm
    save = staticmethod(_saver(BusinessEvent))
    columns = staticmethod(_grouping_columns)


class DictionaryGroup(ViewSetGroup):
    """What all cards refer to."""

    items: Any = (
        ActViewSet, NoticeViewSet, CategoryViewSet, LifeEventViewSet, BusinessEventViewSet,
    )  # fmt: skip
    menu_label: Any = gettext_lazy("Dictionaries")
    menu_name = "kpum-dictionaries"
    menu_icon = "list-ul"
    menu_order: Any = 705
