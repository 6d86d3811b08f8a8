"""The stages of the approval path (K-16, K-18) and the roles that decide at each."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from kpum.org.enums import Role


class Stage(models.TextChoices):
    """Who must agree before a text becomes public, in this order."""

    UNIT = "unit", _("unit")
    CONFORMITY = "conformity", _("conformity with the Service Strategy")
    CHIEF_EDITOR = "chief_editor", _("chief editor")

    @property
    def deciding_role(self) -> Role:
        """Return the role that decides at this stage."""
        return _DECIDING[self]

    @property
    def standby_role(self) -> Role | None:
        """Return the role that decides when the deciding one wrote the text himself (four eyes)."""
        return _STANDBY.get(self)


_DECIDING = {
    Stage.UNIT: Role.UNIT_COORDINATOR,
    Stage.CONFORMITY: Role.SERVICE_PORTFOLIO_MANAGER,
    Stage.CHIEF_EDITOR: Role.EDITOR_IN_CHIEF,
}
_STANDBY = {
    Stage.UNIT: Role.UNIT_HEAD,
    Stage.CHIEF_EDITOR: Role.PORTAL_EDITOR,
}
