"""The stages of the approval path (K-16, K-18) and the roles that decide at each."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from kpum.org.enums import Role


class Stage(models.TextChoices):
    """Who must agree before a text becomes public, in this order; the first is the system's own."""

    FORMAL = "formal", _("formal check")
    UNIT = "unit", _("unit")
    CONFORMITY = "conformity", _("conformity with the Service Strategy")
    CHIEF_EDITOR = "chief_editor", _("chief editor")

    @property
    def deciding_roles(self) -> frozenset[Role]:
        """Return the roles that decide at this stage; none where the system does."""
        return _DECIDING.get(self, frozenset())

    @property
    def standby_roles(self) -> frozenset[Role]:
        """Return the roles that decide when a deciding person wrote the text himself (four eyes)."""
        return _STANDBY.get(self, frozenset())

    @property
    def in_name_roles(self) -> frozenset[Role]:
        """Return the roles that may decide in the name of the deciding one (K-26)."""
        return _IN_NAME.get(self, frozenset())


_DECIDING = {
    Stage.UNIT: frozenset({Role.UNIT_COORDINATOR, Role.BRANCH_COORDINATOR}),
    Stage.CONFORMITY: frozenset({Role.SERVICE_PORTFOLIO_MANAGER}),
    Stage.CHIEF_EDITOR: frozenset({Role.EDITOR_IN_CHIEF}),
}
_STANDBY = {
    Stage.UNIT: frozenset({Role.UNIT_HEAD}),
    Stage.CHIEF_EDITOR: frozenset({Role.PORTAL_EDITOR}),
}
_IN_NAME = {Stage.CONFORMITY: frozenset({Role.EDITOR_IN_CHIEF})}


class Verdict(models.TextChoices):
    """What was decided at a stage."""

    APPROVED = "approved", _("approved")
    RETURNED = "returned", _("returned for changes")
    SKIPPED = "skipped", _("skipped")
