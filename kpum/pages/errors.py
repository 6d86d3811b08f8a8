"""What the door answers when it stays shut."""

from collections.abc import Mapping, Sequence

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from kpum.core.errors import KpumError, Refused


class DoorClosed(Refused):
    """Somebody tried to change what the public sees by a way that is not the door."""


class NoAuthority(Refused):
    """The approvals or the mandate do not cover this act."""


class OwnerMissing(KpumError, ValidationError):
    """A page would have no owning unit (K-02)."""

    def __init__(self) -> None:
        ValidationError.__init__(
            self, _("Every page has an owning unit: put it under a page of a unit.")
        )

    def __str__(self) -> str:
        return str(self.message)


class WithdrawalRefused(Refused):
    """A withdrawal would leave citizens without an answer. ``field`` names what is wrong."""

    def __init__(self, field: str, message: str) -> None:
        self.field = field
        super().__init__(message)


class AddressRefused(Refused):
    """The new address is no address, or is taken."""

    field = "slug"


class NotPublishable(Refused):
    """The page lacks what a citizen needs. ``errors`` maps each field to what is wrong with it."""

    def __init__(self, title: str, errors: Mapping[str, Sequence[str]]) -> None:
        self.errors = dict(errors)
        details = "; ".join(f"{field}: {' '.join(texts)}" for field, texts in errors.items())
        super().__init__(
            _("“%(title)s” cannot be published. %(details)s") % {"title": title, "details": details}
        )
