"""What the lists of mandates, substitutions and orders can be narrowed to."""

from typing import Any

import django_filters
from django import forms
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _
from wagtail.admin.filters import WagtailFilterSet

from kpum.core import clock
from kpum.org import registry
from kpum.org.enums import Role, Standing
from kpum.org.models import InternalOrder, Mandate, Substitution, Unit
from kpum.org.people import named
from kpum.org.standing import with_standing
from kpum.org.wording import unit_in_words

#: A choice of the filter by standing that leaves nothing out.
ANY_STANDING = "any"


class UnitChoiceField(django_filters.fields.ModelChoiceField):
    """A unit by its code and name."""

    def label_from_instance(self, obj: Unit) -> str:
        return unit_in_words(obj)


class UnitFilter(django_filters.ModelChoiceFilter):
    field_class = UnitChoiceField


def _standing_filter(label: Any) -> Any:
    return django_filters.ChoiceFilter(
        label=label,
        choices=[*Standing.choices, (ANY_STANDING, _("all"))],
        initial=Standing.CURRENT.value,
        empty_label=None,
        method="of_standing",
        widget=forms.RadioSelect,
    )


def _role_filter() -> Any:
    return django_filters.ChoiceFilter(
        label=_("Role"),
        choices=Role.choices,
        empty_label=_("All"),
        method="of_role",
        widget=forms.RadioSelect,
    )


def _unit_filter() -> Any:
    return UnitFilter(
        label=_("Unit, with those below"),
        queryset=lambda _request: Unit.objects.all(),
        method="of_unit",
    )


class _PeriodFilterSet(WagtailFilterSet):
    """What mandates and substitutions share; ``mandate`` leads from a row to its mandate."""

    mandate = ""
    people: tuple[str, ...] = ()

    def of_standing(self, rows: QuerySet[Any], _name: str, value: str) -> QuerySet[Any]:
        return rows if value == ANY_STANDING else with_standing(rows, Standing(value), clock.now())

    def of_role(self, rows: QuerySet[Any], _name: str, value: str) -> QuerySet[Any]:
        return rows.filter(**{f"{self.mandate}role": value})

    def of_unit(self, rows: QuerySet[Any], _name: str, unit: Unit) -> QuerySet[Any]:
        """Keep what is held for the unit, for one below it, or for a branch site of theirs."""
        units = Unit.objects.filter(path__startswith=unit.path).order_by()
        sites = registry.branch_sites_of(units).order_by()
        return rows.filter(
            Q(**{f"{self.mandate}unit__in": units.values("pk")})
            | Q(**{f"{self.mandate}branch__in": sites.values("pk")})
        )

    def of_person(self, rows: QuerySet[Any], _name: str, words: str) -> QuerySet[Any]:
        return rows.filter(named(words, *self.people))


class MandateFilterSet(_PeriodFilterSet):
    people = ("user",)

    standing = _standing_filter(_("State now"))
    role = _role_filter()
    unit = _unit_filter()
    person = django_filters.CharFilter(label=_("Person"), method="of_person")

    class Meta:
        model = Mandate
        fields: list[str] = []


class SubstitutionFilterSet(_PeriodFilterSet):
    mandate = "mandate__"
    people = ("substitute", "mandate__user")

    standing = _standing_filter(_("State now"))
    role = _role_filter()
    unit = _unit_filter()
    person = django_filters.CharFilter(label=_("Person"), method="of_person")

    class Meta:
        model = Substitution
        fields: list[str] = []


class OrderFilterSet(WagtailFilterSet):
    unit = _unit_filter()
    person = django_filters.CharFilter(label=_("Person named"), method="of_person")

    class Meta:
        model = InternalOrder
        fields: list[str] = []

    def of_unit(self, rows: QuerySet[Any], _name: str, unit: Unit) -> QuerySet[Any]:
        return rows.filter(unit__path__startswith=unit.path)

    def of_person(self, rows: QuerySet[Any], _name: str, words: str) -> QuerySet[Any]:
        orders = InternalOrder.objects.filter(named(words, "duties__person"))
        return rows.filter(pk__in=orders.values("pk"))
