"""Words of the interface register: directions, states, who agrees; and what a key may do."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from kpum.org.enums import Role


class Verb(models.TextChoices):
    """What a key may be good for; the codes stand in problems and exports."""

    FEED = "feed", _("follow the changes")
    DOCUMENTS = "documents", _("read documents, units and dictionaries")
    MEDIA = "media", _("fetch pictures and files")
    MANIFEST = "manifest", _("prove a copy")
    CONFIRM = "confirm", _("confirm what was published elsewhere")


#: What a stranger may do with an open channel; the rest says who did it, and takes a key.
OPEN_VERBS = frozenset({Verb.FEED, Verb.DOCUMENTS, Verb.MEDIA, Verb.MANIFEST})


class Direction(models.TextChoices):
    """Which way the data go, as the portal sees it (K-19)."""

    IN = "in", _("into the portal")
    OUT = "out", _("out of the portal")
    BOTH = "both", _("both ways")


class Relation(models.TextChoices):
    """How an outside system stands to the portal (domain part A.6)."""

    FEEDS = "feeds", _("gives data to the portal")
    FED = "fed", _("takes data from the portal")
    BOTH = "both", _("gives and takes data")
    IDENTITY = "identity", _("accounts and authorisations")
    TRANSPORT = "transport", _("carries data between systems")
    LINKED = "linked", _("linked to")
    CONTEXT = "context", _("recorded only")


class InterfaceState(models.TextChoices):
    """Where an interface stands; keys work in one state only (K-19)."""

    PROPOSED = "proposed", _("proposed")
    CONSULTED = "consulted", _("under consultation")
    AGREED = "agreed", _("agreed")
    LIVE = "live", _("live")
    SUSPENDED = "suspended", _("suspended")
    RETIRED = "retired", _("retired")

    @property
    def takes_keys(self) -> bool:
        """Return whether keys may be issued in this state."""
        return self in {InterfaceState.AGREED, InterfaceState.LIVE}


#: From which state one comes into another by a move of the registrar; to agree is no move.
MOVES: dict[InterfaceState, frozenset[InterfaceState]] = {
    InterfaceState.CONSULTED: frozenset({InterfaceState.PROPOSED}),
    InterfaceState.LIVE: frozenset({InterfaceState.AGREED, InterfaceState.SUSPENDED}),
    InterfaceState.SUSPENDED: frozenset({InterfaceState.LIVE}),
    InterfaceState.RETIRED: frozenset(InterfaceState) - {InterfaceState.RETIRED},
}


class Side(models.TextChoices):
    """Whose agreement an interface needs: both of them (K-19)."""

    CHIEF_EDITOR = "chief_editor", _("chief editor")
    PORTFOLIO_MANAGER = "portfolio_manager", _("service portfolio manager")

    @property
    def deciding_role(self) -> Role:
        """Return the role that agrees on this side."""
        return _DECIDING[self]

    @property
    def in_name_role(self) -> Role | None:
        """Return the role that may agree in the name of the deciding one (K-26)."""
        return _IN_NAME.get(self)


_DECIDING = {
    Side.CHIEF_EDITOR: Role.EDITOR_IN_CHIEF,
    Side.PORTFOLIO_MANAGER: Role.SERVICE_PORTFOLIO_MANAGER,
}
_IN_NAME = {Side.PORTFOLIO_MANAGER: Role.EDITOR_IN_CHIEF}


class Verdict(models.TextChoices):
    """What a side said."""

    AGREED = "agreed", _("agrees")
    REFUSED = "refused", _("refuses")
