"""The form of a service card."""

from django import forms
from django.utils.translation import gettext_lazy as _

from kpum.pages.forms import PortalPageForm
from services.duration_field import DurationField
from services.enums import Audience, ServiceLanguage

#: Once a year, unless somebody says otherwise (I-29).
MONTHS_BETWEEN_CHECKS = 12


class ServiceCardForm(PortalPageForm):
    """Adds the choices of audiences and languages, and the time as people give it."""

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

    def clean_audiences(self) -> list[str]:
        return list(self.cleaned_data.get("audiences") or [])

    def clean_review_months(self) -> int:
        """Have a card checked once a year when nobody says how often."""
        return self.cleaned_data.get("review_months") or MONTHS_BETWEEN_CHECKS

    def clean_languages(self) -> list[str]:
        return list(self.cleaned_data.get("languages") or [])
