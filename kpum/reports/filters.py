"""What the audit trail can be narrowed to."""

from typing import Any

import django_filters
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _
from wagtail.admin.filters import DateRangePickerWidget, WagtailFilterSet

from kpum.audit.models import AuditEntry
from kpum.reports.action_labels import ACTION_LABELS

#: Beyond these no database of ours can be asked, and nothing was done.
_FIRST_YEAR, _LAST_YEAR = 1900, 9000


def _actions() -> list[tuple[str, Any]]:
    return sorted(ACTION_LABELS.items(), key=lambda pair: str(pair[1]))


class TrailFilterSet(WagtailFilterSet):
    period = django_filters.DateFromToRangeFilter(
        label=_("Period"), method="of_period", widget=DateRangePickerWidget
    )
    action = django_filters.ChoiceFilter(
        label=_("What was done"), choices=_actions, empty_label=_("All")
    )
    person = django_filters.CharFilter(label=_("Person"), method="of_person")
    subject = django_filters.CharFilter(label=_("On what"), method="on_subject")

    class Meta:
        model = AuditEntry
        fields: list[str] = []

    def of_period(self, rows: QuerySet[Any], _name: str, days: slice) -> QuerySet[Any]:
        """Keep what was done from the first day to the last, both whole."""
        if days.start is not None and days.start.year >= _FIRST_YEAR:
            rows = rows.filter(at__gte=days.start)
        if days.stop is not None and days.stop.year <= _LAST_YEAR:
            rows = rows.filter(at__lte=days.stop)
        return rows

    def of_person(self, rows: QuerySet[Any], _name: str, words: str) -> QuerySet[Any]:
        """Keep what the person did, and what was done in his name."""
        return rows.filter(Q(actor_name__icontains=words) | Q(acting_for__icontains=words))

    def on_subject(self, rows: QuerySet[Any], _name: str, words: str) -> QuerySet[Any]:
        """Keep what was done to the subject, by its name or by its code (``page:17``)."""
        return rows.filter(Q(subject=words) | Q(subject_label__icontains=words))
