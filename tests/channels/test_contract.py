"""What the OpenAPI document promises holds for any request, well-formed or not (I-09).

500 cases with each run of the tests, 5,000 with ``KPUM_PROVE``.
"""

import os

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis import GenerationMode

from kpum.channels.chunks import build_chunks
from kpum.channels.models import Mention
from tests.factories.media import new_document, new_image, text_with
from tests.factories.pages import publish

PROVING = bool(os.environ.get("KPUM_PROVE"))
CASES = 5_000 if PROVING else 500


@pytest.fixture
def known(city):
    """What a request may name that is really there, so that not every answer is a 404."""
    card = publish(city.card)
    publish(city.new_page("Plan budowy", body=text_with(new_image(), new_document())))
    build_chunks()
    return {
        "channel": "public",
        "document_id": str(card.translation_key),
        "media_id": Mention.objects.filter(kind="media").order_by("value").first().value,
        "code": "categories",
        "kind": "service_card",
    }


@pytest.fixture
def server():
    """The portal as a server calls it, less the closing of the test's own connection."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    application = get_wsgi_application()

    def plain(environ, start_response):
        # The tool says that it takes compressed answers, and does not unpack them.
        environ.pop("HTTP_ACCEPT_ENCODING", None)
        answer = application(environ, start_response)
        try:
            return list(answer)
        finally:
            # As every server does, and the tool does not.
            answer.close()

    yield plain
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


def cases_of(operation, known):
    """Return a strategy of requests: right and wrong ones, with made-up names and real ones."""
    names = {place.name for place in operation.path_parameters}
    real = {name: value for name, value in known.items() if name in names}
    return st.one_of(
        operation.as_strategy(),
        operation.as_strategy(path_parameters=real) if real else st.nothing(),
        operation.as_strategy(path_parameters=real | {"channel": "bip"})
        if "channel" in real
        else st.nothing(),
        operation.as_strategy(generation_mode=GenerationMode.NEGATIVE),
    )


def _share_of(operation, operations):
    """Return how many cases an operation gets: those that take nothing are soon told."""
    taking = [one for one in operations if one.query or one.path_parameters]
    return -(-CASES // (len(taking) - 1)) if operation in taking else 5


def test_every_operation_keeps_its_promises_for_any_request(known, server):
    contract = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", server)
    operations = [found.ok() for found in contract.get_all_operations()]
    statuses = []

    for operation in operations:

        @settings(
            max_examples=_share_of(operation, operations),
            deadline=None,
            database=None,
            derandomize=not PROVING,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        @given(cases_of(operation, known))
        def ask(case):
            statuses.append(case.call_and_validate().status_code)

        ask()

    assert len(statuses) >= CASES
    assert {200, 401, 404, 422} <= set(statuses) <= {200, 400, 401, 404, 405, 409, 410, 422}
