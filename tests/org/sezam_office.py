"""The few people whom most tests of the import need, and how a test speaks with it."""

from datetime import UTC, datetime, timedelta

import pytest
from django.contrib.auth import get_user_model

from kpum.audit.models import AuditEntry
from kpum.org.errors import BadExport
from kpum.org.models import Authorisation, Mandate
from kpum.org.sezam_import import import_mandates
from kpum.outbox.models import OutboxEvent
from tests.org.sezam_exports import table

NOW = datetime(2026, 6, 1, 10, 0, 0, tzinfo=UTC)
SECOND = timedelta(seconds=1)
NEXT_YEAR = datetime(2026, 12, 31, 23, 0, 0, tzinfo=UTC)


def person(login):
    return get_user_model().objects.get(username=login)


def take(*lines, **options):
    """Import the lines; return what changed: kind and identifier."""
    report = import_mandates(data=table(*lines), origin="sezam.csv", **options)
    return [(change.kind.value, change.sezam_id) for change in report.changes]


def faults(*lines, **options):
    """Import lines that must be refused; return line, column and message of each problem."""
    before = snapshot()
    with pytest.raises(BadExport) as refused:
        take(*lines, **options)
    assert snapshot() == before
    return [(problem.line, problem.column, problem.message) for problem in refused.value.problems]


def snapshot():
    return (
        list(get_user_model().objects.order_by("pk").values()),
        list(Authorisation.objects.order_by("pk").values()),
        list(Mandate.objects.order_by("pk").values()),
        AuditEntry.objects.count(),
        OutboxEvent.objects.count(),
    )


def zofia():
    return person("zofia")


def mandates(**conditions):
    rows = Mandate.objects.filter(by_sezam=True, **conditions).order_by("pk")
    return [(row.user.username, row.role, row.valid_from, row.valid_to) for row in rows]
