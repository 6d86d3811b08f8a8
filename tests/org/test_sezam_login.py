"""Without an authorisation in force nobody comes in, and whoever is in goes out that second (M-05)."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.contrib.auth import get_user_model
from django.urls import reverse

from kpum.org import login_forms
from kpum.org.actions import grant_mandate
from kpum.org.enums import Role
from kpum.org.models import Authorisation

pytestmark = pytest.mark.django_db
BEGIN = datetime(2026, 3, 1, 8, 0, 0, tzinfo=UTC)
END = datetime(2026, 4, 1, 8, 0, 0, tzinfo=UTC)
SECOND = timedelta(seconds=1)
PASSWORD = "wawel-1320"


@pytest.fixture
def anna():
    person = get_user_model().objects.create_user("anna", password=PASSWORD)
    grant_mandate(user=person, role=Role.PORTAL_EDITOR, basis="8/2026", valid_from=BEGIN)
    Authorisation.objects.create(
        user=person, sezam_id="S-1", number="8/2026", valid_from=BEGIN, valid_to=END
    )
    return person


@pytest.fixture
def log_in(client):
    def _log_in(username="anna", password=PASSWORD):
        """Return the code of the error that the page shows; empty when the person is in."""
        answer = client.post(
            reverse("wagtailadmin_login"), {"username": username, "password": password}
        )
        if answer.status_code == 302:
            return ""
        assert answer.status_code == 200
        (error,) = answer.context["form"].non_field_errors().as_data()
        return error.code, answer.content.decode()

    return _log_in


@pytest.mark.parametrize(
    ("moment", "answer"),
    [
        (BEGIN - SECOND, login_forms.NOT_YET),
        (BEGIN, ""),
        (END - SECOND, ""),
        (END, login_forms.LAPSED),
        (END + SECOND, login_forms.LAPSED),
    ],
)
def test_the_login_page_opens_exactly_while_the_authorisation_is_in_force(
    anna, log_in, moment, answer
):
    with time_machine.travel(moment, tick=False):
        assert (log_in() or [""])[0] == answer


def test_the_page_tells_the_number_and_the_second_and_whom_to_ask(anna, log_in):
    with time_machine.travel(END, tick=False):
        _code, page = log_in()

    assert "8/2026" in page
    assert "01.04.2026 10:00:00" in page
    assert "SEZAM" in page


def test_an_open_session_ends_with_the_authorisation(city, anna, client, log_in):
    with time_machine.travel(END - SECOND, tick=False) as clock:
        assert log_in() == ""
        assert client.get(reverse("wagtailadmin_home")).status_code == 200

        clock.shift(SECOND)
        answer = client.get(reverse("wagtailadmin_home"))

    assert answer.status_code == 302
    assert answer.url.startswith(reverse("wagtailadmin_login"))


def test_an_open_session_serves_again_when_the_authorisation_is_renewed(city, anna, client, log_in):
    with time_machine.travel(END - SECOND, tick=False) as clock:
        log_in()
        clock.shift(SECOND)
        Authorisation.objects.update(valid_to=None)

        assert client.get(reverse("wagtailadmin_home")).status_code == 200


@pytest.mark.parametrize(("username", "password"), [("anna", "zgaduję"), ("nikt", PASSWORD)])
def test_a_stranger_learns_nothing_of_the_authorisation(anna, log_in, username, password):
    with time_machine.travel(END, tick=False):
        code, page = log_in(username, password)

    assert code == "invalid_login"
    assert "SEZAM" not in page
    assert "8/2026" not in page


def test_a_blocked_person_learns_nothing_of_the_authorisation_either(anna, log_in):
    get_user_model().objects.update(is_active=False)

    with time_machine.travel(END, tick=False):
        assert log_in()[0] == "invalid_login"


@pytest.mark.parametrize(("username", "password"), [("anna", "zgaduję"), ("nikt", PASSWORD)])
def test_every_failure_costs_a_stranger_the_same_hashing(
    anna, log_in, monkeypatch, username, password
):
    hashed = []
    hasher = "django.contrib.auth.hashers.MD5PasswordHasher.encode"
    from django.contrib.auth.hashers import MD5PasswordHasher

    encode = MD5PasswordHasher.encode
    monkeypatch.setattr(hasher, lambda *args: hashed.append(1) or encode(*args))

    with time_machine.travel(END, tick=False):
        log_in(username, password)

    assert len(hashed) == 2


def test_somebody_whom_sezam_does_not_know_logs_in_by_his_mandate_alone(anna, log_in):
    Authorisation.objects.all().delete()

    with time_machine.travel(END, tick=False):
        assert log_in() == ""
