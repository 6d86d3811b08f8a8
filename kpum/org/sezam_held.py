"""What the portal holds of people, units, branch sites and mandates, as an import asks for it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.contrib.auth import get_user_model
from django.db.models import Q
from django.utils.translation import gettext as _
from wagtail.models import Page, Site

from kpum.org import registry
from kpum.org.enums import Role, Scope
from kpum.org.errors import Problem
from kpum.org.models import Authorisation, Mandate, Unit
from kpum.org.sezam_facts import Reach, SezamLine, Span

#: More digits than any key has; no database is asked for them.
_KEY_DIGITS = 9


@dataclass(frozen=True)
class Held:
    """The portal's side of a comparison.

    Attributes:
        authorisations: by the identifier in SEZAM, each with its person.
        people: by login, those whom the export names by login.
        units: by code, those that the export names.
        branches: by page id, as text.
        mandates: those that SEZAM gave and that have not ended, by person's id.
        single: those of roles that one person holds, and that have not ended.
    """

    authorisations: Mapping[str, Authorisation]
    people: Mapping[str, Any]
    units: Mapping[str, Unit]
    branches: Mapping[str, Page]
    mandates: Mapping[int, list[Mandate]]
    single: list[Mandate]

    def person_of(self, line: SezamLine) -> Any:
        """Return the person whom SEZAM means, by its identifier first, then by login; or None."""
        known = self.authorisations.get(line.sezam_id)
        return known.user if known else self.people.get(line.login)


def held_now(lines: Iterable[SezamLine], branches: Mapping[str, Page], now: datetime) -> Held:
    """Read everything the lines ask for, with a constant number of queries."""
    lines = list(lines)
    users = get_user_model()._default_manager
    logins = {line.login for line in lines}
    people = users.filter(**{f"{get_user_model().USERNAME_FIELD}__in": logins})
    authorisations = Authorisation.objects.select_related("user")
    units = Unit.objects.filter(code__in={line.unit for line in lines})
    open_now = Mandate.objects.filter(Q(valid_to=None) | Q(valid_to__gt=now))
    open_now = open_now.select_related("user", "unit", "branch").order_by("pk")
    mandates: dict[int, list[Mandate]] = {}
    for mandate in open_now.filter(by_sezam=True):
        mandates.setdefault(mandate.user_id, []).append(mandate)
    return Held(
        authorisations={row.sezam_id: row for row in authorisations},
        people={person.get_username(): person for person in people},
        units={unit.code: unit for unit in units},
        branches=branches,
        mandates=mandates,
        single=list(open_now.filter(role__in=[role for role in Role if role.is_single])),
    )


def reach_of_mandate(mandate: Mandate) -> Reach:
    """Return the role and what it is held for, as a line says it."""
    code = mandate.unit.code if mandate.unit else ""
    return Role(mandate.role), code, str(mandate.branch_id or "")


def span_of(row: Any) -> Span:
    """Return the period of a mandate or an authorisation."""
    return Span(row.valid_from, row.valid_to)


def find_branches(
    lines: Iterable[SezamLine],
) -> tuple[list[SezamLine], dict[str, Page], list[Problem]]:
    """Return the lines with branch sites named by page id, the pages by id, and what is not found."""
    lines = list(lines)
    found = _pages_named(line.branch for line in lines if _names_a_branch(line))
    settled: list[SezamLine] = []
    problems: list[Problem] = []
    pages: dict[str, Page] = {}
    for line in lines:
        candidates = found.get(line.branch, [])
        if not _names_a_branch(line):
            pass  # What is wrong with it has been told.
        elif message := _fault_of(candidates):
            problems.append(Problem(line.line, "branch", message % {"text": line.branch}))
        else:
            page = candidates[0]
            pages[str(page.pk)] = page
            line = replace(line, branch=str(page.pk))  # noqa: PLW2901
        settled.append(line)
    return settled, pages, problems


def _names_a_branch(line: SezamLine) -> bool:
    return line.role.scope is Scope.BRANCH and line.branch != ""


def _fault_of(candidates: list[Any]) -> str:
    if len(candidates) > 1:
        return _("“%(text)s” is the path of several pages: give the page's id.")
    if not candidates:
        return _("There is no page “%(text)s”, by its id or by its path.")
    return ""


def _pages_named(names: Iterable[str]) -> dict[str, list[Any]]:
    """Return the pages of ours that each name means; digits are an id, anything else is a path."""
    names = set(names)
    ids = {name for name in names if name.isdecimal() and len(name) <= _KEY_DIGITS}
    roots = [site.root_page.url_path for site in Site.objects.select_related("root_page")]
    paths = {
        name: {f"{root}{name.strip('/')}/" for root in roots}
        for name in names
        if not name.isdecimal()
    }
    asked = Q(pk__in=ids) | Q(url_path__in=set().union(*paths.values()))
    pages = [page for page in Page.objects.filter(asked) if registry.place_of_page(page)]
    return {
        name: [
            page
            for page in pages
            if (page.url_path in paths[name] if name in paths else str(page.pk) == str(int(name)))
        ]
        for name in names
    }
