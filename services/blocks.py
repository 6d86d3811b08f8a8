"""The structured parts of a service card: conditions, documents, forms, fees, ways, places, acts (D.2).

An optional text is empty, never nothing, also in cards that were written before it was there: the
translation tool takes no other.
"""

from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from wagtail.blocks import (
    BooleanBlock,
    CharBlock,
    ChoiceBlock,
    DateBlock,
    DecimalBlock,
    StreamBlock,
    StructBlock,
    StructBlockValidationError,
    TextBlock,
    URLBlock,
)
from wagtail.documents.blocks import DocumentChooserBlock

from services.accounts import validate_ade, validate_iban
from services.enums import Completion, DocumentForm, EpuapGround, FeeKind, FilingChannel
from services.register_models import LegalAct


class DocumentBlock(StructBlock):
    """A document the citizen brings (row 6)."""

    name = CharBlock(label=_("Document"), max_length=255)
    mandatory = BooleanBlock(label=_("Always needed"), required=False, default=True)
    form = ChoiceBlock(
        label=_("In which form"), choices=DocumentForm.choices, default=DocumentForm.EITHER
    )
    note = TextBlock(label=_("Note"), required=False, default="", rows=2)
    form_number = CharBlock(
        label=_("Number of the form"),
        required=False,
        default="",
        max_length=40,
        help_text=_("When the document is one of the forms to download below."),
    )

    class Meta:
        icon = "doc-full"
        label = _("Document")
        label_format = "{name}"


class FormBlock(StructBlock):
    """A form to download (row 7)."""

    number = CharBlock(
        label=_("Number"), max_length=40, help_text=_("As it is printed on the form: SA-14/Z1.")
    )
    title = CharBlock(label=_("Title"), max_length=255)
    version = CharBlock(
        label=_("Version"), max_length=60, help_text=_("Such as: 2 of 1 March 2026.")
    )
    file = DocumentChooserBlock(label=_("File"))
    note = TextBlock(label=_("Note"), required=False, default="", rows=2)

    class Meta:
        icon = "download"
        label = _("Form")
        label_format = "{number}: {title}"


class FeeBlock(StructBlock):
    """A payment (rows 8 and 9)."""

    amount = DecimalBlock(label=_("Amount (PLN)"), min_value=0, max_digits=9, decimal_places=2)
    kind = ChoiceBlock(label=_("Kind"), choices=FeeKind.choices, default=FeeKind.STAMP_DUTY)
    description = CharBlock(label=_("What it is for"), max_length=255)
    base = CharBlock(
        label=_("What the fee rests on"),
        required=False,
        default="",
        max_length=255,
        help_text=_("The act and its article, or the city's resolution."),
    )
    exemption = TextBlock(label=_("Who does not pay"), required=False, default="", rows=2)
    account = CharBlock(
        label=_("Bank account"),
        required=False,
        default="",
        max_length=40,
        validators=[validate_iban],
    )
    transfer_title = CharBlock(
        label=_("Title of the transfer"),
        required=False,
        default="",
        max_length=140,
        help_text=_("What the citizen writes, such as: SA-14 and his first name and surname."),
    )
    cash_desk = CharBlock(label=_("Cash desk"), required=False, default="", max_length=255)

    class Meta:
        icon = "tag"
        label = _("Fee")
        label_format = "{amount} zł – {description}"


class ChannelBlock(StructBlock):
    """A way to bring the matter in (row 14)."""

    kind = ChoiceBlock(label=_("Way"), choices=FilingChannel.choices, default=FilingChannel.OFFICE)
    title = CharBlock(label=_("Short name"), max_length=120)
    url = URLBlock(label=_("Address of the e-service"), required=False, default="")
    address = CharBlock(
        label=_("Address or number"),
        required=False,
        default="",
        max_length=255,
        help_text=_("Street and city, the address for electronic delivery, or the phone number."),
    )
    note = TextBlock(label=_("How"), required=False, default="", rows=2)
    filing = ChoiceBlock(
        label=_("The matter can be brought in this way"),
        choices=Completion.choices,
        default=Completion.FULL,
    )
    result = ChoiceBlock(
        label=_("The outcome can be received this way"),
        choices=Completion.choices,
        default=Completion.NONE,
    )
    ground = ChoiceBlock(
        label=_("Why by ePUAP"),
        choices=EpuapGround.choices,
        required=False,
        help_text=_("From 2026 electronic delivery comes first; ePUAP needs a ground of its own."),
    )
    ground_note = CharBlock(
        label=_("The rule"),
        required=False,
        default="",
        max_length=255,
        help_text=_("The act and its article."),
    )
    valid_from = DateBlock(label=_("Open from"), required=False)
    valid_to = DateBlock(label=_("Open until"), required=False)
    demo = BooleanBlock(label=_("Contact data invented for the demo"), required=False)

    class Meta:
        icon = "link"
        label = _("Way to apply")
        label_format = "{title}"

    def clean(self, value: Any) -> Any:
        """Demand what each way cannot do without."""
        cleaned = super().clean(value)
        kind, errors = cleaned["kind"], _faults_beside_the_way(cleaned)
        if kind in {FilingChannel.ONLINE, FilingChannel.EPUAP} and not cleaned["url"]:
            errors["url"] = ValidationError(_now("Give the address where the citizen can do it."))
        if (
            kind
            in {
                FilingChannel.OFFICE,
                FilingChannel.POST,
                FilingChannel.PHONE,
                FilingChannel.E_DELIVERY,
            }
            and not cleaned["address"]
        ):
            errors["address"] = ValidationError(_now("Give the address or the number."))
        elif kind == FilingChannel.E_DELIVERY:
            try:
                validate_ade(cleaned["address"])
            except ValidationError as error:
                errors["address"] = error
        if errors:
            raise StructBlockValidationError(block_errors=errors)
        return cleaned


def _faults_beside_the_way(way: Any) -> dict[str, ValidationError]:
    """Return what is wrong with the ground and the period of a way to apply, field by field."""
    errors = {}
    needs_rule = way["ground"] == EpuapGround.SPECIFIC_RULE
    if way["ground"] and way["kind"] != FilingChannel.EPUAP:
        errors["ground"] = ValidationError(_now("Only ePUAP needs a ground: leave it empty."))
    elif needs_rule and not way["ground_note"].strip():
        errors["ground_note"] = ValidationError(_now("Name the rule: the act and its article."))
    if way["valid_from"] and way["valid_to"] and way["valid_to"] < way["valid_from"]:
        errors["valid_to"] = ValidationError(_now("The last day cannot come before the first."))
    return errors


class PlaceBlock(StructBlock):
    """Where the matter is handled in person, when that is not the unit's own address (row 15)."""

    name = CharBlock(label=_("Place"), max_length=160)
    address = CharBlock(label=_("Address"), max_length=255)
    hours = CharBlock(label=_("Opening hours"), max_length=255)
    booking_url = URLBlock(label=_("Where to book a visit"), required=False, default="")
    note = TextBlock(label=_("Note"), required=False, default="", rows=2)

    class Meta:
        icon = "site"
        label = _("Place")
        label_format = "{name}"


def act_choices() -> list[tuple[str, str]]:
    """Return the acts of the register: what is stored, and what the editor reads."""
    return [(act.eli, str(act)) for act in LegalAct.objects.all()]


class ActBlock(ChoiceBlock):
    """A choice among the acts of the register; to read what was chosen asks the register nothing."""

    choices = staticmethod(act_choices)

    def normalize_choice(self, value: Any) -> str:
        return value or ""

    def get_searchable_content(self, value: Any) -> list[str]:
        return []


class LegalBasisBlock(StructBlock):
    """An act of the register that the card rests on, and where in it (row 13, D-47)."""

    eli = ActBlock(label=_("Act"))
    article = CharBlock(label=_("Article"), required=False, default="", max_length=160)

    class Meta:
        icon = "openquote"
        label = _("Legal basis")
        label_format = "{eli} {article}"


class RequirementsBlock(StreamBlock):
    requirement = TextBlock(label=_("Condition"), max_length=500, rows=1, icon="check")

    class Meta:
        required = False


class FormsBlock(StreamBlock):
    form = FormBlock()

    class Meta:
        required = False
        collapsed = True


class PlacesBlock(StreamBlock):
    place = PlaceBlock()

    class Meta:
        required = False
        collapsed = True


class DocumentsBlock(StreamBlock):
    document = DocumentBlock()

    class Meta:
        required = False
        collapsed = True


class FeesBlock(StreamBlock):
    fee = FeeBlock()

    class Meta:
        required = False
        collapsed = True


class ChannelsBlock(StreamBlock):
    channel = ChannelBlock()

    class Meta:
        required = False
        collapsed = True


class LegalBasesBlock(StreamBlock):
    act = LegalBasisBlock()

    class Meta:
        required = False
        collapsed = True
