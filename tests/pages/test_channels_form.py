"""The editor's choice of channels, and what bars a text from one: by form, at submission, at the door."""

import pytest
from wagtail.models import Page, WorkflowState

from kpum.org.actions import grant_mandate
from kpum.org.enums import Role
from kpum.org.models import Mandate, Unit
from kpum.pages.channel_demands import RESPONSIBLE, lacking, look_at_channels, register_requirement
from kpum.pages.errors import NotPublishable
from kpum.pages.formal import examine
from services.models import ServiceCardPage
from tests.factories.channels import set_rules
from tests.factories.pages import edit, publish
from tests.pages.test_editor_form import ADDRESS, form
from workflows import actions as path

CARD = "kpum_services.servicecardpage"
PAGE = "kpum_portal.informationpage"
EPUAP = {
    "kind": "epuap", "title": "ePUAP", "url": "https://epuap.example.org/", "address": "", "note": "",
    "filing": "full", "result": "none", "ground": "own_e_service",
}  # fmt: skip


@pytest.fixture
def operator(client, city):
    client.force_login(city.operator)
    return client


def offered(client, address):
    field = client.get(address).context["form"].fields["targets"]
    return {code for code, _label in field.choices}, set(field.fixed)


def stored(code="SA-40"):
    return ServiceCardPage.objects.get(code=code).get_latest_revision_as_object()


def boxes(client, page):
    """Return code → whether its box can be ticked, as the editor is shown them."""
    html = client.get(f"/admin/pages/{page.pk}/edit/").content.decode()
    found = [tag for tag in html.split("<input") if 'name="targets"' in tag.split(">")[0]]
    return {
        tag.split('value="')[1].split('"')[0]: "disabled" not in tag.split(">")[0] for tag in found
    }


def test_only_channels_that_take_the_page_from_this_person_are_offered(operator, city):
    new_card, new_page = (
        ADDRESS.format(city.folder.pk),
        "/admin/pages/add/kpum_portal/informationpage/{}/",
    )
    everything = {"public", "bip", "mpi", "si-umk", "kck", "epuap"}
    assert offered(operator, new_card) == (everything, set())
    assert offered(operator, new_page.format(city.folder.pk))[0] == everything - {"epuap"}

    set_rules(city, "mpi", accepted_units=[Unit.objects.get(code="ZZM")])
    set_rules(city, "kck", is_active=False)
    set_rules(city, "bip", sending_roles=[Role.UNIT_COORDINATOR])
    set_rules(city, "si-umk", sending_roles=[Role.UNIT_OPERATOR])

    assert offered(operator, new_card) == ({"public", "si-umk", "epuap"}, set())
    operator.force_login(city.stranger)
    zzm = offered(operator, ADDRESS.format(city.other_folder.pk))
    assert zzm == ({"public", "si-umk", "epuap", "mpi"}, set())
    operator.force_login(city.coordinator)
    assert offered(operator, new_card)[0] == {"public", "bip", "epuap"}


def test_a_channel_that_was_not_offered_is_not_taken_by_raw_post(operator, city):
    set_rules(city, "bip", sending_roles=[Role.UNIT_COORDINATOR])

    answer = operator.post(ADDRESS.format(city.folder.pk), form(city, targets=["public", "bip"]))

    assert list(answer.context["form"].errors) == ["targets"]
    assert not ServiceCardPage.objects.exists()


def test_what_somebody_else_chose_stays_and_cannot_be_changed(operator, city):
    set_rules(city, "bip", sending_roles=[Role.UNIT_COORDINATOR])
    card = city.new_card("SA-40", "Karta z formularza", targets=["public", "bip"])
    assert boxes(operator, card) == {
        "public": True, "bip": False, "mpi": True, "si-umk": True, "kck": True, "epuap": True,
    }  # fmt: skip
    address = f"/admin/pages/{card.pk}/edit/"

    saved = operator.post(address, form(city, targets=["kck"]))
    assert (saved.status_code, stored().targets) == (302, ["bip", "kck"])
    saved = operator.post(address, form(city, targets=["bip", "mpi"]))
    assert (saved.status_code, stored().targets) == (302, ["bip", "mpi"])
    operator.force_login(city.coordinator)
    saved = operator.post(address, form(city, targets=["public"]))
    assert (saved.status_code, stored().targets) == (302, ["public"])


def test_a_channel_that_is_switched_off_can_still_be_unticked(operator, city):
    card = city.new_card("SA-40", "Karta z formularza", targets=["public", "kck"])
    set_rules(city, "kck", is_active=False)
    assert boxes(operator, card)["kck"]

    operator.post(f"/admin/pages/{card.pk}/edit/", form(city, targets=["public"]))

    assert stored().targets == ["public"]


def test_a_substitute_sends_where_the_person_he_stands_in_for_may(operator, city):
    set_rules(city, "mpi", sending_roles=[Role.PORTAL_EDITOR])
    address = ADDRESS.format(city.folder.pk)
    assert "mpi" not in offered(operator, address)[0]
    grant_mandate(user=city.operator, role=Role.PORTAL_EDITOR, basis="upoważnienie 3/2026")
    assert "mpi" in offered(operator, address)[0]


# --- demands ---


def submitting(client, city, **changes):
    data = form(city, **changes) | {"action-submit": "1"}
    return client.post(ADDRESS.format(city.folder.pk), data)


def test_the_form_names_what_a_channel_misses_and_which_channel(operator, city):
    demand = {"type": CARD, "needs": "keywords", "says": "Podaj inne nazwy sprawy."}
    set_rules(city, "mpi", demands=[demand, demand | {"type": PAGE, "needs": "body"}])

    refused = submitting(operator, city, targets=["public", "mpi"])
    assert refused.context["form"].errors["keywords"] == [
        "MPI: Magiczny Kraków: Podaj inne nazwy sprawy."
    ]
    assert not WorkflowState.objects.exists()
    assert submitting(operator, city, targets=["public"]).status_code == 302


def test_a_card_without_epuap_does_not_go_to_the_channel_of_epuap(operator, city):
    refused = submitting(operator, city, targets=["public", "epuap"])
    assert "ePUAP" in refused.context["form"].errors["targets"][0]

    from wagtail.test.utils.form_data import nested_form_data, streamfield

    ways = nested_form_data({"channels": streamfield([("channel", EPUAP)])})
    data = form(city, targets=["public", "epuap"]) | ways | {"action-submit": "1"}
    assert operator.post(ADDRESS.format(city.folder.pk), data).status_code == 302


def test_bip_takes_nothing_that_nobody_answers_for(operator, city):
    Mandate.objects.filter(role=Role.UNIT_HEAD).delete()

    refused = submitting(operator, city, targets=["public", "bip"])

    assert "BIP" in refused.context["form"].errors["targets"][0]
    card = city.new_card("SA-14", "Zameldowanie", targets=["bip"])
    with pytest.raises(NotPublishable, match="BIP"):
        path.submit(page=card, user=city.operator)


def test_what_was_approved_before_the_demand_is_not_published_without_it(city):
    card = city.new_card("SA-14", "Zameldowanie", targets=["public", "bip"], keywords="")
    set_rules(city, "bip", demands=[{"type": "", "needs": "keywords", "says": "Podaj słowa."}])

    with pytest.raises(NotPublishable) as refused:
        publish(card)

    assert refused.value.errors == {
        "keywords": ["BIP: Biuletyn Informacji Publicznej: Podaj słowa."]
    }
    publish(edit(card, keywords="meldunek"))
    assert Page.objects.get(pk=card.pk).live


def test_a_new_wish_that_no_rule_allows_is_refused_and_an_old_one_is_no_obstacle(city):
    card = publish(city.new_card("SA-14", "Zameldowanie", targets=["public", "kck"]))
    set_rules(city, "kck", is_active=False)
    set_rules(city, "mpi", accepted_types=[PAGE])
    set_rules(city, "si-umk", accepted_units=[Unit.objects.get(code="ZZM")])

    text = card.get_latest_revision_as_object()
    assert examine(text).errors == {}
    text.targets = ["public", "kck", "mpi", "si-umk", "gazeta"]
    messages = examine(text).errors["targets"]

    assert len(messages) == 3
    assert any("gazeta" in message for message in messages)
    draft = city.new_card("SA-15", "Druga", targets=["kck"])
    assert len(look_at_channels(draft)["targets"]) == 1


@pytest.mark.parametrize(
    ("needs", "empty", "filled"),
    [
        ("keywords", "  ", "słowa"),
        ("appeal_days", None, 14),
        ("audiences", [], ["residents"]),
        ("free_of_charge", False, True),
        ("categories", [], None),
        ("fees", [], None),
        ("pole-innej-wersji", None, None),
    ],
)
def test_every_kind_of_field_can_be_demanded(city, needs, empty, filled):
    set_rules(city, "mpi", demands=[{"type": CARD, "needs": needs, "says": "Uzupełnij."}])
    card = city.new_card("SA-14", "Zameldowanie", targets=["mpi"])
    if filled is not None:
        setattr(card, needs, filled)
    if needs == "categories":
        assert lacking(card) == {}
    if needs == "pole-innej-wersji":
        assert lacking(card) == {}
        return
    if filled is not None:
        assert lacking(card) == {}
    setattr(card, needs, empty)

    # A box that is not ticked is an answer, too: only what has no value at all is missing.
    expected = {} if needs == "free_of_charge" else {needs: ["MPI: Magiczny Kraków: Uzupełnij."]}
    assert lacking(card) == expected


def test_a_requirement_is_registered_once():
    with pytest.raises(ValueError, match="responsible"):
        register_requirement(RESPONSIBLE)
