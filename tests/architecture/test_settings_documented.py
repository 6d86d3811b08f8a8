"""Whatever an operator can set, run or subscribe to is written down in docs/."""

import ast
import re
from dataclasses import fields

import pytest
from django.core.management import get_commands

from kpum.core.conf import PortalSettings
from kpum.settings import env
from tests.architecture import house

EVENT = re.compile(r"[a-z]+(_[a-z]+)*\.[a-z]+(_[a-z]+)*")
#: The calls whose texts are kinds of events.
SPEAKERS = {"enqueue", "subscribe"}


@pytest.fixture(scope="module")
def docs() -> str:
    return "\n".join(
        file.read_text(encoding="utf-8") for file in (house.ROOT / "docs").rglob("*.md")
    )


def called(node: ast.AST) -> str:
    """Return the bare name of what a call calls."""
    return (
        getattr(node.func, "id", getattr(node.func, "attr", ""))
        if isinstance(node, ast.Call)
        else ""
    )


def speakers(tree: ast.Module) -> set[str]:
    """Return what takes a kind of event: the outbox's own calls, and functions that pass one on."""
    return SPEAKERS | {
        function.name
        for function in ast.walk(tree)
        if isinstance(function, ast.FunctionDef)
        for node in ast.walk(function)
        if called(node) == "enqueue"
        and any(word.arg == "kind" and isinstance(word.value, ast.Name) for word in node.keywords)
    }


def event_kinds(source: str) -> set[str]:
    """Return the kinds that a module hands to the outbox or asks it for."""
    tree = ast.parse(source)
    taking = speakers(tree)
    texts = [
        node.value
        for call in ast.walk(tree)
        if called(call) in taking
        for node in ast.walk(call)
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    ]
    return {text for text in texts if EVENT.fullmatch(text)}


def undocumented(names: set[str], docs: str) -> list[str]:
    return sorted(name for name in names if f"`{name}`" not in docs and f"`{name} " not in docs)


def test_every_environment_variable_is_documented(docs):
    assert undocumented(set(env.KNOWN), docs) == []


def test_every_setting_is_documented(docs):
    assert undocumented({field.name for field in fields(PortalSettings)}, docs) == []


def test_every_command_is_documented(docs):
    ours = {name for name, app in get_commands().items() if app.split(".")[0] in house.PACKAGES}

    assert undocumented({f"manage.py {name}" for name in ours}, docs) == []


def test_every_kind_of_event_is_documented(docs):
    kinds = {
        kind
        for file in house.files(".py")
        if not house.name(file).startswith("tests/")
        for kind in event_kinds(file.read_text(encoding="utf-8"))
    }

    assert undocumented(kinds, docs) == []


def test_a_kind_is_read_from_the_call():
    source = 'enqueue(kind="page.taken_down", subject=f"page:{pk}", payload={"a": "Not. a kind"})'

    assert event_kinds(source) == {"page.taken_down"}


def test_a_kind_that_is_passed_on_is_read_too():
    source = (
        "def tell(*, action):\n    enqueue(kind=action)\n\ntell(action='page.moved')\nlog('a.b')"
    )

    assert event_kinds(source) == {"page.moved"}


def test_what_is_missing_is_named():
    assert undocumented({"KPUM_VAR", "KPUM_NEW"}, "`KPUM_VAR` | the folder") == ["KPUM_NEW"]
