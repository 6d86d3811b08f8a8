"""Kinds of units and the roles of people; each role owns its rights."""

from enum import Enum

from django.db import models
from django.utils.translation import gettext_lazy as _


class UnitKind(models.TextChoices):
    """The four kinds of K-02, and the two at the top of the tree."""

    MUNICIPALITY = "municipality", _("municipality")
    CITY_OFFICE = "city_office", _("city office")
    CELL = "cell", _("organisational cell of the city office")
    UNIT = "unit", _("city organisational unit")
    MUNICIPAL_LEGAL_PERSON = "municipal_legal_person", _("municipal legal person")
    OTHER_ENTITY = "other_entity", _("other entity")


#: The words of an INTEGRATOR export.
KIND_WORDS = {
    "gmina": UnitKind.MUNICIPALITY,
    "urzad": UnitKind.CITY_OFFICE,
    "komorka": UnitKind.CELL,
    "jednostka": UnitKind.UNIT,
    "komunalna_osoba_prawna": UnitKind.MUNICIPAL_LEGAL_PERSON,
    "inny_podmiot": UnitKind.OTHER_ENTITY,
}


class Right(Enum):
    """What a role may do to the pages of its scope. Publishing is no right: it is the door's."""

    ADD = "add"
    CHANGE = "change"
    LOCK = "lock"
    UNLOCK = "unlock"
    WITHDRAW = "withdraw"
    RESTRUCTURE = "restructure"


class Scope(Enum):
    """How far a role reaches."""

    PORTAL = "portal"
    UNIT = "unit"


class Role(models.TextChoices):
    """The roles of domain part B.2 that the approval path needs."""

    EDITOR_IN_CHIEF = "editor_in_chief", _("chief editor of the portal")
    PORTAL_EDITOR = "portal_editor", _("portal editor")
    SERVICE_PORTFOLIO_MANAGER = "service_portfolio_manager", _("service portfolio manager")
    UNIT_HEAD = "unit_head", _("head of the unit")
    UNIT_COORDINATOR = "unit_coordinator", _("unit coordinator")
    UNIT_OPERATOR = "unit_operator", _("unit operator")

    @property
    def scope(self) -> Scope:
        """Return whether the role reaches over the portal or over a unit with its subtree."""
        return _SCOPES[self]

    @property
    def rights(self) -> frozenset[Right]:
        """Return what the role may do to the pages of its scope."""
        return _RIGHTS[self]


_SCOPES = {
    Role.EDITOR_IN_CHIEF: Scope.PORTAL,
    Role.PORTAL_EDITOR: Scope.PORTAL,
    Role.SERVICE_PORTFOLIO_MANAGER: Scope.PORTAL,
    Role.UNIT_HEAD: Scope.UNIT,
    Role.UNIT_COORDINATOR: Scope.UNIT,
    Role.UNIT_OPERATOR: Scope.UNIT,
}
_EDIT = frozenset({Right.ADD, Right.CHANGE})
_RIGHTS = {
    Role.EDITOR_IN_CHIEF: frozenset(Right),
    Role.PORTAL_EDITOR: _EDIT,
    Role.SERVICE_PORTFOLIO_MANAGER: frozenset[Right](),
    Role.UNIT_HEAD: frozenset({Right.CHANGE}),
    Role.UNIT_COORDINATOR: _EDIT | {Right.LOCK, Right.UNLOCK},
    Role.UNIT_OPERATOR: _EDIT,
}
