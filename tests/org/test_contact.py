"""How citizens reach a unit: only contact changes, and only to something that can be used."""

import pytest
from django.core.exceptions import ValidationError

from kpum.audit.models import AuditEntry
from kpum.org.actions import set_contact
from kpum.org.models import Unit


@pytest.mark.parametrize(
    ("contact", "refusal"),
    [
        ({"name": "Inna nazwa"}, KeyError),
        ({"phone": "1", "code": "X"}, KeyError),
        ({"email": "to nie adres"}, ValidationError),
    ],
)
def test_anything_else_is_refused_and_the_unit_stays_as_it_was(city, contact, refusal):
    before = Unit.objects.filter(code="SA").values().get()

    with pytest.raises(refusal):
        set_contact(
            unit=Unit.objects.get(code="SA"),
            actor=city.chief,
            authority="upoważnienie",
            contact=contact,
        )

    assert Unit.objects.filter(pk=before["id"]).values().get() == before
    assert not AuditEntry.objects.filter(action="unit.contact_changed").exists()
