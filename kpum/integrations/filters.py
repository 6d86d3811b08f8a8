"""What the list of interfaces can be narrowed to."""

from typing import Any

import django_filters
from django import forms
from django.db.models import CharField, QuerySet
from django.db.models.functions import Cast
from django.utils.translation import gettext_lazy as _
from wagtail.admin.filters import WagtailFilterSet

from kpum.integrations.enums import Direction, InterfaceState
from kpum.integrations.models import DataInterface, OutsideSystem
from kpum.integrations.registry import channel_choices
from kpum.org.filters import UnitFilter
from kpum.org.models import Unit


class InterfaceFilterSet(WagtailFilterSet):
    state = django_filters.MultipleChoiceFilter(
        label=_("State"), choices=InterfaceState.choices, widget=forms.CheckboxSelectMultiple
    )
    direction = django_filters.ChoiceFilter(
        label=_("Direction"), choices=Direction.choices, empty_label=_("All")
    )
    channel = django_filters.ChoiceFilter(
        label=_("Channel"), choices=channel_choices, empty_label=_("All"), method="of_channel"
    )
    system = django_filters.ModelChoiceFilter(
        label=_("Outside system"), queryset=lambda _request: OutsideSystem.objects.all()
    )
    unit = UnitFilter(
        label=_("Unit, with those below"),
        queryset=lambda _request: Unit.objects.all(),
        method="of_unit",
    )
    personal_data = django_filters.ChoiceFilter(
        label=_("Personal data"),
        choices=[("true", _("yes")), ("false", _("no"))],
        empty_label=_("All"),
        method="of_personal_data",
    )

    class Meta:
        model = DataInterface
        fields: list[str] = []

    def of_channel(self, rows: QuerySet[Any], _name: str, code: str) -> QuerySet[Any]:
        """Keep the interfaces that name the channel; SQLite has no lookup into a JSON list."""
        return rows.alias(named=Cast("channels", CharField())).filter(named__contains=f'"{code}"')

    def of_unit(self, rows: QuerySet[Any], _name: str, unit: Unit) -> QuerySet[Any]:
        return rows.filter(owner_unit__path__startswith=unit.path)

    def of_personal_data(self, rows: QuerySet[Any], _name: str, value: str) -> QuerySet[Any]:
        return rows.filter(personal_data=value == "true")
