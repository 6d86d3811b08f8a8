"""The login form of the admin: it says why somebody whose password is right cannot come in."""

from datetime import datetime

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _
from wagtail.admin.forms.auth import LoginForm

from kpum.core import clock
from kpum.org.backends import AuthorisedModelBackend
from kpum.org.models import Authorisation

#: The codes of the two answers, for scripts and tests.
LAPSED = "authorisation_lapsed"
NOT_YET = "authorisation_not_begun"


class StaffLoginForm(LoginForm):
    """Wagtail's form, which tells the owner of an account that SEZAM closed it (M-05).

    Only when the password was right: to a stranger all failures look and cost the same.
    """

    def get_invalid_login_error(self) -> ValidationError:
        """Return the error that the form shows for a login that failed."""
        name, password = self.cleaned_data["username"], self.cleaned_data["password"]
        authorisation = AuthorisedModelBackend().authorisation_that_bars(name, password)
        if authorisation is None:
            return super().get_invalid_login_error()
        return _explain(authorisation)


def _explain(authorisation: Authorisation) -> ValidationError:
    end = authorisation.valid_to
    if end is not None and end <= clock.now():
        message, code, moment = _lapsed_text(), LAPSED, end
    else:
        message, code, moment = _not_yet_text(), NOT_YET, authorisation.valid_from
    told = {"number": authorisation.number, "moment": _told(moment)}
    return ValidationError(message, code=code, params=told)


def _told(moment: datetime) -> str:
    return timezone.localtime(moment).strftime("%d.%m.%Y %H:%M:%S")


def _lapsed_text() -> str:
    return _(
        "Your authorisation %(number)s ended on %(moment)s, so the portal is closed to you for now."
        " Your drafts are safe. Please ask the head of your unit to renew the authorisation in SEZAM:"
        " you can log in again as soon as the portal has taken it over."
    )


def _not_yet_text() -> str:
    return _(
        "Your authorisation %(number)s begins on %(moment)s: from then on you can log in. If it"
        " should have begun already, please ask the head of your unit to correct it in SEZAM."
    )
