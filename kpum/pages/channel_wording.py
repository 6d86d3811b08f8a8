"""A channel's rules in words: for the trail, for lists, and for forms to choose from."""

from typing import Any

from django.apps import apps
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from wagtail.models import get_page_models

from kpum.org.enums import Role
from kpum.pages.channel_demands import requirements
from kpum.pages.channel_models import PublicationChannel
from kpum.pages.channel_rules import UNIT
from kpum.pages.models import PortalPage

#: Columns of every page, and of the tree it lies in, that no channel would demand.
_NOT_DEMANDED = frozenset(
    {
        "id", "page_ptr", "path", "depth", "numchild", "translation_key", "locale", "live", "url_path",
        "content_type", "has_unpublished_changes", "show_in_menus", "draft_title", "slug", "owner",
        "latest_revision", "live_revision", "alias_of", "locked", "locked_at", "locked_by", "expired",
        "go_live_at", "expire_at", "first_published_at", "last_published_at", "targets",
        "latest_revision_created_at",
    }
)  # fmt: skip


def types_in_words() -> dict[str, str]:
    """Return what a channel may take: label of the model → its name; units last."""
    models = [model for model in get_page_models() if issubclass(model, PortalPage)]
    named = {model._meta.label_lower: str(capfirst(model._meta.verbose_name)) for model in models}
    return dict(sorted(named.items(), key=lambda pair: pair[1])) | {UNIT: _("Units of the city")}


def needs_in_words() -> dict[str, str]:
    """Return what a channel may demand: fields of any page type, and what is no field."""
    found: dict[str, str] = {code: str(need.label) for code, need in requirements().items()}
    for label in types_in_words():
        if label == UNIT:
            continue
        for field in apps.get_model(label)._meta.get_fields():
            if field.name not in _NOT_DEMANDED and hasattr(field, "verbose_name"):
                found.setdefault(field.name, str(field.verbose_name))
    return found


def type_in_words(label: str) -> str:
    """Return the name of a type; one of another version keeps its label."""
    return types_in_words().get(label, label)


def roles_in_words(codes: list[str]) -> str:
    """Return the roles' names, or that everybody who writes may."""
    names = [str(Role(code).label) for code in codes if code in Role.values]
    return ", ".join(names) or _("everybody who writes")


def takes_in_words(channel: PublicationChannel) -> str:
    """Return what kinds of things the channel takes, and of which units (one query)."""
    kinds = ", ".join(type_in_words(label) for label in channel.accepted_types)
    units = ", ".join(sorted(unit.code for unit in channel.accepted_units.all()))
    return _("%(kinds)s; of %(units)s") % {
        "kinds": kinds or _("everything"),
        "units": units or _("all units"),
    }


def state_in_words(channel: PublicationChannel) -> str:
    """Return whether the channel is on, and who may read it."""
    if not channel.is_active:
        return _("switched off")
    return _("on, open to everybody") if channel.is_open else _("on, with a key")


def rules_in_words(channel: PublicationChannel) -> str:
    """Return all the rules, as a reader of the trail understands them."""
    unit: Any = channel.owner_unit
    demands = "; ".join(_demand_in_words(demand) for demand in channel.demands)
    count = len(channel.demands)
    asked = ngettext("%(count)s demand", "%(count)s demands", count) % {"count": count}
    return "; ".join(
        filter(
            None,
            [
                f"{channel.name} ({channel.code})",
                state_in_words(channel),
                _("takes: %(what)s") % {"what": takes_in_words(channel)},
                _("sent to by: %(roles)s") % {"roles": roles_in_words(channel.sending_roles)},
                f"{asked}: {demands}" if demands else _("no demands"),
                _("run by %(unit)s") % {"unit": unit.code} if unit else "",
                channel.contact,
                channel.description,
            ],
        )
    )


def _demand_in_words(demand: dict[str, str]) -> str:
    where = type_in_words(demand["type"]) if demand["type"] else _("any page")
    need = demand["needs"]
    return f"{where} – {requirements()[need].label if need in requirements() else need}: {demand['says']}"
