"""What our overrides of the admin's templates need."""

from typing import Any

from django import template

from kpum.pages.dialogues import WithdrawalForm
from kpum.pages.models import PortalPage

register = template.Library()


@register.simple_tag
def withdrawal_form(page: Any) -> WithdrawalForm | None:
    """Return the form that asks why a page of ours is withdrawn; None for a host's own page."""
    return WithdrawalForm() if isinstance(page, PortalPage) else None
