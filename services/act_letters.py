"""The letter to the units whose public cards rest on an act that has changed (D-47)."""

from collections import defaultdict
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.template.loader import render_to_string
from django.utils.translation import override

from kpum.org import queries as org
from kpum.org.powers import Place
from kpum.pages.models import Stewardship
from kpum.pages.reminders import answerable
from kpum.pages.review_letters import confirm_address
from services.models import LegalAct
from services.queries import cards_citing

if TYPE_CHECKING:
    from kpum.outbox.models import OutboxEvent


def tell_of_act(event: "OutboxEvent") -> None:
    """Write one letter to each head and coordinator, with all of his units' cards that cite the act."""
    act = LegalAct.objects.filter(eli=event.payload["eli"]).first()
    # A later change of the same act has a letter of its own.
    if act is None or str(act.changed_on) != event.payload["changed_on"]:
        return
    cards = _cards_of_people(act)
    with override(settings.LANGUAGE_CODE):
        messages = [
            _letter(act, person, cards[person.pk])
            for person in org.active_people(set(cards))
            if person.email
        ]
    if messages:
        get_connection().send_messages(messages)


def _cards_of_people(act: LegalAct) -> dict[int, list[Stewardship]]:
    rows = Stewardship.objects.filter(
        page__in=cards_citing(act.eli), page__live=True, page__alias_of=None
    ).select_related("page", "owner_unit")  # fmt: skip
    placed = {row: Place(row.owner_unit.path, row.page.path) for row in rows.order_by("page__path")}
    told = answerable(placed.values())
    found: defaultdict[int, list[Stewardship]] = defaultdict(list)
    for row, place in placed.items():
        for person_id in told[place]:
            found[person_id].append(row)
    return found


def _letter(act: LegalAct, person: Any, rows: list[Stewardship]) -> EmailMessage:
    items = [{"row": row, "address": confirm_address(row.page_id)} for row in rows]
    context = {"act": act, "items": items}
    subject = render_to_string("kpum/services/mail/act_changed_subject.txt", context)
    # A title may be longer than a subject's line, and never has two lines.
    return EmailMessage(
        subject=" ".join(subject.split()),
        body=render_to_string("kpum/services/mail/act_changed.txt", context),
        to=[person.email],
    )
