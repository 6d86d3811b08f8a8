"""The form of a service card."""

from django import forms
from django.utils.translation import gettext_lazy as _

from kpum.pages.forms import PortalPageForm
from services.enums import Audience


class ServiceCardForm(PortalPageForm):
    """Adds the choice of audiences."""

    audiences = forms.MultipleChoiceField(
        label=_("For whom"),
        choices=Audience.choices,
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )

    def clean_audiences(self) -> list[str]:
        return list(self.cleaned_data.get("audiences") or [])
