"""Categories, life events and service cards, some of them left on their way to the public."""

from typing import Any

from kpum.demo import content
from kpum.demo.builders.forms import form_file
from kpum.demo.builders.org import holder
from kpum.demo.builders.pages import add, body_of, paragraphs, publish
from kpum.org.enums import Role
from kpum.org.models import Unit
from kpum.pages import actions as door
from kpum.pages.authority import Authority
from kpum.pages.enums import Channel, WithdrawalReason
from services.actions import save_act, save_grouping, save_privacy_notice
from services.models import (
    BusinessEvent,
    CardRelation,
    CataloguePage,
    Category,
    LifeEvent,
    PrivacyNotice,
    ServiceCardPage,
    UnitFolderPage,
)
from workflows import actions as path

_AS_WRITTEN = (
    "code", "title", "slug", "summary", "applicants", "audiences", "outcome", "outcome_kind",
    "processing_duration", "processing_text", "no_documents", "free_of_charge", "bip_url",
    "epuap_url", "govpl_url", "review_months",
)  # fmt: skip
#: What a card may leave out.
_AT_WILL = ("sign_language_video", "etr_text", "valid_from", "valid_to", "sector")
_SYSTEM = "system: demo"


def build_dictionaries() -> None:
    """Load the categories and events in their order, the acts, and the privacy notices."""
    for model, name, key in (
        (Category, "categories", "category"),
        (LifeEvent, "life_events", "life_event"),
        (BusinessEvent, "business_events", "business_event"),
    ):
        for order, row in enumerate(content.table(name)[key]):
            save_grouping(model=model, values=row | {"order": order}, actor=None, authority=_SYSTEM)
    for act in content.table("acts")["act"]:
        save_act(values=act, actor=None, authority=_SYSTEM)
    for notice in content.table("privacy_notices")["notice"]:
        save_privacy_notice(values=notice, actor=None, authority=_SYSTEM)


def build_cards() -> None:
    """Add every card to its unit's folder, and bring it as far as ``states.toml`` says."""
    folders: dict[str, UnitFolderPage] = {}
    cards: dict[str, Any] = {}
    for row in content.cards():
        folder = folders.get(row["unit"]) or _folder(row["unit"])
        folders[row["unit"]] = folder
        card = add(folder, _card(row), author=holder(Role.UNIT_OPERATOR, row["unit"]))
        cards[row["code"]] = card
    # A card may name one that comes after it.
    for row in content.cards():
        card = _with_relations(cards[row["code"]], row, cards)
        _bring(card, row["unit"], content.states().get(row["code"]))


def _with_relations(card: Any, row: dict[str, Any], cards: dict[str, Any]) -> Any:
    named = [(kind, code) for kind in ("requires", "related") for code in row[kind]]
    if not named:
        return card
    fresh = ServiceCardPage.objects.get(pk=card.pk).get_latest_revision_as_object()
    fresh.relations = [
        CardRelation(kind=kind, card=cards[code], sort_order=order)
        for order, (kind, code) in enumerate(named)
    ]
    fresh.save_revision(user=holder(Role.UNIT_OPERATOR, row["unit"]), clean=False)
    return fresh


def _folder(unit_code: str) -> Any:
    unit = Unit.objects.get(code=unit_code)
    page = UnitFolderPage(title=unit.name, slug=unit.slug, unit=unit)
    return publish(add(CataloguePage.objects.get(), page, author=holder(Role.PORTAL_EDITOR)))


def _card(row: dict[str, Any]) -> ServiceCardPage:
    appeal = row["appeal"]
    card = ServiceCardPage(
        **{name: row[name] for name in _AS_WRITTEN},
        **{name: row[name] for name in _AT_WILL if name in row},
        description=paragraphs(row.get("description", "")),
        requirements=[("requirement", text) for text in row["requirements"]],
        forms=[("form", form | {"file": form_file(row, form)}) for form in row.get("forms", [])],
        places=[("place", place) for place in row.get("places", [])],
        contact_cell=row["contact"]["cell"],
        contact_phone=row["contact"]["phone"],
        contact_email=row["contact"]["email"],
        privacy_notice=PrivacyNotice.objects.get(slug=row["privacy_notice"]),
        keywords=", ".join(row["keywords"]),
        appeal_possible=appeal["possible"],
        appeal_authority=appeal["authority"],
        appeal_days=appeal.get("days"),
        appeal_text=appeal["text"],
        documents=[("document", document) for document in row.get("documents", [])],
        fees=[("fee", fee) for fee in row.get("fees", [])],
        channels=[("channel", channel) for channel in row["channels"]],
        legal_bases=[("act", act) for act in row["legal_basis"]],
        steps_and_notes=[("steps", row["steps"]), *body_of(row, "body")],
        targets=[Channel.PUBLIC.value, Channel.BIP.value, Channel.KCK.value],
    )
    card.categories = list(Category.objects.filter(slug__in=row["categories"]))
    card.life_events = list(LifeEvent.objects.filter(slug__in=row["life_events"]))
    card.business_events = list(BusinessEvent.objects.filter(slug__in=row["business_events"]))
    return card


def _bring(card: Any, unit: str, state: dict[str, str] | None) -> None:
    """Publish the card, or leave it where its state says, each step by its own person."""
    name = state["state"] if state else "published"
    if name in {"published", "withdrawn"}:
        publish(card)
    if name == "withdrawn" and state:
        chief = holder(Role.EDITOR_IN_CHIEF)
        door.withdraw(
            page_id=card.pk,
            reason=WithdrawalReason.OBSOLETE,
            explanation=state["note"],
            authority=Authority.of_mandate(),
            actor=chief,
        )
    if name in {"unit_review", "conformity_review", "chief_review", "returned"}:
        _walk(card, unit, name, state["note"] if state else "")


def _walk(card: Any, unit: str, name: str, note: str) -> None:
    operator = holder(Role.UNIT_OPERATOR, unit)
    coordinator = holder(Role.UNIT_COORDINATOR, unit)
    run: Any = path.submit(page=card, user=operator)
    if name == "returned":
        path.send_back(task_state=run.current_task_state, user=coordinator, comment=note)
    if name in {"conformity_review", "chief_review"}:
        run = path.approve(task_state=run.current_task_state, user=coordinator)
    if name == "chief_review":
        manager = holder(Role.SERVICE_PORTFOLIO_MANAGER)
        path.approve(task_state=run.current_task_state, user=manager)
