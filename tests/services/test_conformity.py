"""Conformity with the service strategy: each rule, broken by itself, is named; hard ones bar, waivers let by."""

from datetime import date, timedelta

import pytest
from django.urls import reverse
from wagtail.models import Page

from kpum.audit.models import AuditEntry
from kpum.core import clock
from kpum.integrations.link_checks.addresses import digest_of, host_of
from kpum.integrations.link_checks.models import LinkedAddress
from kpum.org.models import Unit
from services.conformity import RULES, Severity, examine
from services.conformity.examiner import examine_card
from services.conformity.waivers import WaiverRefused, grant_waiver, waived
from services.models import CardRelation, LegalAct, Waiver
from tests.factories.media import new_document, text_with
from tests.factories.pages import draft, edit
from tests.factories.services import at_the_door, complete_card
from tests.services import rules_document
from workflows import actions as path
from workflows.enums import Stage
from workflows.errors import NotConforming
from workflows.examiners import register_examiner
from workflows.models import Agreement

WAY = {
    "kind": "online", "title": "Przez internet", "url": "https://example.org/", "address": "", "note": "", "demo": False,
    "filing": "full", "result": "full",
}  # fmt: skip
FEE = {"amount": "17.00", "kind": "stamp_duty", "description": "Opłata", "exemption": "", "account": "PL92999900010000000000000001", "base": "ustawa"}  # fmt: skip
FORM = {"number": "SA-14/Z1", "title": "Wniosek", "version": "1", "note": ""}
OFFICIALESE = "Należy uiścić opłatę celem uzyskania niniejszego zaświadczenia."
YESTERDAY = date(2026, 1, 1)


def conforming(city, **changes):
    """Return a saved draft that meets every rule."""
    parts = {
        "channels": [("channel", WAY)],
        "fees": [("fee", FEE)],
        "sign_language_video": "https://pjm.example.org/sa-14",
        "etr_text": "Masz nowy dom.",
        "bip_url": "https://bip.example.org/sa-14",
        "keywords": "meldunek, adres, przeprowadzka",
    }
    card = complete_card(city, title="Zameldowanie", slug="zameldowanie", **(parts | changes))
    return draft(city.folder, card, author=city.operator)


def found_in(card):
    """Return what the rules that are not met say of the card, as it is stored."""
    text = card.save_revision(clean=False).as_object()
    return {result.rule.code: result for result in examine(text).results if not result.is_met}


def test_the_numbers_of_rules_are_never_used_twice():
    assert len({rule.code for rule in RULES}) == len(RULES)
    assert all(rule.version >= 1 and rule.source for rule in RULES)


def test_a_card_without_a_fault_meets_every_rule(city):
    assert found_in(conforming(city)) == {}


def closed_unit(city, card):
    Unit.objects.filter(code="SA").update(valid_to=YESTERDAY)


def nowhere_to_go(city, card):
    Unit.objects.filter(code="SA").update(address="")
    card.places = []


def nobody_to_call(city, card):
    Unit.objects.filter(code="SA").update(phone="")
    card.contact_phone = ""


def act_changed(city, card):
    LegalAct.objects.update(changed_on=clock.today(), change="Nowy termin.")


def act_lost(city, card):
    with at_the_door():
        LegalAct.objects.all().delete()


def form_of_a_strange_format(city, card):
    file = checked(new_document("SA", name="wniosek.wpd"))
    card.forms = [("form", FORM | {"file": file})]


def two_forms_of_one_number(city, card):
    file = checked(new_document("SA", name="wniosek.odt"))
    card.forms = [("form", FORM | {"file": file})] * 2


def checked(file):
    file.is_accessible = True
    file.save()
    return file


def form_nobody_checked(city, card):
    card.forms = [("form", FORM | {"file": new_document("SA", name="wniosek.odt")})]


def file_nobody_checked(city, card):
    card.steps_and_notes = text_with(new_document("SA", name="plan.pdf"))


def form_without_a_file(city, card):
    card.forms = [("form", FORM | {"file": None})]


def relation_to_a_draft(city, card):
    card.relations = [CardRelation(kind="related", card=city.new_card("SA-15", "Inna"))]


def broken_link(address):
    def change(city, card):
        now = clock.now()
        LinkedAddress.objects.create(
            digest=digest_of(address), address=address, host=host_of(address), state="broken",
            reason="status", status=404, first_seen=now, failing_since=now, next_check=now.date(),
        )  # fmt: skip

    return change


def parts(**changes):
    def change(city, card):
        for name, value in changes.items():
            setattr(card, name, value)

    return change


def way(**changes):
    return parts(channels=[("channel", WAY | changes)])


BREAKING = {
    "C-01": [closed_unit, nowhere_to_go, nobody_to_call],
    "C-02": [way(valid_to=YESTERDAY)],
    "C-03": [way(kind="post", url="", address="sa@example.org", filing="full"), way(url="mailto:sa@example.org")],
    "C-04": [way(kind="epuap")],
    "C-05": [way(kind="office", url="", address="Rynek 1"), way(filing="none")],
    "C-06": [parts(valid_to=YESTERDAY)],
    "C-07": [act_lost],
    "C-08": [act_changed],
    "C-09": [parts(fees=[("fee", FEE | {"base": ""})]), parts(fees=[("fee", FEE | {"account": ""})])],
    "C-10": [form_of_a_strange_format, two_forms_of_one_number, form_without_a_file],
    "C-11": [parts(sign_language_video=""), parts(etr_text=" ")],
    "C-12": [parts(bip_url=""), way(kind="epuap", url="", ground="own_e_service")],
    "C-13": [parts(applicants=" ".join(["Niewykorzystywanie przedsiębiorczości uniemożliwia rozporządzanie nieruchomościami."] * 20))],
    "C-14": [parts(applicants=OFFICIALESE)],
    "C-15": [parts(keywords="meldunek")],
    "C-16": [relation_to_a_draft],
    "C-17": [parts(code="ZZM-14")],
    "C-18": [broken_link("https://bip.example.org/sa-14"), broken_link("https://example.org/")],
    "C-19": [form_nobody_checked, file_nobody_checked],
}  # fmt: skip
CASES = [
    pytest.param(code, change, id=f"{code}, way {number}")
    for code, ways in BREAKING.items()
    for number, change in enumerate(ways)
]
#: A matter that can be brought in only past the law has no electronic way besides.
ALONG = {"C-03": {"C-05"}, "C-13": {"C-14"}}


def test_every_rule_has_a_case_that_breaks_it():
    assert [rule.code for rule in RULES] == list(BREAKING)


@pytest.mark.parametrize(("code", "change"), CASES)
def test_a_card_that_breaks_a_rule_is_told_which_and_what_to_do(city, code, change):
    card = conforming(city)
    change(city, card)

    found = found_in(card)

    assert code in found
    assert set(found) <= {code} | ALONG.get(code, set())
    assert all(one.message for one in found[code].evidence)


def walk(city, card, *people):
    path.submit(page=Page.objects.get(pk=card.pk).specific, user=city.operator)
    for person in people:
        task_state = Page.objects.get(pk=card.pk).specific.current_workflow_task_state
        path.approve(task_state=task_state, user=person)


def test_a_hard_rule_bars_the_managers_approval_and_names_itself(city):
    card = conforming(city, fees=[("fee", FEE | {"base": ""})])
    walk(city, card, city.coordinator)

    with pytest.raises(NotConforming) as refused:
        path.approve(
            task_state=Page.objects.get(pk=card.pk).specific.current_workflow_task_state,
            user=city.manager,
        )

    assert set(refused.value.errors) == {"C-09"}
    assert "Opłata" in str(refused.value)
    assert not Agreement.objects.filter(stage="conformity").exists()


def test_advice_bars_nothing_and_is_kept_with_the_decision(city):
    card = conforming(city, keywords="meldunek")

    walk(city, card, city.coordinator, city.manager)

    kept = Agreement.objects.get(stage="conformity")
    assert kept.revision_id == card.latest_revision_id
    results = {row["rule"]: row for row in kept.findings["rules"]}
    assert set(results) == {rule.code for rule in RULES}
    assert not results["C-15"]["met"]
    assert results["C-15"]["evidence"][0][0] == "keywords"
    assert results["C-01"] == {
        "rule": "C-01", "version": 1, "met": True, "barred": False, "waived_until": None, "evidence": [],
    }  # fmt: skip


def test_a_waiver_lets_the_card_by_until_its_last_day(city):
    card = conforming(city, fees=[("fee", FEE | {"base": ""})])
    grant_waiver(
        page=card,
        rule="C-09",
        reason="Uchwała w druku.",
        valid_to=clock.today(),
        actor=city.manager,
    )

    walk(city, card, city.coordinator, city.manager, city.chief)

    assert Page.objects.get(pk=card.pk).live
    results = {
        row["rule"]: row for row in Agreement.objects.get(stage="conformity").findings["rules"]
    }
    assert results["C-09"]["waived_until"] == clock.today().isoformat()
    assert AuditEntry.objects.get(action="waiver.granted").actor_name == str(city.manager)


def test_a_waiver_of_an_earlier_day_version_or_rule_lets_nothing_by(city):
    card = conforming(city)
    row = {"page_id": card.pk, "reason": "x", "granted_by": city.manager, "granted_at": clock.now()}
    today = clock.today()
    Waiver.objects.create(rule="C-09", rule_version=1, valid_to=today - timedelta(1), **row)
    Waiver.objects.create(rule="C-06", rule_version=99, valid_to=today, **row)
    Waiver.objects.create(rule="C-99", rule_version=1, valid_to=today, **row)
    assert waived(card.pk) == {}

    Waiver.objects.create(rule="C-09", rule_version=1, valid_to=today, **row)
    Waiver.objects.create(rule="C-09", rule_version=1, valid_to=today + timedelta(9), **row)
    assert waived(card.pk) == {"C-09": today + timedelta(9)}


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"rule": "C-99"}, "rule"),
        ({"reason": "  "}, "reason"),
        ({"valid_to": date(2020, 1, 1)}, "valid_to"),
        ({"part": "coordinator"}, ""),
        ({"part": "administrator"}, ""),
    ],
)
def test_a_waiver_without_sense_or_mandate_is_refused(city, changes, field):
    asked = {"rule": "C-09", "reason": "Bo tak.", "valid_to": clock.today()} | changes
    actor = city.person(asked.pop("part", "manager"))

    with pytest.raises(WaiverRefused) as refused:
        grant_waiver(page=city.card, actor=actor, **asked)

    assert refused.value.field == field
    assert not Waiver.objects.exists()


def test_the_reviewer_reads_the_matrix(client, city):
    card = conforming(city, keywords="meldunek")
    walk(city, card, city.coordinator)
    state = Page.objects.get(pk=card.pk).specific.current_workflow_task_state
    client.force_login(city.manager)

    text = client.get(reverse("kpum_review", args=[state.pk])).content.decode()

    assert all(rule.code in text and str(rule.title) in text for rule in RULES)
    assert "Podaj co najmniej trzy" in text


def test_cards_are_not_examined_twice():
    with pytest.raises(ValueError, match="examine_card is registered already"):
        register_examiner(Stage.CONFORMITY, examine_card)


def test_other_pages_are_not_examined(city):
    page = city.new_page("Jak płacić")

    walk(city, page, city.coordinator)

    assert not Agreement.objects.filter(page_id=page.pk, findings__rules__isnull=False).exists()


def test_an_edited_card_is_examined_as_it_was_submitted(city):
    card = conforming(city)
    edit(card, author=city.operator, keywords="meldunek")

    walk(city, card, city.coordinator, city.manager)

    rules = Agreement.objects.get(stage="conformity").findings["rules"]
    assert [row["rule"] for row in rules if not row["met"]] == ["C-15"]


def test_hard_rules_are_those_without_which_nobody_could_get_the_matter_done():
    hard = {rule.code for rule in RULES if rule.severity is Severity.HARD}

    assert hard == {"C-01", "C-02", "C-03", "C-06", "C-07", "C-09", "C-10"}


def test_the_document_lists_the_rules_as_they_are():
    assert rules_document.DOCUMENT.read_text(encoding="utf-8") == rules_document.render(), (
        "run python -m tests.services.rules_document"
    )
