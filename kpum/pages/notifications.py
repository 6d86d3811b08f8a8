"""The letter to a unit whose page was taken down; sent from the outbox, once it has happened."""

from typing import TYPE_CHECKING

from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.template.loader import render_to_string
from django.utils.translation import override
from wagtail.models import Page

from kpum.org import queries as org
from kpum.org.enums import Role
from kpum.pages import queries

if TYPE_CHECKING:
    from kpum.outbox.models import OutboxEvent


def tell_the_unit(event: "OutboxEvent") -> None:
    """Write to the head and the coordinators of the unit whose page it is."""
    page = Page.objects.filter(pk=event.subject.removeprefix("page:")).first()
    place = queries.place_of(page) if page else None
    if place is None:
        return
    told = {
        user_id
        for user_id, power in org.powers_for(Role.UNIT_HEAD, Role.UNIT_COORDINATOR)
        if power.unit_path == place.unit_path
    }
    with override(settings.LANGUAGE_CODE):
        messages = [
            EmailMessage(
                subject=render_to_string(
                    "kpum/pages/mail/taken_down_subject.txt", event.payload
                ).strip(),
                body=render_to_string(
                    "kpum/pages/mail/taken_down.txt", event.payload | {"person": person}
                ),
                to=[person.email],
            )
            for person in org.active_people(told)
            if person.email
        ]
    if messages:
        get_connection().send_messages(messages)
