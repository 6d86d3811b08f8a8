"""Acts at the door as the chief editor takes them, and what an address answers afterwards."""

from wagtail.models import Page

from kpum.channels.models import PublishedDocument
from kpum.pages import actions as door
from kpum.pages.authority import Authority
from kpum.pages.enums import WithdrawalReason

BY_MANDATE = Authority.of_mandate()


def withdraw(city, page, *, reason=WithdrawalReason.OBSOLETE, actor=None, **more):
    return door.withdraw(
        page_id=page.pk,
        reason=reason,
        explanation=more.pop("explanation", "Tej sprawy już nie ma."),
        authority=BY_MANDATE,
        actor=actor or city.chief,
        **more,
    )


def replace(city, page, successor, **more):
    return withdraw(city, page, reason=WithdrawalReason.REPLACED, successor_id=successor.pk, **more)


def take_down(city, page, *, actor=None, explanation="Dane osobowe w treści."):
    return door.take_down(
        page_id=page.pk,
        explanation=explanation,
        authority=BY_MANDATE,
        actor=actor or city.chief,
    )


def rename(city, page, slug, *, actor=None):
    return door.rename(page_id=page.pk, slug=slug, authority=BY_MANDATE, actor=actor or city.chief)


def copy(city, page, target, *, actor=None, slug="kopia", title="Kopia", **more):
    return door.copy(
        page_id=page.pk,
        target_id=target.pk,
        title=title,
        slug=slug,
        authority=BY_MANDATE,
        actor=actor or city.chief,
        **more,
    )


def cancel_schedule(city, page, *, actor=None):
    return door.cancel_schedule(page_id=page.pk, authority=BY_MANDATE, actor=actor or city.chief)


def fresh(page):
    return Page.objects.get(pk=page.pk).specific


def tombstone(page, channel="public"):
    return PublishedDocument.objects.get(channel=channel, document_id=page.translation_key)
