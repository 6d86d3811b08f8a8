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
    """What a role may do within its reach. Publishing is no right: it is the door's."""

    #: See drafts, their history and their comparison with what is public.
    VIEW = "view"
    ADD = "add"
    CHANGE = "change"
    SUBMIT = "submit"
    LOCK = "lock"
    UNLOCK = "unlock"
    #: Decide at the stages of the approval path that are the role's (``workflows.Stage``).
    DECIDE = "decide"
    #: Let a card go without a rule of conformity for a time, with a reason (K-16).
    WAIVE_RULE = "waive_rule"
    #: Keep what all cards refer to: acts and their changes, privacy notices, categories, events (D-47).
    KEEP_DICTIONARIES = "keep_dictionaries"
    #: Name the person who is to decide on a waiting text (K-13).
    REASSIGN = "reassign"
    #: Take what is public away, with a reason citizens read.
    WITHDRAW = "withdraw"
    #: The same at once, in every language, with its files (K-27).
    TAKE_DOWN = "take_down"
    #: Move, rename or delete what is public; decide how a branch is published (K-23, K-24).
    RESTRUCTURE = "restructure"
    #: Decide what each channel takes, from whom and on which conditions (K-28, M-08).
    SET_CHANNELS = "set_channels"
    #: Answer for a sister portal's editors what was handed over to them (K-28, P-17).
    ANSWER_HAND_OVER = "answer_hand_over"
    #: See what was handed over and what was answered (M-10: the supervisor of MPI).
    SEE_HAND_OVER = "see_hand_over"
    #: Change how citizens reach the unit.
    SET_CONTACT = "set_contact"
    #: Appoint coordinators and operators, issue internal orders, name substitutes (K-20, K-22).
    APPOINT = "appoint"
    #: Give any role to anybody but oneself (M-20).
    GRANT = "grant"
    #: Bind the unit to the publishing regulation (K-10).
    ACCEPT_REGULATION = "accept_regulation"
    #: Read all mandates and the audit trail, and export them (K-12, K-30).
    OVERSEE = "oversee"
    #: Propose an interface of the unit, and write its terms while it is proposed (K-19).
    PROPOSE_INTERFACE = "propose_interface"
    #: Keep the interface register: fields, states, clients, keys (I-06).
    REGISTER_INTERFACE = "register_interface"
    #: Agree to interfaces, or refuse, on the side of one's role (K-19, K-26).
    AGREE_INTERFACE = "agree_interface"


class Scope(Enum):
    """How far a role reaches."""

    PORTAL = "portal"
    UNIT = "unit"
    BRANCH = "branch"


class Role(models.TextChoices):
    """The staff roles of domain part B.2, and the two that every unit may have (ARCHITECTURE § 8)."""

    EDITOR_IN_CHIEF = "editor_in_chief", _("chief editor of the portal")
    PORTAL_EDITOR = "portal_editor", _("portal editor")
    SERVICE_PORTFOLIO_MANAGER = "service_portfolio_manager", _("service portfolio manager")
    CITY_HALL_DIRECTOR = "city_hall_director", _("director of the city office")
    WON_DEPUTY_ORG = "won_deputy_org", _("deputy director for organisation")
    WON_DEPUTY_HR = "won_deputy_hr", _("deputy director for personnel")
    UNIT_HEAD = "unit_head", _("head of the unit")
    UNIT_COORDINATOR = "unit_coordinator", _("unit coordinator")
    UNIT_OPERATOR = "unit_operator", _("unit operator")
    BRANCH_COORDINATOR = "branch_coordinator", _("coordinator of a branch site")
    BRANCH_OPERATOR = "branch_operator", _("operator of a branch site")
    UNIT_REPRESENTATIVE = "unit_representative", _("person entitled to represent the unit")
    INTERNAL_AUDITOR = "internal_auditor", _("internal auditor")
    MPI_EDITOR_IN_CHIEF = "mpi_editor_in_chief", _("chief editor of MPI")
    MPI_EDITOR = "mpi_editor", _("editor of MPI")
    MPI_SUPERVISOR = "mpi_supervisor", _("supervisor of MPI")
    BIP_ADMIN = "bip_admin", _("administrator of BIP")
    BIP_EDITOR = "bip_editor", _("editor of BIP")
    DPO = "dpo", _("data protection officer")
    SYSTEM_ADMIN = "system_admin", _("system administrator")
    APPLICATION_HOST = "application_host", _("host of the application")
    KCK_AGENT = "kck_agent", _("contact centre consultant")
    KB_EDITOR = "kb_editor", _("editor of the knowledge base")
    CONSULTATION_COORDINATOR = "consultation_coordinator", _("coordinator of consultations")
    INTERFACE_REGISTRAR = "interface_registrar", _("registrar of interfaces")
    SECURITY_OFFICER = "security_officer", _("security officer")

    @property
    def scope(self) -> Scope:
        """Return whether the role reaches over the portal, a unit with its subtree, or a branch site."""
        return _SCOPES.get(self, Scope.PORTAL)

    @property
    def rights(self) -> frozenset[Right]:
        """Return what the role may do within its reach; a role without rights opens nothing."""
        return _RIGHTS.get(self, frozenset())

    @property
    def channel(self) -> str:
        """Return the code of the channel whose editors the role is; empty for the portal's own.

        Such a role reaches nothing of any other channel: MPI's people never BIP (M-10).
        """
        return _CHANNELS.get(self, "")

    @property
    def is_single(self) -> bool:
        """Return whether at most one person holds the role at a time (K-08; K-20 for each branch)."""
        return self in {Role.EDITOR_IN_CHIEF, Role.BRANCH_COORDINATOR}


_SCOPES = {
    Role.UNIT_HEAD: Scope.UNIT,
    Role.UNIT_COORDINATOR: Scope.UNIT,
    Role.UNIT_OPERATOR: Scope.UNIT,
    Role.UNIT_REPRESENTATIVE: Scope.UNIT,
    Role.BIP_EDITOR: Scope.UNIT,
    Role.BRANCH_COORDINATOR: Scope.BRANCH,
    Role.BRANCH_OPERATOR: Scope.BRANCH,
}
_CHANNELS = {
    Role.BIP_ADMIN: "bip",
    Role.BIP_EDITOR: "bip",
    Role.MPI_EDITOR_IN_CHIEF: "mpi",
    Role.MPI_EDITOR: "mpi",
    Role.MPI_SUPERVISOR: "mpi",
}
_WRITE = frozenset({Right.VIEW, Right.ADD, Right.CHANGE, Right.SUBMIT})
_RUN = _WRITE | {Right.LOCK, Right.UNLOCK, Right.DECIDE, Right.SEE_HAND_OVER}
_SUPERVISE = frozenset({Right.VIEW, Right.OVERSEE, Right.SEE_HAND_OVER})
_RECEIVE = frozenset({Right.SEE_HAND_OVER, Right.ANSWER_HAND_OVER})
_RIGHTS: dict[Role, frozenset[Right]] = {
    # BIP and MPI are governed by other acts: their own editors answer for them (K-28). Who agrees to
    # interfaces neither proposes them nor keeps their register.
    Role.EDITOR_IN_CHIEF: frozenset(Right)
    - {
        Right.ACCEPT_REGULATION, Right.ANSWER_HAND_OVER, Right.PROPOSE_INTERFACE,
        Right.REGISTER_INTERFACE,
    },
    # K-29: as the chief editor, without decisions on structure and on what is taken away.
    Role.PORTAL_EDITOR: _WRITE
    | _SUPERVISE
    | {Right.DECIDE, Right.REASSIGN, Right.KEEP_DICTIONARIES},
    Role.SERVICE_PORTFOLIO_MANAGER: frozenset(
        {
            Right.VIEW, Right.DECIDE, Right.AGREE_INTERFACE, Right.WAIVE_RULE,
            Right.KEEP_DICTIONARIES,
        }
    ),
    Role.CITY_HALL_DIRECTOR: _SUPERVISE,
    Role.WON_DEPUTY_ORG: _SUPERVISE | {Right.REASSIGN},
    Role.UNIT_HEAD: frozenset(
        {
            Right.VIEW, Right.CHANGE, Right.SUBMIT, Right.DECIDE, Right.REASSIGN,
            Right.SET_CONTACT, Right.APPOINT, Right.SEE_HAND_OVER, Right.PROPOSE_INTERFACE,
        }
    ),
    Role.UNIT_REPRESENTATIVE: frozenset({Right.ACCEPT_REGULATION}),
    Role.UNIT_COORDINATOR: _RUN,
    Role.UNIT_OPERATOR: _WRITE,
    Role.BRANCH_COORDINATOR: _RUN,
    Role.BRANCH_OPERATOR: _WRITE,
    Role.INTERNAL_AUDITOR: _SUPERVISE,
    Role.INTERFACE_REGISTRAR: frozenset({Right.REGISTER_INTERFACE}),
    Role.SYSTEM_ADMIN: frozenset({Right.GRANT, Right.OVERSEE}),
    Role.BIP_ADMIN: _RECEIVE,
    Role.BIP_EDITOR: _RECEIVE,
    Role.MPI_EDITOR_IN_CHIEF: _RECEIVE,
    Role.MPI_EDITOR: _RECEIVE,
    Role.MPI_SUPERVISOR: frozenset({Right.SEE_HAND_OVER}),
}  # fmt: skip

#: What a head gives in his unit (K-20, M-14); every other role takes the right to grant.
APPOINTED_BY_HEAD = frozenset(
    {
        Role.UNIT_COORDINATOR,
        Role.UNIT_OPERATOR,
        Role.BRANCH_COORDINATOR,
        Role.BRANCH_OPERATOR,
    }
)


class Duty(models.TextChoices):
    """What an internal order makes a person answer for (K-22, M-13)."""

    PREPARES = "prepares", _("prepares")
    PUBLISHES = "publishes", _("publishes")
    UPDATES = "updates", _("updates")


class Standing(models.TextChoices):
    """How a mandate or a substitution stands now."""

    CURRENT = "current", _("in force")
    #: Its period holds, but somebody it takes is blocked or his authorisation has lapsed (M-05).
    IDLE = "idle", _("without effect: access withdrawn")
    FUTURE = "future", _("begins later")
    PAST = "past", _("ended")
