"""Cursors of the lists: opaque to clients, and good for the list and the filters they came from only."""

import base64
import binascii
import hashlib
import hmac
import json

from django.conf import settings

from kpum.channels import problems
from kpum.channels.queries import Filters

_MARK = 9
_NUMBER = 8


def cursor_for(channel: str, filters: Filters, sequence: int) -> str:
    """Return the cursor of the page that begins after a sequence."""
    number = sequence.to_bytes(_NUMBER, "big")
    return base64.urlsafe_b64encode(number + _mark(channel, filters, number)).decode().rstrip("=")


def position_of(channel: str, filters: Filters, cursor: str) -> int:
    """Return the sequence that a cursor stands for; 0 for an empty one.

    Raises:
        ApiProblem: it is no cursor of this list.
    """
    if not cursor:
        return 0
    try:
        raw = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        raw = b""
    number, mark = raw[:_NUMBER], raw[_NUMBER:]
    if not hmac.compare_digest(mark, _mark(channel, filters, number)):
        raise problems.bad_cursor()
    return int.from_bytes(number, "big")


def _mark(channel: str, filters: Filters, number: bytes) -> bytes:
    told = json.dumps([channel, number.hex(), repr(filters)]).encode()
    key = b"kpum list cursor" + str(settings.SECRET_KEY).encode()
    return hmac.digest(hashlib.sha256(key).digest(), told, "sha256")[:_MARK]
