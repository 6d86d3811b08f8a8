"""The letter about checks that are due; sent from the outbox, and only of what is due still."""

from datetime import date
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.core.mail import send_mail
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import override

from kpum.core import clock
from kpum.core.conf import portal_settings
from kpum.org import queries as org
from kpum.org.enums import Right
from kpum.org.powers import Place, rights_over
from kpum.pages.models import Stewardship
from kpum.pages.reminders import AHEAD, stage_of
from kpum.pages.review_models import ReminderStage

if TYPE_CHECKING:
    from kpum.outbox.models import OutboxEvent


def remind_of_checks(event: "OutboxEvent") -> None:
    """Write to the person about those pages that are still due and still his to confirm."""
    person = org.active_people({event.payload["person"]}).first()
    if person is None or not person.email:
        return
    rows = _still_due(person, event.payload["pages"])
    if rows:
        with override(settings.LANGUAGE_CODE):
            _send(person, rows)


def _still_due(person: Any, page_ids: list[int]) -> list[Stewardship]:
    rows = Stewardship.objects.filter(
        page__in=page_ids, page__live=True
    ).select_related("page", "owner_unit")  # fmt: skip
    powers = org.powers_of(person)
    latest = clock.today() + AHEAD
    return sorted(
        (
            row for row in rows
            if (row.review_due is None or row.review_due <= latest)
            and Right.DECIDE in rights_over(powers, Place(row.owner_unit.path, row.page.path))
        ),
        key=lambda row: (row.review_due or date.min, row.pk),
    )  # fmt: skip


def _send(person: Any, rows: list[Stewardship]) -> None:
    groups: dict[str, list[dict[str, Any]]] = {stage.value: [] for stage in ReminderStage}
    for row in rows:
        groups[stage_of(row.review_due).value].append(
            {"row": row, "address": confirm_address(row.page_id)}
        )
    context = {"groups": groups, "count": len(rows), "portal": portal_settings().PORTAL_NAME}
    subject = render_to_string("kpum/pages/mail/checks_due_subject.txt", context).strip()
    body = render_to_string("kpum/pages/mail/checks_due.txt", context)
    send_mail(subject, body, None, [person.email])


def confirm_address(page_id: int) -> str:
    """Return the address of the dialogue that confirms a page, as a letter gives it."""
    base = settings.WAGTAILADMIN_BASE_URL.rstrip("/")
    return f"{base}{reverse('kpum_confirm', args=[page_id])}"
