"""Which branch policy is in force over a page: the nearest one above it, at that moment."""

from typing import Any

from wagtail.models import Page

from workflows.records import BranchPolicy


def policy_over(page: Any) -> BranchPolicy | None:
    """Return the policy of the nearest branch site at or above the page (one query)."""
    step = Page.steplen
    path = Page.objects.values_list("path", flat=True).get(pk=page.pk)
    paths = [path[:end] for end in range(step, len(path) + 1, step)]
    policies = BranchPolicy.objects.filter(page__path__in=paths).order_by("-page__depth")
    return policies.select_related("page").first()
