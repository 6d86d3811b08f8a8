"""One world for all tests of a module, in one transaction; each test takes back what it does in it.

Building a large city for every test would take hours; sharing it takes a module's own transaction.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.core.cache import cache
from django.db import transaction


@contextmanager
def shared(django_db_blocker: Any) -> Iterator[None]:
    """Open the database for a module's fixture, and take everything back at the end."""
    with django_db_blocker.unblock(), transaction.atomic():
        cache.clear()
        try:
            yield
        finally:
            cache.clear()
            transaction.set_rollback(True)


@contextmanager
def undone() -> Iterator[None]:
    """Run the block in a savepoint and take everything in it back."""
    with transaction.atomic():
        try:
            yield
        finally:
            transaction.set_rollback(True)
