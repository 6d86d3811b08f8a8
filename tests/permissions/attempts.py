"""One attempt for each action of the matrix: done by a person at a spot, through the real action.

An attempt that is allowed returns; one that is refused raises ``PermissionDenied``, as every
refusal of ours does. Anything else is a fault of the code or of the attempt, and fails the test.
"""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.core.exceptions import PermissionDenied
from wagtail.actions.create_page import CreatePageAction
from wagtail.actions.edit_page import EditPageAction
from wagtail.documents import get_document_model
from wagtail.models import Page
from wagtail.permissions import policy_registry

from kpum.audit.models import AuditEntry
from kpum.channels import hand_over
from kpum.channels.receipt_models import ReceiptState
from kpum.channels.receipts import Answer, answer_by_hand
from kpum.core import clock
from kpum.integrations import actions as register
from kpum.integrations.clients import issue_key
from kpum.integrations.enums import InterfaceState, Side, Verb
from kpum.integrations.models import DataInterface
from kpum.org import actions as org
from kpum.org.enums import Duty, Role
from kpum.org.models import InternalOrder, Mandate
from kpum.org.queries import powers_of
from kpum.pages import actions as door
from kpum.pages import reviews
from kpum.pages.authority import Authority
from kpum.pages.channel_actions import change_channel
from kpum.pages.enums import WithdrawalReason
from kpum.pages.middleware import may_see
from kpum.portal.models import InformationPage
from services.actions import note_act_change
from services.conformity.waivers import grant_waiver
from services.models import LegalAct
from tests.factories import integrations as make
from tests.permissions.world import SECOND, Spot, World
from workflows import actions as path
from workflows import regulations
from workflows.regulation_models import PublishingRegulation

Attempt = Callable[[World, Any, Spot], Any]
ATTEMPTS: dict[str, Attempt] = {}
#: Where each stage's text waits, in the order in which "return" tries them.
STAGES = ("unit", "conformity", "chief")


def attempt(name: str) -> Callable[[Attempt], Attempt]:
    def register(function: Attempt) -> Attempt:
        ATTEMPTS[name] = function
        return function

    return register


def _demand(answer: bool) -> None:
    if not answer:
        raise PermissionDenied


def _page(page: Page) -> Any:
    return Page.objects.get(pk=page.pk).specific


# --- texts ---


@attempt("see")
def see(world: World, person: Any, spot: Spot) -> None:
    _demand(may_see(person, spot.draft.pk))


@attempt("add")
def add(world: World, person: Any, spot: Spot) -> None:
    page = InformationPage(title="Nowa", slug="nowa-strona")
    _demand(CreatePageAction(page, parent=_page(spot.folder), user=person).user_has_permission())


@attempt("edit")
def edit(world: World, person: Any, spot: Spot) -> None:
    _demand(EditPageAction(_page(spot.draft), user=person).user_has_permission())


@attempt("submit")
def submit(world: World, person: Any, spot: Spot) -> None:
    path.submit(page=_page(spot.draft), user=person)


@attempt("copy")
def copy(world: World, person: Any, spot: Spot) -> None:
    door.copy(
        page_id=spot.draft.pk,
        target_id=spot.target.pk,
        title="Kopia",
        slug="kopia",
        authority=Authority.of_mandate(),
        actor=person,
    )


def _move(page: Page, person: Any, spot: Spot) -> None:
    door.move(
        page_id=page.pk, target_id=spot.target.pk, authority=Authority.of_mandate(), actor=person
    )


def _rename(page: Page, person: Any) -> None:
    door.rename(page_id=page.pk, slug="inny-adres", authority=Authority.of_mandate(), actor=person)


def _delete(page: Page, person: Any) -> None:
    door.delete(page_id=page.pk, authority=Authority.of_mandate(), actor=person)


@attempt("move draft")
def move_draft(world: World, person: Any, spot: Spot) -> None:
    _move(spot.draft, person, spot)


@attempt("rename draft")
def rename_draft(world: World, person: Any, spot: Spot) -> None:
    _rename(spot.draft, person)


@attempt("delete draft")
def delete_draft(world: World, person: Any, spot: Spot) -> None:
    _delete(spot.draft, person)


# --- decisions ---


def _approve(stage: str) -> Attempt:
    def approve(world: World, person: Any, spot: Spot) -> None:
        path.approve(task_state=spot.waiting[stage], user=person)

    return approve


ATTEMPTS["decide at unit"] = _approve("unit")
ATTEMPTS["decide conformity"] = _approve("conformity")
ATTEMPTS["decide as chief"] = _approve("chief")


@attempt("return")
def send_back(world: World, person: Any, spot: Spot) -> None:
    """Return the text of whichever stage is the person's."""
    for stage in STAGES:
        try:
            path.send_back(task_state=spot.waiting[stage], user=person, comment="Popraw datę.")
        except PermissionDenied:
            continue
        return
    raise PermissionDenied


@attempt("cancel review")
def cancel(world: World, person: Any, spot: Spot) -> None:
    page = spot.waiting["unit"].workflow_state.content_object
    path.cancel(page=_page(page), user=person)


@attempt("reassign")
def reassign(world: World, person: Any, spot: Spot) -> None:
    world.hold(world.incumbent, Role.UNIT_COORDINATOR, spot.unit)
    path.reassign(
        task_state=spot.waiting["unit"],
        to=world.incumbent,
        user=person,
        note="Zastąpi koleżankę.",
    )


@attempt("set branch policy")
def set_branch_policy(world: World, person: Any, spot: Spot) -> None:
    path.set_branch_policy(
        page=world.branch, unit_publishes=True, basis="decyzja 1/2026", user=person
    )


# --- what is public ---


@attempt("withdraw")
def withdraw(world: World, person: Any, spot: Spot) -> None:
    door.withdraw(
        page_id=spot.public.pk,
        reason=WithdrawalReason.OBSOLETE,
        explanation="Już nie obowiązuje.",
        authority=Authority.of_mandate(),
        actor=person,
    )


@attempt("take down")
def take_down(world: World, person: Any, spot: Spot) -> None:
    door.take_down(
        page_id=spot.public.pk,
        explanation="Narusza prawo.",
        authority=Authority.of_mandate(),
        actor=person,
    )


@attempt("move public")
def move_public(world: World, person: Any, spot: Spot) -> None:
    _move(spot.public, person, spot)


@attempt("rename public")
def rename_public(world: World, person: Any, spot: Spot) -> None:
    _rename(spot.public, person)


@attempt("delete public")
def delete_public(world: World, person: Any, spot: Spot) -> None:
    _delete(spot.public, person)


@attempt("cancel schedule")
def cancel_schedule(world: World, person: Any, spot: Spot) -> None:
    door.cancel_schedule(page_id=spot.scheduled.pk, authority=Authority.of_mandate(), actor=person)


@attempt("keep dictionaries")
def keep_dictionaries(world: World, person: Any, spot: Spot) -> None:
    act = LegalAct.objects.first()
    assert act is not None
    note_act_change(
        eli=act.eli, changed_on=clock.today(), change=f"Zmiana {clock.now()}", actor=person
    )


@attempt("waive rule")
def waive_rule(world: World, person: Any, spot: Spot) -> None:
    grant_waiver(
        page=_page(spot.public),
        rule="C-05",
        reason="Sprawa wymaga okazania przedmiotu.",
        valid_to=clock.today() + timedelta(30),
        actor=person,
    )


@attempt("confirm")
def confirm(world: World, person: Any, spot: Spot) -> None:
    reviews.confirm(page_id=spot.public.pk, authority=Authority.of_mandate(), actor=person)


# --- locks, files, contact ---


@attempt("lock")
def lock(world: World, person: Any, spot: Spot) -> None:
    _demand(bool(_page(spot.draft).permissions_for_user(person).can_lock()))


@attempt("unlock")
def unlock(world: World, person: Any, spot: Spot) -> None:
    _demand(bool(_page(spot.locked).permissions_for_user(person).can_unlock()))


@attempt("upload file")
def upload_file(world: World, person: Any, spot: Spot) -> None:
    """Choose the unit's collection for it, as every form for a new file demands."""
    policy: Any = policy_registry.get_by_type(get_document_model())
    offered = policy.collections_user_has_permission_for(person, "add")
    _demand(offered.filter(unit_collection__unit=spot.unit).exists())


@attempt("set contact")
def set_contact(world: World, person: Any, spot: Spot) -> None:
    org.set_contact(
        unit=spot.unit, actor=person, authority="pismo 3/2026", contact={"phone": "12 000 00 00"}
    )


# --- people ---


def _grant(world: World, person: Any, role: Role, unit: Any) -> None:
    org.grant_mandate(
        user=world.newcomer, role=role, unit=unit, basis="upoważnienie 8/2026", granted_by=person
    )


@attempt("appoint operator")
def appoint_operator(world: World, person: Any, spot: Spot) -> None:
    _grant(world, person, Role.UNIT_OPERATOR, spot.unit)


@attempt("appoint coordinator")
def appoint_coordinator(world: World, person: Any, spot: Spot) -> None:
    _grant(world, person, Role.UNIT_COORDINATOR, spot.unit)


@attempt("grant portal role")
def grant_portal_role(world: World, person: Any, spot: Spot) -> None:
    _grant(world, person, Role.INTERNAL_AUDITOR, None)


@attempt("name substitute")
def name_substitute(world: World, person: Any, spot: Spot) -> None:
    """Name one for somebody else: for his own mandate every holder may (K-14)."""
    now = clock.now()
    org.name_substitute(
        mandate=world.hold(world.incumbent, Role.UNIT_OPERATOR, spot.unit),
        substitute=world.newcomer,
        reason="urlop",
        valid_from=now,
        valid_to=now + SECOND,
        named_by=person,
    )


@attempt("issue internal order")
def issue_order(world: World, person: Any, spot: Spot) -> None:
    today = clock.today()
    org.issue_order(
        order=InternalOrder(
            unit=spot.unit, number="1/2026", issued_on=today, valid_from=today, subject="Strony"
        ),
        duties=[(world.newcomer, Duty.PREPARES, "karty usług")],
        issued_by=person,
    )


@attempt("see audit trail")
def see_audit_trail(world: World, person: Any, spot: Spot) -> None:
    """Read what others did, and take it away."""
    _demand(_sees_all(person, AuditEntry.objects.exclude(actor_id=str(person.pk))))
    _demand(_exports(person, AuditEntry))


@attempt("see all mandates")
def see_all_mandates(world: World, person: Any, spot: Spot) -> None:
    """Read a mandate in the unit of others."""
    world.hold(world.incumbent, Role.UNIT_OPERATOR, world.spots["other"].unit)
    _demand(_sees_all(person, Mandate.objects.filter(user=world.incumbent)))


@attempt("export mandates")
def export_mandates(world: World, person: Any, spot: Spot) -> None:
    _demand(_exports(person, Mandate))


def _sees_all(person: Any, rows: Any) -> bool:
    policy: Any = policy_registry.get_by_type(rows.model)
    seen = policy.instances_user_has_any_permission_for(person, ["view"])
    hidden = rows.exclude(pk__in=seen.order_by().values("pk"))
    return rows.exists() and not hidden.exists()


def _exports(person: Any, model: Any) -> bool:
    policy: Any = policy_registry.get_by_type(model)
    return bool(policy.user_has_permission(person, "export"))


# --- the publishing regulation ---


def _regulation() -> PublishingRegulation:
    return PublishingRegulation(
        version="1/2026",
        title="Regulamin publikowania",
        text="§ 1. Piszemy prosto.",
        legal_basis="zarządzenie 1/2026",
        valid_from=clock.today(),
    )


@attempt("issue regulation")
def issue_regulation(world: World, person: Any, spot: Spot) -> None:
    regulations.issue_regulation(regulation=_regulation(), actor=person)


@attempt("accept regulation")
def accept_regulation(world: World, person: Any, spot: Spot) -> None:
    regulations.accept_regulation(
        unit=spot.unit,
        regulation=regulations.issue_regulation(regulation=_regulation(), actor=None),
        person=person,
        function="dyrektorka",
    )


# --- the interface register ---


@attempt("propose interface")
def propose_interface(world: World, person: Any, spot: Spot) -> None:
    row = DataInterface(code="nowy", **make.terms_of(spot.unit))
    register.propose_interface(interface=row, actor=person)


@attempt("change proposed interface")
def change_interface(world: World, person: Any, spot: Spot) -> None:
    row = make.interface(spot.unit, InterfaceState.PROPOSED)
    register.change_interface(interface=row, actor=person, changes={"protocol": "SFTP"})


@attempt("keep register")
def keep_register(world: World, person: Any, spot: Spot) -> None:
    row = make.interface(spot.unit)
    to = InterfaceState.SUSPENDED
    register.move_interface(interface=row, to=to, actor=person, reason="awaria")


@attempt("issue key")
def issue_a_key(world: World, person: Any, spot: Spot) -> None:
    client = make.client_of(make.interface(spot.unit))
    issue_key(client=client, actor=person, channels=["bip"], verbs=[Verb.FEED])


def _agree(side: Side) -> Attempt:
    def agree(world: World, person: Any, spot: Spot) -> None:
        row = make.interface(spot.unit, InterfaceState.CONSULTED)
        register.agree_to_interface(interface=row, side=side, actor=person, version=row.version)

    return agree


ATTEMPTS["agree as chief editor"] = _agree(Side.CHIEF_EDITOR)
ATTEMPTS["agree as manager"] = _agree(Side.PORTFOLIO_MANAGER)


@attempt("read interface")
def read_interface(world: World, person: Any, spot: Spot) -> None:
    row = make.interface(spot.unit)
    _demand(_sees_all(person, DataInterface.objects.filter(pk=row.pk)))


@attempt("export register")
def export_register(world: World, person: Any, spot: Spot) -> None:
    _demand(_exports(person, DataInterface))


# --- channels ---


@attempt("set channel")
def set_channel(world: World, person: Any, spot: Spot) -> None:
    change_channel(code="kck", changes={"contact": "redakcja@example.org"}, actor=person)


def _sees_queue(channel: str) -> Attempt:
    def see_queue(world: World, person: Any, spot: Spot) -> None:
        rows = hand_over.queue_of(powers_of(person), channel)
        _demand(rows.filter(document_id=spot.public.translation_key).exists())

    return see_queue


def _answers(channel: str) -> Attempt:
    def answer(world: World, person: Any, spot: Spot) -> None:
        answer_by_hand(
            channel=channel,
            document_id=spot.public.translation_key,
            locale="pl",
            answer=Answer(state=ReceiptState.ACCEPTED, etag="0" * 64),
            actor=person,
        )

    return answer


for _code in ("bip", "mpi"):
    ATTEMPTS[f"see handed over to {_code.upper()}"] = _sees_queue(_code)
    ATTEMPTS[f"answer for {_code.upper()}"] = _answers(_code)
