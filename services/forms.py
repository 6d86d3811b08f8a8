"""The form of a service card."""

from collections.abc import Iterator
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from kpum.pages.forms import PortalPageForm
from services.duration_field import DurationField
from services.enums import Audience, ServiceLanguage
from services.first_values import first_values

#: Once a year, unless somebody says otherwise (I-29).
MONTHS_BETWEEN_CHECKS = 12


class ServiceCardForm(PortalPageForm):
    """Adds choices of audiences and languages, and a new card's likeliest values."""

    processing_duration = DurationField(
        label=_("Processing time"),
        help_text=_("The longest it may take by law; 0 days when it is done while one waits."),
    )

    audiences = forms.MultipleChoiceField(
        label=_("For whom"),
        choices=Audience.choices,
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    languages = forms.MultipleChoiceField(
        label=_("Languages"),
        choices=ServiceLanguage.choices,
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk is None:
            for name, value in first_values(self.parent_page).items():
                self.initial[name] = self.initial.get(name) or value

    def problems_at_submission(self) -> Iterator[tuple[str, list[str]]]:
        """Add the hard rules of conformity: better told now than three approvals later (K-16)."""
        from services.conformity import early

        yield from super().problems_at_submission()
        yield from early.told_at_submission(self.instance, self.parent_page)

    def clean_audiences(self) -> list[str]:
        return list(self.cleaned_data.get("audiences") or [])

    def clean_review_months(self) -> int:
        """Have a card checked once a year when nobody says how often."""
        return self.cleaned_data.get("review_months") or MONTHS_BETWEEN_CHECKS

    def clean_languages(self) -> list[str]:
        return list(self.cleaned_data.get("languages") or [])
