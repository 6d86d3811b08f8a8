"""The structured parts of a service card: documents, fees, channels, legal bases (part D.2)."""

from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from wagtail.blocks import (
    BooleanBlock,
    CharBlock,
    ChoiceBlock,
    DecimalBlock,
    StreamBlock,
    StructBlock,
    StructBlockValidationError,
    TextBlock,
    URLBlock,
)

from services.accounts import validate_ade, validate_iban
from services.enums import DocumentForm, FeeKind, FilingChannel


class DocumentBlock(StructBlock):
    """A document the citizen brings (row 6)."""

    name = CharBlock(label=_("Document"), max_length=255)
    mandatory = BooleanBlock(label=_("Always needed"), required=False, default=True)
    form = ChoiceBlock(
        label=_("In which form"), choices=DocumentForm.choices, default=DocumentForm.EITHER
    )
    note = TextBlock(label=_("Note"), required=False, rows=2)

    class Meta:
        icon = "doc-full"
        label = _("Document")


class FeeBlock(StructBlock):
    """A payment (rows 8 and 9)."""

    amount = DecimalBlock(label=_("Amount (PLN)"), min_value=0, max_digits=9, decimal_places=2)
    kind = ChoiceBlock(label=_("Kind"), choices=FeeKind.choices, default=FeeKind.STAMP_DUTY)
    description = CharBlock(label=_("What it is for"), max_length=255)
    exemption = TextBlock(label=_("Who does not pay"), required=False, rows=2)
    account = CharBlock(
        label=_("Bank account"), required=False, max_length=40, validators=[validate_iban]
    )

    class Meta:
        icon = "tag"
        label = _("Fee")


class ChannelBlock(StructBlock):
    """A way to bring the matter in (row 14)."""

    kind = ChoiceBlock(label=_("Way"), choices=FilingChannel.choices, default=FilingChannel.OFFICE)
    title = CharBlock(label=_("Short name"), max_length=120)
    url = URLBlock(label=_("Address of the e-service"), required=False)
    address = CharBlock(
        label=_("Address or number"),
        required=False,
        max_length=255,
        help_text=_("Street and city, the address for electronic delivery, or the phone number."),
    )
    note = TextBlock(label=_("How"), required=False, rows=2)
    demo = BooleanBlock(label=_("Contact data invented for the demo"), required=False)

    class Meta:
        icon = "link"
        label = _("Way to apply")

    def clean(self, value: Any) -> Any:
        """Demand what each way cannot do without."""
        cleaned = super().clean(value)
        kind, errors = cleaned["kind"], {}
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


class LegalBasisBlock(StructBlock):
    """An act the card rests on (row 13)."""

    act = CharBlock(label=_("Act"), max_length=400)
    article = CharBlock(label=_("Article"), required=False, max_length=160)
    journal = CharBlock(label=_("Journal of Laws"), required=False, max_length=80)
    eli = CharBlock(label=_("ELI"), required=False, max_length=80)

    class Meta:
        icon = "openquote"
        label = _("Legal basis")


class DocumentsBlock(StreamBlock):
    document = DocumentBlock()

    class Meta:
        required = False


class FeesBlock(StreamBlock):
    fee = FeeBlock()

    class Meta:
        required = False


class ChannelsBlock(StreamBlock):
    channel = ChannelBlock()

    class Meta:
        required = False


class LegalBasesBlock(StreamBlock):
    act = LegalBasisBlock()

    class Meta:
        required = False
