"""Ways round the door that came with the catalogue: registers, rules, checks, and the import of cards."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from kpum.core import clock
from services.models import Category, LegalAct, PrivacyNotice, Waiver
from tests.door.doors import ADMIN, CODE, Door, World, code, command, posts
from tests.factories.card_files import full_row, take

#: They keep the registers for all: to them the screens are the door itself.
KEEPERS = frozenset({"manager", "chief", "editor"})
#: They decide on texts of the unit, so they may vouch for what is public.
DECIDERS = frozenset({"coordinator", "head", "manager", "chief", "editor"})


def first(model: Any, address: str) -> Callable[[World], str]:
    """Return the address of an act on the first entry of a register."""
    return lambda _world: f"{ADMIN}/{address}/{model.objects.order_by('pk').first().pk}/"


def rules(rule: str) -> Callable[[World], str]:
    """Return the address where a rule is waived for the public card."""
    return lambda world: f"{ADMIN}/kpum/cards/{world.card.pk}/conformity/{rule}/"


def _saved(model: Any, **values: Any) -> Callable[[World], None]:
    def save(_world: World) -> None:
        entry = model.objects.order_by("pk").first()
        for name, value in values.items():
            setattr(entry, name, value)
        entry.save()

    return save


def _imported(_world: World) -> None:
    take([full_row("SA-14", forms=[], documents=[], no_documents=True, relations=[])])


def _waived(world: World) -> None:
    Waiver.objects.create(
        page=world.card, rule="C-01", rule_version=1, reason="x", valid_to=clock.today() + timedelta(9),
        granted_by=world.city.operator, granted_at=clock.now(),
    )  # fmt: skip


CATALOGUE_DOORS = [
    Door("act_added", posts(lambda _w: f"{ADMIN}/acts/new/", eli="DU/2026/1", title="Ustawa obca", journal="Dz.U. 2026 poz. 1"), lawful=KEEPERS),
    Door("act_edited", posts(first(LegalAct, "acts/edit"), title="Ustawa podmieniona", journal="x"), lawful=KEEPERS),
    Door("act_change_noted", posts(first(LegalAct, "acts/change"), changed_on="2026-01-01", change="Podmieniona."), lawful=KEEPERS),
    Door("act_deleted", posts(first(LegalAct, "acts/delete")), lawful=KEEPERS),
    Door("notice_edited", posts(first(PrivacyNotice, "privacy-notices/edit"), title="Podmieniona", **dict.fromkeys(PrivacyNotice.PARTS, "x")), lawful=KEEPERS),
    Door("notice_deleted", posts(first(PrivacyNotice, "privacy-notices/delete")), lawful=KEEPERS),
    Door("category_edited", posts(first(Category, "categories/edit"), name="Podmieniona", summary="x", icon="file", order="1"), lawful=KEEPERS),
    Door("category_deleted", posts(first(Category, "categories/delete")), lawful=KEEPERS),
    Door("confirm", posts(lambda w: f"{ADMIN}/portal/pages/{w.card.pk}/confirm/"), lawful=DECIDERS),
    Door("rule_waived", posts(rules("C-09"), reason="Bo tak.", valid_to="2099-01-01")),
    Door("code_act", code(_saved(LegalAct, title="Podmieniona")), parts=CODE),
    Door("code_act_delete", code(lambda _w: LegalAct.objects.order_by("pk").first().delete()), parts=CODE),
    Door("code_notice", code(_saved(PrivacyNotice, title="Podmieniona")), parts=CODE),
    Door("code_category", code(_saved(Category, name="Podmieniona")), parts=CODE),
    Door("code_category_delete", code(lambda w: w.city.category.delete()), parts=CODE),
    Door("code_waiver", code(_waived), parts=CODE),
    Door("code_import", code(_imported), parts=CODE),
    Door("command_remind_reviews", command("remind_reviews"), parts=CODE),
]  # fmt: skip
