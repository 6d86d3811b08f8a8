"""What the door's dialogues ask. Apart from ``forms.py``: Wagtail's page chooser wants models loaded."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from wagtail.admin.forms.pages import CopyForm
from wagtail.admin.widgets import AdminPageChooser
from wagtail.models import Page

from kpum.pages.enums import WithdrawalReason


class WithdrawalForm(forms.Form):
    """Why a page is withdrawn, whether its text stays, and where citizens go instead."""

    reason = forms.ChoiceField(label=_("Reason"), choices=WithdrawalReason.to_choose)
    explanation = forms.CharField(
        label=_("What citizens are told"), max_length=1000, widget=forms.Textarea({"rows": 3})
    )
    keep_text = forms.BooleanField(
        label=_("The text stays readable"),
        required=False,
        help_text=_("At its address only, marked as out of date, and found by no search."),
    )
    successor = forms.ModelChoiceField(
        label=_("Page to go to instead"),
        queryset=Page.objects.none(),
        required=False,
        widget=AdminPageChooser,
        help_text=_(
            "Needed for a page that was merged or replaced. Unless the text stays, its address leads there."
        ),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        successor: Any = self.fields["successor"]
        successor.queryset = Page.objects.live()


class TakeDownForm(forms.Form):
    """Why a page is taken down at once."""

    explanation = forms.CharField(
        label=_("What citizens are told"), max_length=1000, widget=forms.Textarea({"rows": 3})
    )


class AddressForm(forms.Form):
    """The last part of a page's address."""

    slug = forms.SlugField(
        label=_("New address"),
        max_length=255,
        help_text=_(
            "Its last part: small letters, digits and hyphens. The old address leads to the new one."
        ),
    )


class PortalCopyForm(CopyForm):
    """Wagtail's questions, without the two that would make something public."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("publish_copies", "alias"):
            self.fields.pop(name, None)
