"""The demo's content: complete, in one voice, and no two cards say the same sentence."""

import csv
import re
from collections import defaultdict
from importlib.resources import files

import pytest

from kpum.demo import content
from kpum.org.enums import Role
from services.accounts import validate_iban
from services.codes import validate_code
from services.durations import validate_duration
from services.enums import Audience, Completion, DocumentForm, FeeKind, FilingChannel, OutcomeKind

CARDS = content.cards()
#: Values taken from dictionaries, which cards share on purpose.
SHARED = {
    "account", "act", "address", "article", "audiences", "authority", "categories", "code", "eli", "form",
    "journal", "kind", "life_events", "outcome_kind", "slug", "unit", "url", "processing_duration",
    "business_events", "related", "requires", "privacy_notice", "sign_language_video", "bip_url", "epuap_url",
    "govpl_url", "sector", "phone", "email", "number", "version", "form_number", "filing", "result", "ground",
    "hours", "booking_url", "base", "ground_note",
}  # fmt: skip
SHORTEST_SENTENCE = 4


def texts(value, key=""):
    """Yield every text of a card that its author wrote himself."""
    if key in SHARED:
        return
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for name, part in value.items():
            yield from texts(part, name)
    elif isinstance(value, list):
        for part in value:
            yield from texts(part, key)


def sentences(card):
    for text in texts(card):
        for sentence in re.split(r"[.!?\n]+", text):
            words = re.findall(r"\w+", sentence.casefold())
            if len(words) >= SHORTEST_SENTENCE:
                yield " ".join(words)


def of_each(key):
    return [pytest.param(card, id=card[key]) for card in CARDS]


def units():
    with content.UNITS_CSV.open(encoding="utf-8-sig", newline="") as stream:
        return {row[0] for row in csv.reader(stream)}


def test_there_are_cards_enough_to_look_around():
    assert len(CARDS) >= 60
    categories = {slug for card in CARDS for slug in card["categories"]}
    assert categories == {row["slug"] for row in content.table("categories")["category"]}
    assert len({card["code"] for card in CARDS}) == len(CARDS)
    assert len({(card["unit"], card["slug"]) for card in CARDS}) == len(CARDS)


def test_each_card_lies_in_a_file_named_after_its_code():
    names = {
        file.name
        for file in (files("kpum.demo") / "content/cards").iterdir()
        if file.name.endswith(".toml")
    }

    assert names == {f"{card['code'].lower()}.toml" for card in CARDS}


def test_no_two_cards_share_a_sentence():
    said = defaultdict(set)
    for card in CARDS:
        for sentence in sentences(card):
            said[sentence].add(card["code"])

    shared = {sentence: sorted(codes) for sentence, codes in said.items() if len(codes) > 1}
    assert shared == {}


def test_the_sentences_are_really_compared():
    """The check above would prove nothing if it saw no sentences."""
    borrowed = CARDS[0] | {"code": "X-1", "summary": CARDS[1]["summary"].upper()}

    assert set(sentences(borrowed)) & set(sentences(CARDS[1]))
    assert min(len(set(sentences(card))) for card in CARDS) > 10


@pytest.mark.parametrize("card", of_each("code"))
def test_a_card_uses_only_words_that_the_dictionaries_know(card):
    validate_code(card["code"])
    validate_duration(card["processing_duration"])

    categories = {row["slug"] for row in content.table("categories")["category"]}
    events = {row["slug"] for row in content.table("life_events")["life_event"]}
    assert set(card["categories"]) <= categories
    assert card["categories"]
    assert set(card["life_events"]) <= events
    assert set(card["audiences"]) <= set(Audience.values)
    assert card["outcome_kind"] in OutcomeKind.values
    assert {fee["kind"] for fee in card.get("fees", [])} <= set(FeeKind.values)
    assert {way["kind"] for way in card["channels"]} <= set(FilingChannel.values)
    assert {document["form"] for document in card.get("documents", [])} <= set(DocumentForm.values)

    events = {row["slug"] for row in content.table("business_events")["business_event"]}
    assert set(card["business_events"]) <= events
    acts = {row["eli"] for row in content.table("acts")["act"]}
    assert {basis["eli"] for basis in card["legal_basis"]} <= acts
    assert card["privacy_notice"] in {
        row["slug"] for row in content.table("privacy_notices")["notice"]
    }
    others = {other["code"] for other in CARDS} - {card["code"]}
    assert {*card["related"], *card["requires"]} <= others
    assert all(
        (way["kind"] == "epuap") == bool(way["ground"]) and way["filing"] in Completion.values
        for way in card["channels"]
    )


def test_the_cards_differ_in_shape():
    assert len([card for card in CARDS if card["free_of_charge"]]) > 10
    assert len([card for card in CARDS if not card["appeal"]["possible"]]) > 10
    assert len([card for card in CARDS if card.get("forms")]) > 20
    assert len([card for card in CARDS if card.get("valid_to")]) >= 2
    assert len([card for card in CARDS if card.get("etr_text")]) >= 7
    assert len([card for card in CARDS if card.get("sign_language_video")]) >= 8
    kinds = {way["kind"] for card in CARDS for way in card["channels"]}
    assert kinds == set(FilingChannel.values)


def test_every_act_is_somebodys_ground():
    named = {basis["eli"] for card in CARDS for basis in card["legal_basis"]}

    assert {row["eli"] for row in content.table("acts")["act"]} == named


@pytest.mark.parametrize("card", of_each("code"))
def test_every_account_has_its_check_digits(card):
    for fee in card.get("fees", []):
        if fee["account"]:
            validate_iban(fee["account"])


@pytest.mark.parametrize("card", of_each("code"))
def test_the_unit_of_a_card_is_in_the_register(card):
    assert card["unit"] in units()


@pytest.mark.parametrize("card", of_each("code"))
def test_a_card_names_its_matter_in_its_first_sentences(card):
    told = f"{card['summary']} {card['applicants']} {card['outcome']}".casefold()
    stems = {word[:4] for word in re.findall(r"\w{4,}", card["title"].casefold())}

    assert any(stem in told for stem in stems), card["title"]


def test_the_cast_has_somebody_for_every_role():
    people = content.people()

    # Heads represent their units too; the demo has no branch site with people of its own.
    elsewhere = {Role.UNIT_REPRESENTATIVE, Role.BRANCH_COORDINATOR, Role.BRANCH_OPERATOR}
    busy = {role.value for role in Role if role.rights} - elsewhere
    assert busy <= {person["role"] for person in people}
    assert len({person["username"] for person in people}) == len(people)
    assert all(person["email"].endswith("@example.org") for person in people)


def test_every_unit_with_a_card_has_somebody_to_write_and_somebody_to_approve():
    present = {(person["role"], person["unit"]) for person in content.people()}

    wanted = {
        (role, card["unit"]) for card in CARDS for role in ("unit_operator", "unit_coordinator")
    }
    assert wanted <= present


def test_each_state_on_the_way_to_the_public_is_shown_once():
    states = content.table("states")["state"]

    names = [row["state"] for row in states]
    assert sorted(names) == sorted(
        ["draft", "unit_review", "conformity_review", "chief_review", "returned", "withdrawn"]
    )
    assert {row["card"] for row in states} <= {card["code"] for card in CARDS}
    assert all(row["note"] for row in states if row["state"] in {"returned", "withdrawn"})
