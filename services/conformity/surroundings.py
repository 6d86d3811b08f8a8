"""What the rules need to know beside a card's own text, read once for all of them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any, Self

from wagtail.documents import get_document_model

from kpum.core import clock
from kpum.integrations.link_checks.models import LinkedAddress
from kpum.integrations.link_checks.queries import broken_among
from kpum.media.enums import FileKind
from kpum.media.queries import uses_of
from kpum.org.models import Unit
from kpum.pages.link_reading import outside_addresses
from kpum.pages.models import Stewardship
from services.queries import bases_of
from services.register_models import LegalAct

if TYPE_CHECKING:
    from services.models import ServiceCardPage


@dataclass(frozen=True)
class Surroundings:
    """The unit, the acts it cites, the files of its forms, the cards it names, its links, and today.

    ``files`` are the formats of the files that its forms and its text name, ``unchecked`` the titles of those
    that nobody calls accessible. ``links`` says in which field each address outside stands; ``broken`` holds those known to be so.
    """

    unit: Unit
    last_verified: date | None
    acts: Mapping[str, LegalAct]
    files: Mapping[str, str]
    unchecked: tuple[str, ...]
    hidden: tuple[str, ...]
    links: Mapping[str, str]
    broken: Mapping[str, LinkedAddress]
    today: date

    @classmethod
    def of(cls, card: "ServiceCardPage", unit: Unit | None = None) -> Self:
        """Read them: seven queries at most.

        Args:
            card: the text.
            unit: whose it will be, for a card that has no place in the tree yet.

        Raises:
            Stewardship.DoesNotExist: the card is nobody's, and no unit was given.
        """
        row = None
        if unit is None:
            row = Stewardship.objects.select_related("owner_unit").get(page=card.pk)
            unit = row.owner_unit
        cited = {eli for eli, _article in bases_of(card)}
        keys = {key for kind, key in uses_of(card) if kind is FileKind.DOCUMENT}
        documents: Any = get_document_model()._default_manager
        files = list(documents.filter(pk__in=keys).order_by("pk")) if keys else []
        links = outside_addresses(card)
        return cls(
            unit=unit,
            last_verified=row.last_verified if row else None,
            acts={act.eli: act for act in LegalAct.objects.filter(eli__in=cited)},
            files={str(file.pk): file.file_extension.lower() for file in files},
            unchecked=tuple(file.title for file in files if not file.is_accessible),
            hidden=tuple(_hidden(card)),
            links=links,
            broken=broken_among(links),
            today=clock.today(),
        )


def _hidden(card: "ServiceCardPage") -> list[str]:
    """Return the titles of the cards it names that the public does not know."""
    from services.models import ServiceCardPage

    keys = [row.card_id for row in card.relations.all()]
    if not keys:
        return []
    named = ServiceCardPage.objects.filter(pk__in=keys, live=False)
    return list(named.order_by("title").values_list("title", flat=True))
