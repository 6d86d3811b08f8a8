"""Tags of the catalogue: addresses of groupings, and the parts of a card in readers' order."""

from typing import Any

from django import template
from django.template import Context
from django.utils.safestring import mark_safe
from wagtail.models import Page

from kpum.design.templatetags.kpum_design import trail
from services.enums import Audience, FilingChannel
from services.linked.writing import for_a_script
from services.models import CataloguePage, Grouping, LegalAct, ServiceCardPage
from services.queries import bases_of

register = template.Library()
_CATALOGUE = "kpum_catalogue"


def _catalogue(context: Context) -> CataloguePage | None:
    cache = context.render_context
    if _CATALOGUE not in cache:
        cache[_CATALOGUE] = _find_catalogue(context)
    found: CataloguePage | None = cache[_CATALOGUE]
    return found


def _find_catalogue(context: Context) -> CataloguePage | None:
    page = context.get("page")
    above = trail(page) if isinstance(page, Page) else []
    known = [context.get("catalogue"), *above]
    found = next((one for one in known if isinstance(one, CataloguePage)), None)
    return found or CataloguePage.objects.live().first()


@register.simple_tag(takes_context=True)
def grouping_url(context: Context, grouping: Grouping) -> str:
    """Return the address of a category or life event; empty while no catalogue is published."""
    catalogue = _catalogue(context)
    return catalogue.grouping_url(grouping) if catalogue else ""


@register.simple_tag
def linked_data(card: ServiceCardPage) -> str:
    """Return what search engines are told of a card, safe inside a script element; else nothing."""
    told = getattr(card, "schema_org", None)
    return mark_safe(for_a_script(told)) if told else ""  # noqa: S308 - its <, > and & are escaped


@register.filter
def audience_labels(codes: list[str]) -> list[str]:
    """Return for whom a card is, in words; unknown codes stay as they are."""
    return [str(Audience(code).label) if code in Audience.values else code for code in codes]


@register.simple_tag
def steps_and_notes(card: ServiceCardPage) -> dict[str, list[Any]]:
    """Return the running text in two parts: up to the last list of steps, and what follows it."""
    blocks = list(card.steps_and_notes)
    last = max((at for at, block in enumerate(blocks) if block.block_type == "steps"), default=-1)
    return {"steps": blocks[: last + 1], "notes": blocks[last + 1 :]}


@register.simple_tag
def fee_range(card: ServiceCardPage) -> dict[str, Any] | None:
    """Return the lowest and the highest fee of a card; None when it names none."""
    amounts = sorted(fee.value["amount"] for fee in card.fees)
    return {"lowest": amounts[0], "highest": amounts[-1]} if amounts else None


@register.simple_tag
def online_way(card: ServiceCardPage) -> Any:
    """Return the first way to apply online; None when there is none."""
    ways = (block.value for block in card.channels)
    return next((way for way in ways if way["kind"] == "online" and way["url"]), None)


@register.simple_tag
def relations(card: ServiceCardPage) -> dict[str, list[ServiceCardPage]]:
    """Return the public cards that the card names, by what they are to it, in its order."""
    named = [(row.kind, row.card_id) for row in card.relations.all()]
    if not named:
        return {}
    open_cards = ServiceCardPage.objects.open_to_all().in_bulk([key for _kind, key in named])
    found: dict[str, list[ServiceCardPage]] = {}
    for kind, key in named:
        if key in open_cards:
            found.setdefault(kind, []).append(open_cards[key])
    return found


@register.simple_tag
def legal_bases(card: ServiceCardPage) -> list[dict[str, str]]:
    """Return the acts that the card rests on, in its order, as the register words them."""
    named = bases_of(card)
    acts = {act.eli: act for act in LegalAct.objects.filter(eli__in={eli for eli, _ in named})}
    return [
        {
            "eli": eli,
            "article": article,
            "title": acts[eli].title if eli in acts else eli,
            "journal": acts[eli].journal if eli in acts else "",
        }
        for eli, article in named
    ]


@register.filter
def way_icon(kind: str) -> str:
    """Return the pictogram of a way to apply."""
    icons = {
        "online": "globe",
        "e_delivery": "mail",
        "epuap": "globe",
        "post": "mail",
        "phone": "phone",
    }
    return icons.get(kind, "pin")


@register.filter
def eli_url(eli: str) -> str:
    """Return where the Journal of Laws publishes an act, for its identifiers only."""
    return f"https://eli.gov.pl/eli/{eli}/ogl" if eli.startswith(("DU/", "MP/")) else ""


@register.filter
def way_labels(card: ServiceCardPage) -> list[str]:
    """Return the kinds of ways to apply, each once, in the card's order."""
    kinds = dict.fromkeys(way.value["kind"] for way in card.channels)
    return [
        str(FilingChannel(kind).label) if kind in FilingChannel.values else kind for kind in kinds
    ]
