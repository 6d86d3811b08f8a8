"""One attempt for each action of the matrix: done by a person at a spot, through the real action.

An attempt that is allowed returns; one that is refused raises ``PermissionDenied``, as every
refusal of ours does. Anything else is a fault of the code or of the attempt, and fails the test.
"""

from collections.abc import Callable
from typing import Any

from django.core.exceptions import PermissionDenied
from django.core.files.base import ContentFile
from wagtail.actions.create_page import CreatePageAction
from wagtail.actions.edit_page import EditPageAction
from wagtail.documents import get_document_model
from wagtail.models import Page
from wagtail.permissions import policy_registry

from kpum.core import clock
from kpum.org import actions as org
from kpum.org.enums import Duty, Role
from kpum.org.models import InternalOrder
from kpum.pages import actions as door
from kpum.pages.authority import Authority
from kpum.pages.enums import WithdrawalReason
from kpum.pages.middleware import may_see
from kpum.portal.models import InformationPage
from tests.permissions.world import SECOND, Spot, World
from workflows import actions as path

Attempt = Callable[[World, Any, Spot], Any]
ATTEMPTS: dict[str, Attempt] = {}
#: Where each stage's text waits, in the order in which "return" tries them.
STAGES = ("unit", "conformity", "chief")


class NotBuilt(Exception):
    """The action does not exist in this tree."""


def attempt(name: str) -> Callable[[Attempt], Attempt]:
    def register(function: Attempt) -> Attempt:
        ATTEMPTS[name] = function
        return function

    return register


def _built(module: Any, name: str) -> Any:
    """Return an action that another branch of work adds."""
    try:
        return getattr(module, name)
    except AttributeError as error:
        raise NotBuilt(name) from error


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
    _built(door, "copy")(
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
    _built(door, "rename")(
        page_id=page.pk, slug="inny-adres", authority=Authority.of_mandate(), actor=person
    )


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
    _built(path, "cancel")(page=_page(page), user=person)


@attempt("reassign")
def reassign(world: World, person: Any, spot: Spot) -> None:
    act = _built(path, "reassign")
    world.hold(world.incumbent, Role.UNIT_COORDINATOR, spot.unit)
    act(task_state=spot.waiting["unit"], to=world.incumbent, user=person, note="Zastąpi koleżankę.")


@attempt("set branch policy")
def set_branch_policy(world: World, person: Any, spot: Spot) -> None:
    _built(path, "set_branch_policy")(
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
    _built(door, "take_down")(
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
    _built(door, "cancel_schedule")(
        page_id=spot.scheduled.pk, authority=Authority.of_mandate(), actor=person
    )


# --- locks, files, contact ---


@attempt("lock")
def lock(world: World, person: Any, spot: Spot) -> None:
    _demand(bool(_page(spot.draft).permissions_for_user(person).can_lock()))


@attempt("unlock")
def unlock(world: World, person: Any, spot: Spot) -> None:
    _demand(bool(_page(spot.locked).permissions_for_user(person).can_unlock()))


@attempt("upload file")
def upload_file(world: World, person: Any, spot: Spot) -> None:
    document = get_document_model()(
        title="Wniosek",
        file=ContentFile(b"tekst", "wniosek.txt"),
        collection=_collection_of(spot),
        uploaded_by_user=person,
    )
    policy = policy_registry.get(document)
    _demand(policy.user_has_permission_for_instance(person, "add", document.collection))


def _collection_of(spot: Spot) -> Any:
    try:
        from kpum.media.models import UnitCollection
    except ImportError as error:
        raise NotBuilt("kpum.media.models.UnitCollection") from error
    return UnitCollection.objects.get(unit=spot.unit).collection


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
    raise NotBuilt("a view of the audit trail")


@attempt("see all mandates")
def see_all_mandates(world: World, person: Any, spot: Spot) -> None:
    try:
        from kpum.org.policies import oversees
    except ImportError as error:
        raise NotBuilt("kpum.org.policies.oversees") from error
    _demand(oversees(person))
