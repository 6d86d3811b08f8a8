"""The document of a service card: all of part D.2 that a mirror can use."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self
from uuid import UUID

from wagtail.rich_text import expand_db_html

from kpum.channels import schemas
from kpum.channels.body_parts import parts_of
from services.models import CardRelation, Grouping, LegalAct, ServiceCardPage
from services.queries import bases_of

Key = tuple[UUID, str]


@dataclass(frozen=True)
class CardFacts:
    """What the database says of a batch of cards beside the cards themselves, read at once."""

    acts: Mapping[str, LegalAct]
    relations: Mapping[int, list[tuple[str, UUID]]]
    public: frozenset[Key]

    @classmethod
    def of(cls, cards: Sequence[ServiceCardPage]) -> Self:
        """Read them: four queries at most, however many cards."""
        if not cards:
            return cls({}, {}, frozenset())
        named = {eli for card in cards for eli, _article in bases_of(card)}
        acts = {act.eli: act for act in LegalAct.objects.filter(eli__in=named)} if named else {}
        relations: dict[int, list[tuple[str, UUID]]] = {}
        rows = CardRelation.objects.filter(page__in=[card.pk for card in cards])
        for page_id, kind, key in rows.values_list("page", "kind", "card__translation_key"):
            relations.setdefault(page_id, []).append((kind, key))
        return cls(acts, relations, _public({key for own in relations.values() for _, key in own}))

    def links_of(self, card: ServiceCardPage) -> frozenset[UUID]:
        """Return the ids of the cards that it names: each stands in its document while it is public."""
        return frozenset(key for _kind, key in self.relations.get(card.pk, ()))

    def related(self, card: ServiceCardPage) -> list[schemas.RelatedCard]:
        """Return the cards that it names and that everybody may read in its language."""
        locale = card.locale.language_code
        return [
            schemas.RelatedCard.model_validate({"id": key, "kind": kind})
            for kind, key in self.relations.get(card.pk, ())
            if (key, locale) in self.public
        ]


def _public(keys: set[UUID]) -> frozenset[Key]:
    if not keys:
        return frozenset()
    cards = ServiceCardPage.objects.live().public().filter(translation_key__in=keys)
    return frozenset(cards.values_list("translation_key", "locale__language_code"))


def build_card(
    page: ServiceCardPage,
    common: dict[str, Any],
    facts: CardFacts,
    files: Mapping[str, schemas.MediaReference],
) -> schemas.ServiceCardDocument:
    """Return the card's document.

    Args:
        page: a card that is read with its groupings and its privacy notice.
        common: what documents of all pages have.
        facts: what was read beside the batch it belongs to.
        files: the media of its documents, by their keys.
    """
    return schemas.ServiceCardDocument(
        **common,
        **_told(page),
        documents=[schemas.RequiredDocument(**_plain(block)) for block in page.documents],
        forms=_forms(page, files),
        fees=[schemas.Fee(**_plain(block)) for block in page.fees],
        appeal=schemas.Appeal(
            possible=page.appeal_possible,
            authority=page.appeal_authority,
            days=page.appeal_days,
            text=page.appeal_text,
        ),
        legal_bases=_legal_bases(page, facts.acts),
        channels=[schemas.FilingChannelDocument(**_way(block)) for block in page.channels],
        places=[schemas.Place(**_plain(block)) for block in page.places],
        contact=schemas.Contact(
            cell=page.contact_cell, phone=page.contact_phone, email=page.contact_email
        ),
        categories=_groupings(page.categories.all()),
        life_events=_groupings(page.life_events.all()),
        business_events=_groupings(page.business_events.all()),
        relations=facts.related(page),
        privacy_notice=_notice(page),
        keywords=[word.strip() for word in page.keywords.split(",") if word.strip()],
        requirements=[block.value for block in page.requirements],
        description=expand_db_html(page.description),
        body=list(parts_of(page.steps_and_notes)),
    )


#: Fields that stand in the document as they stand on the card.
_AS_THEY_STAND = (
    "code", "summary", "applicants", "audiences", "free_of_charge", "processing_duration",
    "processing_text", "outcome_kind", "outcome", "sign_language_video", "etr_text", "valid_from",
    "valid_to", "bip_url", "epuap_url", "govpl_url", "spatial", "languages", "sector",
)  # fmt: skip


def _told(page: ServiceCardPage) -> dict[str, Any]:
    return {name: getattr(page, name) for name in _AS_THEY_STAND}


def _plain(block: Any) -> dict[str, Any]:
    values = {name: "" if value is None else value for name, value in block.value.items()}
    if "amount" in values:
        values["amount"] = f"{values['amount']:.2f}"
    return values


def _way(block: Any) -> dict[str, Any]:
    period = {name: block.value["valid_" + name] for name in ("from", "to")}
    return _plain(block) | {"valid_from": period["from"], "valid_to": period["to"]}


def _forms(
    page: ServiceCardPage, files: Mapping[str, schemas.MediaReference]
) -> list[schemas.DownloadableForm]:
    # As they are stored: values of blocks would be read from the database card by card.
    found = []
    for block in page.forms.get_prep_value():
        form = block["value"]
        file = files.get(str(form.get("file")))
        found.append(
            schemas.DownloadableForm(
                number=form["number"],
                title=form["title"],
                version=form["version"],
                note=form.get("note") or "",
                media=file.id if file else None,
                url=file.url if file else "",
            )
        )
    return found


def _legal_bases(page: ServiceCardPage, acts: Mapping[str, LegalAct]) -> list[schemas.LegalBasis]:
    found = []
    for eli, article in bases_of(page):
        act = acts.get(eli)
        found.append(
            schemas.LegalBasis(
                act=act.title if act else eli,
                article=article,
                journal=act.journal if act else "",
                eli=eli,
            )
        )
    return found


def _notice(page: ServiceCardPage) -> schemas.PrivacyNoticeReference | None:
    notice = page.privacy_notice
    if notice is None:
        return None
    return schemas.PrivacyNoticeReference(
        slug=notice.slug, title=notice.title, version=notice.version
    )


def _groupings(rows: Iterable[Grouping]) -> list[schemas.GroupingReference]:
    return [
        schemas.GroupingReference(slug=row.slug, name=row.name)
        for row in sorted(rows, key=lambda row: row.slug)
    ]
