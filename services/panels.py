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
        [
            FieldPanel(
                "applicants",
                help_text=_("Whose matter it is, and whether somebody else may bring it."),
            ),
            FieldPanel("audiences"),
            FieldPanel(
                "requirements",
                help_text=_(
                    "What must be so before the matter can be dealt with; one condition in each."
                ),
            ),
        ],
        heading=_("Who may apply"),
    ),
    FieldPanel(
        "steps_and_notes",
        help_text=_(
            "What the citizen does, as a list of steps; what he must not miss, as a notice."
        ),
    ),
    MultiFieldPanel(
        [
            FieldPanel("no_documents"),
            FieldPanel(
                "documents",
                heading=_("List of documents"),
                help_text=_("All that is brought or attached, one in each entry."),
            ),
            FieldPanel(
                "forms", help_text=_("Files to fill in, under the number that is printed on them.")
            ),
        ],
        heading=_("Documents"),
    ),
    MultiFieldPanel(
        [
            FieldPanel("free_of_charge"),
            FieldPanel(
                "fees",
                heading=_("List of fees"),
                help_text=_("Each payment by itself: how much, for what, to which account."),
            ),
        ],
        heading=_("Fees"),
    ),
    MultiFieldPanel(
        [
            FieldPanel(
                "channels",
                help_text=_(
                    "All the ways that are open, the easiest first. Say of each whether one can apply by it, and get the outcome by it."
                ),
            ),
            FieldPanel(
                "places",
                help_text=_(
                    "Only where it is not the unit's own address: that one, with its hours, is shown by itself."
                ),
            ),
        ],
        heading=_("Ways to apply"),
    ),
    MultiFieldPanel(
        [
            FieldPanel("processing_duration"),
            FieldPanel(
                "processing_text",
                help_text=_("As you would say it to somebody at the counter, exceptions included."),
            ),
        ],
        heading=_("Processing time"),
    ),
    MultiFieldPanel(
        [
            FieldPanel("outcome_kind"),
            FieldPanel(
                "outcome", help_text=_("What the citizen gets in the end, and how it reaches him.")
            ),
        ],
        heading=_("Outcome"),
    ),
    MultiFieldPanel(
        [
            FieldPanel("appeal_possible"),
            FieldPanel("appeal_authority"),
            FieldPanel("appeal_days"),
            FieldPanel(
                "appeal_text",
                help_text=_("Where the appeal is handed in, what it costs, what happens then."),
            ),
        ],
        heading=_("Appeal"),
    ),
    FieldPanel(
        "legal_bases",
        help_text=_(
            "Acts come from the register. If one is missing, ask the service portfolio manager."
        ),
    ),
    MultiFieldPanel(
        [
            FieldPanel("contact_cell"),
            FieldRowPanel([FieldPanel("contact_phone"), FieldPanel("contact_email")]),
        ],
        heading=_("Who answers questions"),
        help_text=_("A team, never a person. Address and hours come from the unit."),
    ),
    FieldPanel(
        "privacy_notice",
        help_text=_("What becomes of personal data: chosen from the register of notices."),
    ),
]
FINDING_PANELS: list[Any] = [
    # A list that wants the Ctrl key loses what was chosen at the first careless click.
    FieldPanel(
        "categories",
        widget=CheckboxSelectMultiple,
        help_text=_("One or two, where citizens would look for it."),
    ),
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
