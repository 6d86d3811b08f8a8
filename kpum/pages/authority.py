"""On whose authority something becomes public: a value, made by whoever can vouch for it."""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import Enum

from django.utils.translation import gettext as _

from kpum.org.powers import Ground
from kpum.pages.errors import NoAuthority


class AuthorityKind(Enum):
    """The three grounds the door accepts."""

    APPROVALS = "approvals"
    MANDATE = "mandate"
    SYSTEM = "system"


class SystemMandate(Enum):
    """The parts of the system that change public content by themselves; the audit names them."""

    SCHEDULE = "schedule"
    DEMO = "demo"
    MIGRATION = "migration"
    #: ``manage.py set_site``: an operator changes host name, port or first page.
    SITES = "sites"
    #: ``manage.py reconcile``: what was edited past the portal is put right.
    REPAIR = "repair"
    #: ``manage.py import_services``: drafts from a file.
    IMPORT = "import"
    TESTS = "tests"


@dataclass(frozen=True)
class Authority:
    """The ground of one act at the door.

    Attributes:
        kind: a finished chain of approvals, a mandate, or a system mandate.
        wording: the ground in words, as the audit trail keeps it.
        revision_id: for approvals, the one revision that was approved.
        acting_for: whom the acting person substitutes, if anybody.
        given_at: for approvals, when the last of them was given.
    """

    kind: AuthorityKind
    wording: str
    revision_id: int | None = None
    acting_for: str = ""
    given_at: datetime | None = None

    @classmethod
    def of_approvals(
        cls,
        revision_id: int,
        wording: str,
        acting_for: str = "",
        given_at: datetime | None = None,
    ) -> "Authority":
        """Vouch for exactly one approved revision."""
        return cls(AuthorityKind.APPROVALS, wording, revision_id, acting_for, given_at)

    @classmethod
    def of_mandate(cls) -> "Authority":
        """Claim a person's own power (to withdraw, to move, to delete); the door looks it up itself."""
        return cls(AuthorityKind.MANDATE, "mandate")

    def grounded_in(self, ground: Ground) -> "Authority":
        """Return this authority with the mandate that the door found behind it."""
        return replace(self, wording=ground.wording, acting_for=ground.acting_for)

    @classmethod
    def of_system(cls, mandate: SystemMandate) -> "Authority":
        """Vouch for a part of the system."""
        return cls(AuthorityKind.SYSTEM, f"system: {mandate.value}")

    def require_for_publishing(self, revision_id: int) -> None:
        """Raise unless this authority covers publishing that revision.

        Raises:
            NoAuthority: a personal mandate never publishes; approvals cover one revision only.
        """
        covers = self.kind is AuthorityKind.SYSTEM or (
            self.kind is AuthorityKind.APPROVALS and self.revision_id == revision_id
        )
        if not covers:
            raise NoAuthority(f"{self.wording} does not cover publishing revision {revision_id}.")

    def require_later_than(self, withdrawn_at: datetime) -> None:
        """Raise unless a withdrawn page comes back by approvals that were given since.

        Raises:
            NoAuthority: the approvals are those from before the withdrawal.
        """
        if self.kind is AuthorityKind.SYSTEM:
            return
        if self.given_at is None or self.given_at < withdrawn_at:
            raise NoAuthority(
                _("The page was withdrawn after these approvals were given: it needs new ones.")
            )
