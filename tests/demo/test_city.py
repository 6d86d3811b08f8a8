"""The whole demo city, as the command builds it."""

from io import StringIO

import pytest
from django.core.management import call_command
from wagtail.models import Page, Site, TaskState

from kpum.demo import content, server
from kpum.demo.builders import city
from kpum.integrations.enums import InterfaceState
from kpum.integrations.models import ApiClient, ApiKey, DataInterface
from kpum.pages.models import Withdrawal
from kpum.pages.queries import portal_page_models
from services.card_export import export_cards
from services.card_files import FileForm
from services.card_import import import_cards
from services.card_judge import Fate
from services.conformity import examine
from services.models import ServiceCardPage

#: Where a card stands, as the path says it: the open stage, and the state of the stage.
STAGES = {
    "unit_review": ("Akceptacja jednostki", TaskState.STATUS_IN_PROGRESS),
    "conformity_review": ("Zgodność ze Strategią Usług", TaskState.STATUS_IN_PROGRESS),
    "chief_review": ("Akceptacja Redaktora Głównego", TaskState.STATUS_IN_PROGRESS),
    "returned": ("Akceptacja jednostki", TaskState.STATUS_REJECTED),
}


def demo(port):
    told = StringIO()
    call_command("demo", no_serve=True, port=port, stdout=told)
    return told.getvalue()


def in_the_channel(client):
    """Return the addresses that the public channel holds."""
    found, after, more = set(), 0, True
    while more:
        page = client.get("/api/v1/channels/public/changes", {"after": after, "limit": 500}).json()
        found |= {c["document"]["url"] for c in page["changes"] if c["status"] == "live"}
        after, more = page["next"], page["more"]
    return found


def latest_text(card):
    return card.get_latest_revision_as_object()


def stage(card):
    state = card.current_workflow_task_state
    if state is None:
        workflow_state = card.workflow_states.order_by("-pk").first()
        state = workflow_state and workflow_state.current_task_state
    return state and (state.task.name, state.status)


def the_cards_come_back_unchanged_from_every_form_of_file():
    for form in FileForm:
        written = export_cards(form=form, drafts=True).data
        report = import_cards(data=written, form=form, origin="karty", dry_run=True)
        assert {row.fate for row in report.rows} == {Fate.UNCHANGED}, form
        assert len(report.rows) == len(content.cards())


@pytest.mark.slow
def test_the_command_builds_a_city_where_everything_is_in_its_place(
    client, db, monkeypatch, django_capture_on_commit_callbacks
):
    monkeypatch.setattr(server, "collect_static", lambda: None)
    assert not city.is_built()
    with django_capture_on_commit_callbacks(execute=True):
        told = demo(8000)
    assert "karty usług" in told
    assert city.is_built()

    # Every type of page has at least one public example, and everybody may read it.
    public = list(Page.objects.live().exclude(depth=1).specific())
    assert {type(page) for page in public} == set(portal_page_models())
    broken = [page.url for page in public if client.get(page.get_url_parts()[2]).status_code != 200]
    assert broken == []

    # What is public in the tree is in the channel.
    assert {page.full_url for page in public} <= in_the_channel(client)

    # Each card stands where the content says.
    on_their_way = content.states()
    for card in ServiceCardPage.objects.all():
        state = on_their_way.get(card.code, {"state": "published"})["state"]
        assert card.live == (state == "published"), card.code
        assert stage(card) == STAGES.get(state), card.code
        assert Withdrawal.objects.filter(page=card.pk).exists() == (state == "withdrawn"), card.code
    assert ServiceCardPage.objects.count() == len(content.cards())

    # Nothing but the advice of a rule is left to do on any card.
    barred = {
        card.code: [result.rule.code for result in examine(card).barring]
        for card in map(latest_text, ServiceCardPage.objects.all())
    }
    assert {code: rules for code, rules in barred.items() if rules} == {}

    # The register holds interfaces in every state but the last, and not one key.
    standing = dict(DataInterface.objects.values_list("code", "state"))
    assert set(standing.values()) == set(InterfaceState) - {InterfaceState.RETIRED}
    assert {code for code, state in standing.items() if state == "live"} == {
        "bip-karty-uslug",
        "mpi-tresci",
    }
    assert (ApiClient.objects.count(), ApiKey.objects.count()) == (3, 0)

    the_cards_come_back_unchanged_from_every_form_of_file()

    # A second run builds nothing, and serves the same city at another port.
    pages = Page.objects.count()
    with django_capture_on_commit_callbacks(execute=True):
        again = demo(8123)
    assert again == ""
    assert Page.objects.count() == pages
    assert Site.objects.get().port == 8123
