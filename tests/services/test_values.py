"""Values with a form of their own: codes, durations, accounts, addresses, ways to apply."""

import pytest
from django.core.exceptions import ValidationError
from hypothesis import given
from hypothesis import strategies as st
from stdnum import iban
from wagtail.blocks import StructBlockValidationError

from services.accounts import validate_ade, validate_iban
from services.blocks import ChannelBlock
from services.codes import validate_code
from services.duration_field import DurationField
from services.durations import validate_duration
from services.enums import FilingChannel
from tests.factories.services import IBAN

DIGITS = "0123456789"
ADE = "AE:PL-12345-67890-ABCDE-12"


@pytest.mark.parametrize("code", ["SA-14", "ZIKIT-13", "A-1", "ŻÓŁĆ-999", "ZDMK-4"])
def test_a_units_symbol_and_a_number_make_a_code(code):
    validate_code(code)


@pytest.mark.parametrize(
    "code", ["", "SA14", "SA-", "-14", "sa-14", "SA-1400", "SYMBOLE-1", "SA 14", "SA-14\n", "SA-١٤"]
)
def test_anything_else_is_no_code_and_is_quoted_to_the_editor(code):
    with pytest.raises(ValidationError) as refused:
        validate_code(code)

    message = refused.value.messages[0]
    assert code in message
    assert "SA-14" in message


@st.composite
def durations(draw):
    def part(letter):
        number = draw(st.none() | st.integers(min_value=0, max_value=999))
        return "" if number is None else f"{number}{letter}"

    days = "".join(part(letter) for letter in "YMWD")
    hours = "".join(part(letter) for letter in "HM")
    if not days + hours:
        days = "1D"
    return f"P{days}" + (f"T{hours}" if hours else "")


@given(durations())
def test_every_iso_duration_is_accepted(duration):
    validate_duration(duration)


@given(durations(), st.sampled_from(["{}T", "{} ", "{}\n", " {}", "-{}", "{}x", "P{}"]))
def test_a_spoilt_duration_is_refused(duration, spoilt):
    with pytest.raises(ValidationError):
        validate_duration(spoilt.format(duration))


@pytest.mark.parametrize(
    "words", ["", "P", "PT", "14", "14D", "P14", "P1,5D", "PD", "P1D1Y", "P١٤D", "miesiąc"]
)
def test_what_is_no_duration_is_refused(words):
    with pytest.raises(ValidationError):
        validate_duration(words)


def polish_iban(account):
    return f"PL{iban.calc_check_digits('PL00' + account)}{account}"


accounts = st.text(DIGITS, min_size=24, max_size=24).map(polish_iban)


@given(accounts)
def test_a_polish_account_with_its_check_digits_is_accepted(account):
    validate_iban(account)


@given(accounts, st.integers(min_value=2, max_value=27), st.sampled_from(DIGITS))
def test_one_changed_digit_never_makes_an_account(account, position, digit):
    changed = account[:position] + digit + account[position + 1 :]
    if changed == account:
        return

    with pytest.raises(ValidationError):
        validate_iban(changed)


@pytest.mark.parametrize(
    "account", ["", "PL", IBAN[:-1], IBAN + "0", IBAN[2:], IBAN.lower(), "DE89370400440532013000"]
)
def test_what_is_no_polish_account_is_refused(account):
    with pytest.raises(ValidationError):
        validate_iban(account)


@pytest.mark.parametrize(
    "address",
    [
        "",
        "AE:PL-1234-67890-ABCDE-12",
        ADE.lower(),
        ADE + "\n",
        " " + ADE,
        "AE:PL-12345-67890-ABCDE-1",
        "urzad@example.org",
    ],
)
def test_what_is_no_address_for_electronic_delivery_is_refused(address):
    validate_ade(ADE)

    with pytest.raises(ValidationError):
        validate_ade(address)


#: What each way to apply cannot do without.
DEMANDS = {
    FilingChannel.ONLINE: "url",
    FilingChannel.EPUAP: "url",
    FilingChannel.OFFICE: "address",
    FilingChannel.POST: "address",
    FilingChannel.PHONE: "address",
    FilingChannel.E_DELIVERY: "address",
}


def way(kind, **values):
    block = ChannelBlock()
    plain = {
        "kind": kind.value,
        "title": "Jak złożyć",
        "url": "",
        "address": "",
        "note": "",
        "demo": False,
    }
    return block.clean(block.to_python(plain | values))


def test_every_way_to_apply_says_what_it_cannot_do_without():
    assert set(DEMANDS) == set(FilingChannel)


@pytest.mark.parametrize("kind", FilingChannel)
def test_a_way_to_apply_without_it_is_refused_at_that_field(kind):
    with pytest.raises(StructBlockValidationError) as refused:
        way(kind)

    assert set(refused.value.block_errors) == {DEMANDS[kind]}


@pytest.mark.parametrize("kind", FilingChannel)
def test_a_way_to_apply_with_it_is_accepted(kind):
    value = ADE if kind is FilingChannel.E_DELIVERY else "https://example.org/"

    accepted = way(kind, **{DEMANDS[kind]: value})

    assert accepted[DEMANDS[kind]] == value


def test_an_address_for_electronic_delivery_must_be_one():
    with pytest.raises(StructBlockValidationError) as refused:
        way(FilingChannel.E_DELIVERY, address="ul. Grodzka 1")

    assert "AE:PL" in str(refused.value.block_errors["address"])


@given(st.from_regex(r"P(?:0|[1-9]\d{0,3})[DWMY]|P1Y6M|PT2H|P2M15D", fullmatch=True))
def test_a_processing_time_goes_through_its_form_unchanged(value):
    field = DurationField(required=False)

    assert field.clean(field.widget.decompress(value)) == value


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        (("14", "D"), "P14D"),
        (("0", "D"), "P0D"),
        ((" 2 ", "M"), "P2M"),
        (("", "D"), ""),
        (("P1M15D", ""), "P1M15D"),
    ],
)
def test_a_number_and_a_unit_are_kept_as_a_duration(typed, kept):
    assert DurationField(required=False).clean(list(typed)) == kept


@pytest.mark.parametrize(
    "typed", [("dwa", "D"), ("-1", "D"), ("1.5", "M"), ("٣", "D"), ("99999", "Y"), ("1", "X")]
)
def test_what_is_no_number_of_a_unit_is_refused(typed):
    with pytest.raises(ValidationError):
        DurationField(required=False).clean(list(typed))
