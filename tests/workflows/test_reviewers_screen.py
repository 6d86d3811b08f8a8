"""The reviewer's screen and the queue: what a decision needs, shown to whom it concerns, at a fixed cost."""

from datetime import UTC, date, datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from wagtail.models import Locale, Page, TaskState, WorkflowState

from kpum.org.actions import grant_mandate
from kpum.org.enums import Role
from kpum.org.models import Unit
from tests.factories.pages import edit, publish
from workflows import actions
from workflows.waiting import waiting_for
from workflows.working_days import easter_sunday, is_working_day, working_days_between


def fresh(page):
    return Page.objects.get(pk=page.pk).specific


def current(page):
    return fresh(page).current_workflow_task_state


def screen(page):
    return reverse("kpum_review", args=[current(page).pk])


@pytest.fixture
def changed(city):
    """A public card with a change under review."""
    card = publish(city.card)
    edit(card, author=city.operator, summary="Zgłoś nowy adres przez internet.", targets=["kck"])
    actions.submit(page=fresh(card), user=city.operator)
    return card


def test_the_screen_compares_with_what_is_public_and_tells_the_impact(client, city, changed):
    link = f'<p><a linktype="page" id="{changed.pk}">karta</a></p>'
    publish(city.new_page("Strona, która odsyła", body=[("paragraph", link)]))
    english = Locale.objects.get_or_create(language_code="en")[0]
    translated = publish(city.new_card("SA-88", "Registering"))
    Page.objects.filter(pk=translated.pk).update(
        translation_key=changed.translation_key, locale=english
    )
    client.force_login(city.coordinator)

    response = client.get(screen(changed))

    text = response.content.decode()
    impact = response.context["impact"]
    assert "przez internet" in text
    assert "Halina Wrona" in text
    assert reverse("kpum_review_live", args=[current(changed).pk]) in text
    assert reverse("kpum_review_draft", args=[current(changed).pk]) in text
    assert impact.outdated_languages == [str(english)]
    assert [len(impact.channels_gained), len(impact.channels_lost)] == [1, 2]
    assert (impact.saved_times, impact.saved_by) == (1, ["Halina Wrona"])
    assert impact.linked_from == ["Strona, która odsyła"]
    assert "Strona, która odsyła" in text


def test_the_screen_works_for_a_page_that_was_never_public(client, city):
    actions.submit(page=city.card, user=city.operator)
    client.force_login(city.coordinator)
    state = current(city.card)

    text = client.get(screen(city.card)).content.decode()

    assert reverse("kpum_review_draft", args=[state.pk]) in text
    assert reverse("kpum_review_live", args=[state.pk]) not in text
    draft = client.get(reverse("kpum_review_draft", args=[state.pk]))
    assert city.card.title in draft.content.decode()
    assert draft["X-Frame-Options"] == "SAMEORIGIN"
    assert client.get(reverse("kpum_review_live", args=[state.pk])).status_code == 404


def test_each_frame_shows_its_own_version(client, city, changed):
    client.force_login(city.coordinator)
    frames = {
        name: client.get(reverse(f"kpum_review_{name}", args=[current(changed).pk]))
        for name in ("live", "draft")
    }

    assert "przez internet" in frames["draft"].content.decode()
    assert "przez internet" not in frames["live"].content.decode()


@pytest.mark.parametrize("width", ["360", "1280", "", "x" * 300])
def test_the_frames_have_the_width_of_a_phone_or_of_a_desk(client, city, changed, width):
    client.force_login(city.coordinator)

    text = client.get(screen(changed), {"width": width}).content.decode()

    assert f"kpum-frames--{width if width == '360' else '1280'}" in text


@pytest.mark.parametrize("part", ["stranger", "other_coordinator"])
@pytest.mark.parametrize("name", ["kpum_review", "kpum_review_live", "kpum_review_draft"])
@pytest.mark.parametrize("method", ["get", "post"])
def test_a_stranger_sees_nothing_of_it(client, city, changed, part, name, method):
    client.force_login(city.person(part))

    response = getattr(client, method)(reverse(name, args=[current(changed).pk]))

    assert response.status_code in {302, 403, 405}
    assert "przez internet" not in response.content.decode()


@pytest.mark.parametrize(
    ("part", "acts"),
    [
        ("coordinator", {"approve", "return"}),
        ("operator", {"cancel"}),
        ("second_operator", set()),
        ("head", {"reassign", "cancel"}),
        ("editor", {"reassign", "cancel"}),
        ("manager", set()),
        ("administrator", set()),
    ],
)
def test_everybody_finds_the_acts_that_are_his(client, city, changed, part, acts):
    client.force_login(city.person(part))

    response = client.get(screen(changed))

    assert response.status_code == 200
    assert set(response.context["forms"]) == acts


def test_a_text_is_approved_and_returned_without_a_script(client, city, changed):
    client.force_login(city.coordinator)
    client.post(screen(changed), {"act": "approve", "approve-comment": "Zgoda."})
    assert current(changed).task.name == "Zgodność ze Strategią Usług"

    client.force_login(city.manager)
    address = screen(changed)
    refused = client.post(address, {"act": "return", "return-comment": " "})
    assert (refused.status_code, current(changed).status) == (400, "in_progress")
    assert "Zgoda." in refused.content.decode()
    client.post(address, {"act": "return", "return-comment": "Popraw."})

    state = WorkflowState.objects.get()
    assert state.status == WorkflowState.STATUS_NEEDS_CHANGES


def test_a_person_is_named_and_a_review_cancelled_on_the_screen(client, city, changed):
    grant_mandate(
        user=city.second_operator,
        role=Role.UNIT_COORDINATOR,
        unit=Unit.objects.get(code="SA"),
        basis="up. 7",
    )
    client.force_login(city.head)
    named = {"act": "reassign", "reassign-to": city.second_operator.pk, "reassign-note": "Pilne."}

    assert (
        client.post(screen(changed), named | {"reassign-to": city.stranger.pk}).status_code == 400
    )
    client.post(screen(changed), named)
    assert "Pilne." in client.get(screen(changed)).content.decode()
    client.post(screen(changed), {"act": "cancel"})

    assert fresh(changed).current_workflow_state is None


@pytest.mark.parametrize("act", ["approve", "return", "reassign", "cancel", "", "publish"])
@pytest.mark.parametrize("part", ["operator", "administrator", "manager"])
def test_a_raw_post_takes_no_decision_that_is_not_offered(client, city, changed, part, act):
    client.force_login(city.person(part))
    state = current(changed)

    response = client.post(screen(changed), {"act": act, f"{act}-comment": "x"})

    if (part, act) != ("operator", "cancel"):
        assert response.status_code == 400
        state.refresh_from_db()
        assert state.status == TaskState.STATUS_IN_PROGRESS


def test_a_decision_on_another_version_than_the_one_shown_is_refused_in_words(
    client, city, changed
):
    client.force_login(city.coordinator)
    address = screen(changed)
    edit(changed, author=city.operator, summary="Przemycone.")

    response = client.post(address, {"act": "approve"})

    assert response.status_code == 400
    assert current(changed).status == TaskState.STATUS_IN_PROGRESS


def test_a_stage_that_is_over_is_shown_and_offers_nothing(client, city, changed):
    client.force_login(city.coordinator)
    address = screen(changed)
    client.post(address, {"act": "approve"})

    response = client.get(address)

    assert (response.status_code, response.context["forms"]) == (200, {})
    assert client.post(address, {"act": "approve"}).status_code == 400


def test_what_is_no_review_of_ours_is_not_found(client, city):
    client.force_login(city.chief)

    assert client.get(reverse("kpum_review", args=[999999])).status_code == 404


# --- the queue --------------------------------------------------------------------------------


def submit_cards(city, count):
    for number in range(count):
        card = city.new_card(f"SA-{number + 100}", f"Karta {number}")
        actions.submit(page=card, user=city.operator)


@pytest.mark.parametrize(
    ("part", "seen", "mine"),
    [("chief", 2, 0), ("editor", 2, 0), ("manager", 2, 1), ("coordinator", 2, 1),
     ("operator", 2, 0), ("stranger", 0, 0), ("administrator", 2, 0)],
)  # fmt: skip
def test_three_roles_share_one_queue_and_a_unit_sees_its_own(client, city, part, seen, mine):
    submit_cards(city, 2)
    actions.approve(task_state=TaskState.objects.filter(status="in_progress").last(), user=city.coordinator)  # fmt: skip
    person = city.person(part)

    texts = waiting_for(person)

    assert (len(texts), sum(text.is_mine for text in texts)) == (seen, mine)
    assert [text.is_mine for text in texts] == sorted((t.is_mine for t in texts), reverse=True)
    client.force_login(person)
    shown = client.get(reverse("kpum_waiting")).content.decode()
    assert ("Karta 0" in shown) is bool(seen)


def test_the_queue_is_narrowed_to_a_stage_and_turned_by_pages(client, city, monkeypatch):
    monkeypatch.setattr("workflows.views.PER_PAGE", 2)
    submit_cards(city, 3)
    client.force_login(city.chief)
    address = reverse("kpum_waiting")

    assert len(client.get(address).context["texts"]) == 2
    assert len(client.get(address, {"p": "2", "stage": "unit"}).context["texts"]) == 1
    assert len(client.get(address, {"stage": "conformity"}).context["texts"]) == 0
    for odd in ("-1", "x", "9" * 40):
        assert client.get(address, {"p": odd, "stage": odd}).status_code == 200


def test_the_dashboard_shows_what_waits_and_where_ones_own_texts_are(client, city):
    submit_cards(city, 1)
    told = {}
    for part in ("coordinator", "operator", "stranger"):
        client.force_login(city.person(part))
        told[part] = client.get("/admin/").content.decode()

    address = reverse("kpum_review", args=[TaskState.objects.get(status="in_progress").pk])
    assert address in told["coordinator"]
    assert "kpum-own-texts" in told["operator"]
    assert "kpum-own-texts" not in told["coordinator"]
    assert address not in told["stranger"]


@pytest.mark.parametrize(
    ("part", "counts"),
    [
        ("coordinator", (1, 20, 200)),
        ("operator", (1, 20)),
        ("chief", (1, 20)),
        ("manager", (1, 20)),
    ],
)
def test_the_dashboard_costs_the_same_for_one_text_as_for_two_hundred(client, city, part, counts):
    client.force_login(city.person(part))
    submit_cards(city, 1)
    client.get("/admin/")
    costs = []
    present = 1
    for count in counts:
        _multiply(city, count - present)
        present = count
        for address in ("/admin/", reverse("kpum_waiting")):
            with CaptureQueriesContext(
                connection,
            ) as captured:
                assert client.get(address).status_code == 200
            costs.append(len(captured))

    assert len(waiting_for(city.person(part))) == counts[-1]
    assert costs[0::2] == [costs[0]] * len(counts), costs
    assert costs[1::2] == [costs[1]] * len(counts), costs


def _multiply(city, more):
    """Put more texts under review at once, as rows: to submit two hundred takes a minute."""
    pattern = WorkflowState.objects.select_related("current_task_state").first()
    for number in range(more):
        page = city.new_page(f"Strona {Page.objects.count()} {number}")
        run = WorkflowState.objects.create(
            content_type=page.cached_content_type,
            base_content_type=pattern.base_content_type,
            object_id=str(page.pk),
            workflow=pattern.workflow,
            requested_by=city.operator,
        )
        run.current_task_state = TaskState.objects.create(
            workflow_state=run, task=pattern.current_task_state.task, revision=page.latest_revision
        )
        run.save()


def test_the_screen_costs_the_same_for_a_long_history_as_for_a_short_one(client, city, changed):
    client.force_login(city.coordinator)
    costs = []
    for _round in range(2):
        client.get(screen(changed))
        with CaptureQueriesContext(connection) as captured:
            assert client.get(screen(changed)).status_code == 200
        costs.append(len(captured))
        for _again in range(4):
            actions.send_back(
                task_state=current(changed), user=city.coordinator, comment="Jeszcze."
            )
            edit(changed, author=city.operator, summary="Zgłoś nowy adres przez internet. Już.")
            actions.submit(page=fresh(changed), user=city.operator)

    assert costs[1] <= costs[0], costs


@pytest.mark.parametrize(
    ("start", "end", "days"),
    [
        (date(2026, 11, 20), date(2026, 11, 20), 0),
        (date(2026, 11, 20), date(2026, 11, 23), 1),
        (date(2026, 12, 23), date(2026, 12, 28), 1),
        (date(2024, 12, 23), date(2024, 12, 27), 2),
        (date(2026, 4, 3), date(2026, 4, 7), 1),
        (date(2026, 6, 3), date(2026, 6, 5), 1),
        (date(2026, 11, 23), date(2026, 11, 20), 0),
    ],
)
def test_only_working_days_are_counted(start, end, days):
    assert working_days_between(start, end) == days


@pytest.mark.parametrize(
    "sunday", [date(2024, 3, 31), date(2025, 4, 20), date(2026, 4, 5), date(2027, 3, 28)]
)
def test_easter_is_found(sunday):
    assert easter_sunday(sunday.year) == sunday
    assert not is_working_day(date.fromordinal(sunday.toordinal() + 1))


def test_the_queue_says_how_many_working_days_a_text_has_waited(city, monkeypatch):
    submit_cards(city, 1)
    WorkflowState.objects.update(created_at=datetime(2026, 11, 20, 12, tzinfo=UTC))
    monkeypatch.setattr("workflows.waiting.clock.today", lambda: date(2026, 11, 25))

    assert waiting_for(city.coordinator)[0].working_days == 3
