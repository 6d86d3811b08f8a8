"""The form of a service card, in the order in which a citizen reads the card."""

from typing import Any

from django.forms import CheckboxSelectMultiple
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, FieldRowPanel, InlinePanel, MultiFieldPanel
from wagtail.admin.widgets import AdminAutoHeightTextInput
from wagtail.models import Page

CONTENT_PANELS: list[Any] = [
    *Page.content_panels,
    FieldPanel("code"),
    FieldPanel("summary"),
    FieldPanel("description"),
    MultiFieldPanel(
        [FieldPanel("applicants"), FieldPanel("audiences"), FieldPanel("requirements")],
        heading=_("Who may apply"),
    ),
    FieldPanel("steps_and_notes"),
    MultiFieldPanel(
        [FieldPanel("no_documents"), FieldPanel("documents"), FieldPanel("forms")],
        heading=_("Documents"),
    ),
    MultiFieldPanel([FieldPanel("free_of_charge"), FieldPanel("fees")], heading=_("Fees")),
    MultiFieldPanel([FieldPanel("channels"), FieldPanel("places")], heading=_("Ways to apply")),
    MultiFieldPanel(
        [FieldPanel("processing_duration"), FieldPanel("processing_text")],
        heading=_("Processing time"),
    ),
    MultiFieldPanel([FieldPanel("outcome_kind"), FieldPanel("outcome")], heading=_("Outcome")),
    MultiFieldPanel(
        [
            FieldPanel("appeal_possible"),
            FieldPanel("appeal_authority"),
            FieldPanel("appeal_days"),
            FieldPanel("appeal_text"),
        ],
        heading=_("Appeal"),
    ),
    FieldPanel("legal_bases"),
    MultiFieldPanel(
        [
            FieldPanel("contact_cell"),
            FieldRowPanel([FieldPanel("contact_phone"), FieldPanel("contact_email")]),
        ],
        heading=_("Who answers questions"),
        help_text=_("A team, never a person. Address and hours come from the unit."),
    ),
    FieldPanel("privacy_notice"),
]
FINDING_PANELS: list[Any] = [
    # A list that wants the Ctrl key loses what was chosen at the first careless click.
    FieldPanel("categories", widget=CheckboxSelectMultiple),
    FieldPanel("life_events", widget=CheckboxSelectMultiple),
    FieldPanel("business_events", widget=CheckboxSelectMultiple),
    FieldPanel("keywords", widget=AdminAutoHeightTextInput),
    InlinePanel("relations", heading=_("Related cards"), label=_("Related card")),
    MultiFieldPanel(
        [FieldPanel("sign_language_video"), FieldPanel("etr_text")],
        heading=_("For people who need it told otherwise"),
    ),
]
UPKEEP_PANELS: list[Any] = [
    MultiFieldPanel(
        [FieldRowPanel([FieldPanel("valid_from"), FieldPanel("valid_to")])],
        heading=_("When it holds"),
    ),
    FieldPanel("review_months"),
    MultiFieldPanel(
        [FieldPanel("bip_url"), FieldPanel("epuap_url"), FieldPanel("govpl_url")],
        heading=_("The same matter elsewhere"),
    ),
    MultiFieldPanel(
        [FieldPanel("spatial"), FieldPanel("languages"), FieldPanel("sector")],
        heading=_("For catalogues that machines read"),
    ),
]
