"""Only integrations, outbox and client speak HTTP to others; here the standard library's clients.

Import-linter sees packages, so it cannot tell ``urllib.request`` from ``urllib.parse``; the contract
“http” in pyproject.toml holds for the rest.
"""

import ast

import pytest

from tests.architecture import house

CLIENTS = ("urllib.request", "http.client")
ROOMS = ("kpum/client/", "kpum/integrations/", "kpum/outbox/")


def imported(source: str) -> set[str]:
    """Return every dotted name that the source imports."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found |= {node.module} | {f"{node.module}.{alias.name}" for alias in node.names}
    return found


def test_no_other_room_opens_a_connection():
    wrong = [
        house.name(file)
        for file in house.files(".py")
        if not house.name(file).startswith((*ROOMS, "tests/"))
        and imported(file.read_text(encoding="utf-8")) & set(CLIENTS)
    ]

    assert wrong == []


@pytest.mark.parametrize(
    "source",
    [
        "import urllib.request",
        "from urllib import request",
        "from http.client import HTTPConnection",
    ],
)
def test_every_way_to_import_a_client_is_seen(source):
    assert imported(source) & set(CLIENTS)


def test_reading_an_address_is_no_client():
    assert not imported("from urllib.parse import urlsplit\nfrom http import HTTPStatus") & set(
        CLIENTS
    )
