"""The machine is no use unless it finds faults: each of these, planted in the projector, is caught."""

import pytest
from django.utils import timezone

from kpum.channels import actions
from kpum.channels.card_documents import CardFacts
from kpum.channels.schemas import RelatedCard
from kpum.channels.writing import Feed
from kpum.pages import actions as door
from kpum.pages import reviews
from services import actions as registers
from tests.properties.machine import CHANNELS, prove


def forget_successor(head, row, withdrawal, bury=actions._bury_withdrawn):
    withdrawal.successor = None
    bury(head, row, withdrawal)


def to_every_channel(feed, built, channels, rows, store=Feed.store):
    store(feed, built, set(CHANNELS), rows)


def with_its_old_number(feed, row):
    row.changed_at = timezone.now()
    if row._state.adding:
        row.sequence = feed.next()
        feed._new.append(row)
    else:
        row.save()


def whatever_is_live(pages):
    return [page for page in pages if page.live]


def whatever_it_names(facts, card):
    named = facts.relations.get(card.pk, ())
    return [RelatedCard.model_validate({"id": key, "kind": kind}) for kind, key in named]


def nothing(*_arguments):
    """Do not do what should be done."""


PLANTED = {
    "a page that ended leaves no tombstone": (Feed, "bury", nothing),
    "a withdrawn page leaves no tombstone": (actions, "_bury_withdrawn", nothing),
    "a page never leaves a channel": (Feed, "_leave", nothing),
    "a tombstone forgets its successor": (actions, "_bury_withdrawn", forget_successor),
    "a tombstone keeps its successor's old address": (actions, "_lead_to", nothing),
    "what lies below is not marked": (door, "mark_below", nothing),
    "links are not followed": (actions, "_mark_linking", nothing),
    "a restriction is ignored": (actions, "_public", whatever_is_live),
    "a page goes to every channel": (Feed, "store", to_every_channel),
    "a change keeps its number": (Feed, "_number", with_its_old_number),
    "a deleted page stays": (actions.ReadModel, "pages_removed", nothing),
    "cards do not follow the registers": (registers, "_have_follow", nothing),
    "a check is not told": (reviews, "project", nothing),
    "a related card is named though nobody may read it": (CardFacts, "related", whatever_it_names),
    "a unit's change is not sent": (actions.ReadModel, "unit_changed", nothing),
}


@pytest.mark.proof
@pytest.mark.parametrize("fault", PLANTED)
def test_a_planted_fault_is_caught(portal, monkeypatch, fault):
    where, name, fault_itself = PLANTED[fault]
    monkeypatch.setattr(where, name, fault_itself)

    with pytest.raises(AssertionError):
        prove(portal, 2026, wanted=1500)
