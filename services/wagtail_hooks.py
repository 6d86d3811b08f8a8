"""The catalogue's entries in the admin's menu."""

from collections.abc import Iterator
from typing import Any

from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.widgets.button import Button

from services.conformity import screens
from services.dictionary_screens import DictionaryGroup
from services.models import ServiceCardPage


@hooks.register("register_admin_viewset")
def register_dictionaries() -> DictionaryGroup:
    """Give the admin the screens of what all cards refer to."""
    return DictionaryGroup()


@hooks.register("register_admin_urls")
def conformity_urls() -> list[URLPattern]:
    """Serve what the rules say of one card, and the waivers."""
    rules = "kpum/cards/<int:page_id>/conformity/"
    return [
        path(rules, screens.ConformityView.as_view(), name="kpum_conformity"),
        path(f"{rules}<slug:rule>/", screens.WaiveView.as_view(), name="kpum_waive"),
    ]


@hooks.register("register_page_header_buttons")
def offer_the_rules(page: Any, user: Any, **_kwargs: Any) -> Iterator[Button]:
    """Lead from a card to what the rules say of it, long before a review."""
    if page.specific_class is ServiceCardPage and screens.may_look(page, user):
        yield Button(
            _("Conformity"),
            url=reverse("kpum_conformity", args=[page.pk]),
            icon_name="clipboard-list",
            priority=40,
        )
