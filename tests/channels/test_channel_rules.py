"""What is in a channel is what is public, wanted there and allowed: every rule × type × kind of unit."""

from itertools import product

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from wagtail.models import Page

from branch_pages.models import BranchSitePage, BranchSitesPage
from kpum.audit.models import AuditEntry
from kpum.channels import leaving
from kpum.channels.actions import rebuild_marked
from kpum.channels.leaving import follow_marked
from kpum.channels.models import ChannelMark, PublishedDocument
from kpum.core.errors import KpumError
from kpum.org.enums import Role, UnitKind
from kpum.org.models import Unit
from kpum.outbox.models import OutboxEvent
from kpum.pages import channel_rules
from kpum.pages.channel_actions import NotYourChannels, add_channel, change_channel
from kpum.pages.channel_models import PublicationChannel
from kpum.pages.queries import portal_page_models, public_pages
from kpum.portal.models import AreaPage
from services.models import ServiceCardPage, UnitFolderPage
from tests.factories.channels import set_rules
from tests.factories.pages import draft, edit, publish
from tests.factories.services import complete_card

CARD = "kpum_services.servicecardpage"
EVERY_KIND = list(UnitKind)


def inside(code):
    """Return what a follower of the channel has now."""
    live = PublishedDocument.objects.filter(channel=code, gone_reason="")
    return set(live.values_list("document_id", flat=True))


def followed(code, mirror, cursor):
    """Let a mirror catch up, as the reference client does; return its copy and cursor."""
    mirror = dict(mirror)
    for row in PublishedDocument.objects.filter(channel=code, sequence__gt=cursor).order_by(
        "sequence"
    ):
        key, cursor = (row.document_id, row.locale), row.sequence
        if row.is_gone:
            mirror.pop(key, None)
        else:
            mirror[key] = row.etag
    return mirror, cursor


def wishes(code):
    """Return (document, type, unit's path) of every public page that wants to be in the channel."""
    return [
        (page.translation_key, page._meta.label_lower, page.owner_unit.path)
        for page in Page.objects.live().filter(depth__gt=1).specific()
        if page.placements.filter(channel=code).exists()
    ]


def oracle(code, wished):
    """Return what must be in the channel, page by page and unit by unit, by the words of the rule."""
    row = PublicationChannel.objects.get(code=code)
    tops = [unit.path for unit in row.accepted_units.all()]

    def allowed(label, path):
        right_type = not row.accepted_types or label in row.accepted_types
        return row.is_active and right_type and (not tops or any(path.startswith(t) for t in tops))

    units = [(unit.document_id, "kpum_org.unit", unit.path) for unit in Unit.objects.all()]
    return {document for document, label, path in [*wished, *units] if allowed(label, path)}


@pytest.fixture
def big_city(city):
    """A unit of every kind, each with a public page of every type that wants to be in MPI."""
    everywhere = {"targets": ["public", "mpi"]}
    branches = BranchSitesPage(title="Strony", slug="strony", lead="x", unit=city.folder.unit)
    branches = publish(draft(city.home, branches))
    for number, kind in enumerate(EVERY_KIND):
        unit = Unit.add_root(code=f"K{number}", name=str(kind.label), kind=kind)
        unit = Unit.objects.get(pk=unit.pk).add_child(code=f"K{number}-1", name="Niżej", kind=kind)
        folder = UnitFolderPage(title=unit.code, slug=unit.slug, unit=unit, **everywhere)
        folder = publish(draft(city.catalogue, folder))
        publish(city.new_page(f"Strona {number}", folder, **everywhere))
        card = complete_card(city, code=f"KX-{number}", title=f"Karta {number}")
        card.targets = ["public", "mpi"]
        publish(draft(folder, card))
        site = BranchSitePage(title=f"B{number}", slug=f"b{number}", lead="x", unit=unit)
        site.targets = ["mpi"]
        publish(draft(branches, site))
        area = AreaPage(title=f"A{number}", slug=f"a{number}", lead="x", unit=unit, **everywhere)
        publish(draft(city.home, area))
    for page in (city.home, city.catalogue, city.directory, branches):
        publish(edit(page, targets=["public", "mpi"]))
    rebuild_marked()
    return city


def test_every_rule_with_every_type_and_every_kind_of_unit_holds_and_is_followed(big_city):
    types = [model._meta.label_lower for model in portal_page_models()]
    present = {
        page.specific_class._meta.label_lower
        for page in Page.objects.filter(placements__channel="mpi")
    }
    assert present == set(types), "the fixture must have a page of every type"
    units = [None, *Unit.objects.filter(depth=1, code__startswith="K")]
    mirror, cursor = followed("mpi", {}, 0)
    wished, sizes = wishes("mpi"), set()
    for label, unit, active in product([None, *types, "kpum_org.unit"], units, [True, False]):
        if not active and unit is not None:
            continue
        changes = {
            "accepted_types": [label] if label else [],
            "accepted_units": [unit] if unit else [],
            "is_active": active,
        }
        set_rules(big_city, "mpi", **changes)
        mirror, cursor = followed("mpi", mirror, cursor)
        held = {document for document, _locale in mirror}
        assert held == oracle("mpi", wished), changes
        pages = public_pages("mpi").values_list("translation_key", flat=True)
        units_held = set(Unit.objects.values_list("document_id", flat=True)) & held
        assert set(pages) == held - units_held, changes
        sizes.add(len(held))
    assert len(sizes) > 5
    set_rules(big_city, "mpi", accepted_types=[], accepted_units=[], is_active=True)
    again, _cursor = followed("mpi", mirror, cursor)
    from_zero, _cursor = followed("mpi", {}, 0)
    assert again == from_zero
    assert {document for document, _locale in again} == oracle("mpi", wished)
    assert not ChannelMark.objects.exists()


def test_a_large_channel_is_followed_by_the_worker_and_survives_a_stop(city, monkeypatch):
    monkeypatch.setattr(leaving, "BATCH", 2)
    for number in range(5):
        publish(city.new_page(f"Strona {number}", targets=["public", "kck"]))
    before = inside("kck")

    set_rules(city, "kck", is_active=False)
    assert ChannelMark.objects.count() == 1
    assert inside("kck")
    leaving._go_on(ChannelMark.objects.get().pk)
    leaving._go_on(10**9)
    assert follow_marked() > 1

    assert (inside("kck"), ChannelMark.objects.count()) == (set(), 0)
    gone = PublishedDocument.objects.filter(channel="kck")
    assert set(gone.values_list("gone_reason", flat=True)) == {"left-channel"}
    set_rules(city, "kck", is_active=True)
    leaving.follow_marked_in_background.call()
    assert inside("kck") == before
    ChannelMark.objects.create(channel="gazeta", created_at="2026-01-01T00:00:00Z")
    assert follow_marked() == 1


def test_what_was_withdrawn_meanwhile_does_not_come_back(city):
    from tests.door.acts import withdraw

    card = publish(city.new_card("SA-3", "Trzecia", targets=["mpi"]))
    set_rules(city, "mpi", is_active=False)
    withdraw(city, card)

    set_rules(city, "mpi", is_active=True)

    row = PublishedDocument.objects.get(channel="mpi", document_id=card.translation_key)
    assert row.gone_reason == "withdrawn"


def test_a_unit_that_moves_takes_its_pages_along(city):
    page = publish(city.new_page("Wędrowna", targets=["mpi"]))
    set_rules(city, "mpi", accepted_units=[Unit.objects.get(code="UMK")])
    assert page.translation_key in inside("mpi")

    Unit.objects.get(code="SA").move(Unit.objects.get(code="ZZM"), "sorted-child")
    leaving.mark_limited_channels(OutboxEvent())
    follow_marked()

    assert page.translation_key not in inside("mpi")
    assert Unit.objects.get(code="ZZM").document_id not in inside("mpi")
    publish(edit(page, lead="Nowa treść."))
    assert page.translation_key not in inside("mpi")


def test_only_the_chief_editor_changes_what_a_channel_takes(city):
    people = ("operator", "coordinator", "head", "manager", "editor", "administrator", "stranger")
    for part in people:
        with pytest.raises(NotYourChannels):
            change_channel(code="mpi", changes={"is_open": True}, actor=city.person(part))
        with pytest.raises(NotYourChannels):
            add_channel(code="nowy", facts={"name": "Nowy"}, actor=city.person(part))
    assert channel_rules.open_channel_codes() == {"public"}


def test_a_change_is_recorded_with_before_and_after_and_takes_effect_at_once(client, city):
    assert client.get("/api/v1/channels/mpi/changes").status_code == 401
    unit = Unit.objects.get(code="SA")

    set_rules(
        city,
        "mpi",
        is_open=True,
        accepted_types=[CARD],
        owner_unit=unit,
        contact="redakcja@example.org",
    )

    entry = AuditEntry.objects.filter(action="channel.changed").latest("pk")
    assert (entry.actor_name, entry.before == entry.after) == (str(city.chief), False)
    assert entry.authority
    event = OutboxEvent.objects.get(kind="channel.changed")
    assert event.payload == {"code": "mpi", "is_active": True, "is_open": True}
    assert client.get("/api/v1/channels/mpi/changes").status_code == 200
    set_rules(city, "mpi", is_open=False)
    assert client.get("/api/v1/channels/mpi/changes").status_code == 401
    set_rules(city, "mpi", is_open=False)
    assert OutboxEvent.objects.filter(kind="channel.changed").count() == 2


def test_a_new_channel_has_a_feed_and_takes_what_wants_to_go_there(client, city):
    facts = {"name": "Profil społecznościowy", "is_open": True, "accepted_types": [CARD]}
    channel = add_channel(code="profil", facts=facts, actor=city.chief)
    card = publish(city.new_card("SA-4", "Czwarta", targets=["profil"]))

    changes = client.get("/api/v1/channels/profil/changes").json()["changes"]

    assert [change["id"] for change in changes] == [str(card.translation_key)]
    assert channel.since is not None
    assert AuditEntry.objects.filter(action="channel.added").count() == 1


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"name": ""}, "name"),
        ({"sending_roles": ["krol"]}, "sending_roles"),
        ({"sending_roles": [Role.MPI_EDITOR]}, "sending_roles"),
        ({"demands": [{"type": "", "needs": "code"}]}, "demands"),
        ({"demands": ["kod"]}, "demands"),
        ({"demands": [{"type": "", "needs": "code", "says": " "}]}, "demands"),
    ],
)
def test_a_rule_that_makes_no_sense_is_refused_and_names_its_field(city, changes, field):
    from django.core.exceptions import ValidationError

    with pytest.raises(ValidationError) as refused:
        set_rules(city, "bip", **changes)

    assert list(refused.value.message_dict) == [field]


def test_an_unknown_channel_or_fact_is_refused(city):
    with pytest.raises(KpumError, match="gazeta"):
        set_rules(city, "gazeta", name="Gazeta")
    with pytest.raises(KpumError, match="code"):
        change_channel(code="mpi", changes={"code": "inny"}, actor=city.chief)


def test_no_role_of_mpi_ever_gains_anything_of_bip(city):
    """M-10: the director of communication supervises MPI, BIP excepted."""
    bip = PublicationChannel.objects.get(code="bip")
    for role in Role:
        if role.value.startswith("mpi_"):
            assert role.channel == "mpi"
            bip.sending_roles = [role.value]
            with pytest.raises(Exception, match="sending_roles"):
                bip.clean()
        else:
            assert role.channel in {"", "bip"}


def test_a_reader_of_the_rules_pays_no_query_and_learns_of_a_change(city, monkeypatch):
    channel_rules.kept_rules()
    with CaptureQueriesContext(
        connection,
    ) as queries:
        assert "mpi" in channel_rules.channel_codes()
        assert channel_rules.open_channel_codes() == {"public"}
    assert len(queries) == 0

    # Another process changes a channel: nothing of this one's memory is told.
    PublicationChannel.objects.filter(code="mpi").update(is_open=True)
    assert channel_rules.open_channel_codes() == {"public"}
    monkeypatch.setattr(channel_rules, "MAX_AGE", 0)
    assert channel_rules.open_channel_codes() == {"public", "mpi"}


def test_publishing_asks_for_the_rules_once_whatever_their_number(city):
    card = publish(city.new_card("SA-5", "Piąta"))
    counts = []
    for number in range(2):
        edit(card, summary=f"Wersja {number}")
        with CaptureQueriesContext(connection) as queries:
            card = publish(Page.objects.get(pk=card.pk).specific)
        asked = [q for q in queries if "kpum_pages_publicationchannel" in q["sql"]]
        counts.append(len(asked))
        for extra in range(5):
            add_channel(code=f"k{number}{extra}", facts={"name": "K"}, actor=city.chief)
        channel_rules.kept_rules()
    assert counts == [1, 1]


def test_a_type_of_another_version_takes_nothing_and_breaks_nothing(city):
    set_rules(city, "mpi", accepted_types=["kpum_dawny.strona", "nie-model", CARD])
    card = publish(city.new_card("SA-6", "Szósta", targets=["mpi"]))

    assert inside("mpi") == {card.translation_key}
    assert list(public_pages("mpi")) == [Page.objects.get(pk=card.pk)]
    assert list(public_pages("gazeta")) == []
    assert isinstance(card, ServiceCardPage)
