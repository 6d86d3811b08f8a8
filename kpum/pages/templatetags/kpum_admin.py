"""What our overrides of the admin's templates need."""

from django import template

from kpum.pages.forms import WithdrawalForm

register = template.Library()


@register.simple_tag
def withdrawal_form() -> WithdrawalForm:
    """Return the form that asks why a page is withdrawn."""
    return WithdrawalForm()
