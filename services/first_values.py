"""What the form of a new card holds before anybody has written a word."""

from typing import Any

from kpum.org.models import Unit
from kpum.pages.models import PortalPage
from services.models import ServiceCardPage

#: Words of the card, not of the form: Polish for whoever writes it.
APPEAL_AUTHORITY = "Samorządowe Kolegium Odwoławcze w Krakowie"
#: Code of Administrative Procedure, art. 129 § 2.
DAYS_TO_APPEAL = 14


def first_values(parent: Any) -> dict[str, Any]:
    """Return the likeliest values of a new card below a page, by field.

    The next free code, the unit's own phone and e-mail, and the appeal that most decisions of a city
    have. Three queries at most.
    """
    page = parent.specific if parent is not None else None
    if not isinstance(page, PortalPage):
        return {}
    unit = page.owner_unit
    return {
        "code": next_code(page, unit),
        "contact_phone": unit.phone,
        "contact_email": unit.email,
        "appeal_authority": APPEAL_AUTHORITY,
        "appeal_days": DAYS_TO_APPEAL,
    }


def next_code(folder: PortalPage, unit: Unit) -> str:
    """Return the first code after all of the series that the folder's cards bear."""
    here = ServiceCardPage.objects.child_of(folder).exclude(code="").order_by("-pk")
    last = here.values_list("code", flat=True).first()
    symbol = last.rpartition("-")[0] if last else unit.code
    series = ServiceCardPage.objects.filter(code__startswith=f"{symbol}-")
    numbers = [code.rpartition("-")[2] for code in series.values_list("code", flat=True)]
    return f"{symbol}-{max((int(one) for one in numbers if one.isdigit()), default=0) + 1}"
