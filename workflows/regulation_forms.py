"""What a person who represents a unit is asked when he accepts the regulation."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from kpum.org.models import Unit
from workflows.regulation_models import PublishingRegulation


class AcceptanceForm(forms.Form):
    """For which unit, as what, and the word itself."""

    unit = forms.ModelChoiceField(label=_("Unit"), queryset=Unit.objects.none())
    regulation = forms.ModelChoiceField(
        queryset=PublishingRegulation.objects.none(), widget=forms.HiddenInput
    )
    function = forms.CharField(
        label=_("Your function"),
        max_length=200,
        help_text=_("As what you represent the unit, such as “director”."),
    )
    agreed = forms.BooleanField(
        label=_("On behalf of the unit I accept the publishing regulation in this version.")
    )

    def __init__(self, *args: Any, units: Any, regulations: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: dict[str, Any] = self.fields
        fields["unit"].queryset = units
        fields["regulation"].queryset = regulations
