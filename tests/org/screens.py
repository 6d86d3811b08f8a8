"""Looking at the admin's screens as a member of the cast, in English: texts as the code has them."""

import csv
import io
from typing import Any

from django.contrib.auth import get_user_model
from openpyxl import load_workbook
from wagtail.users.models import UserProfile

from kpum.org.models import Mandate, Unit

LISTS = {
    "mandates": "/admin/mandates/",
    "substitutions": "/admin/substitutions/",
    "orders": "/admin/orders/",
    "contacts": "/admin/contacts/",
}


def enter(client: Any, person: Any) -> Any:
    """Log the person in and have the admin speak English to him."""
    profile = UserProfile.get_for_user(person)
    profile.preferred_language = "en"
    profile.save()
    client.force_login(person)
    return client


def rows(client: Any, address: str) -> list[Any]:
    """Return the rows of a list as the view gives them to its table."""
    response = client.get(address)
    assert response.status_code == 200, (address, response.status_code, response.get("Location"))
    return list(response.context["object_list"])


def errors(response: Any) -> dict[str, list[str]]:
    """Return the messages at each field of the form that came back."""
    assert response.status_code == 200
    form = response.context["form"]
    return {name: [str(one) for one in complaints] for name, complaints in form.errors.items()}


def csv_table(response: Any) -> list[dict[str, str]]:
    text = b"".join(response.streaming_content).decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text)))


def xlsx_cells(response: Any) -> list[list[Any]]:
    sheet = load_workbook(io.BytesIO(b"".join(response.streaming_content))).active
    return [list(row) for row in sheet.iter_rows()]


def unit(code):
    return Unit.objects.get(code=code)


def mandate_of(person):
    return Mandate.objects.get(user=person)


def newcomer(username="nowy", **names):
    return get_user_model().objects.create_user(username, **names)
