"""Whether a request may read a channel: asked once for each (ADR 0012).

A stranger's request costs no query, a key's costs one. The order of the questions is that of the
answers: who is it, how often does he ask, does his key hold, is his interface live, may he do this.
"""

from dataclasses import dataclass, field

from django.http import HttpRequest

from kpum.core import clock
from kpum.core.conf import PortalSettings, portal_settings
from kpum.integrations import keys, limits
from kpum.integrations.channel_source import open_channels
from kpum.integrations.enums import OPEN_VERBS, InterfaceState, Verb
from kpum.integrations.errors import Refused
from kpum.integrations.models import ApiKey
from kpum.integrations.usage import Tally, ledger

_CHALLENGE = 'Bearer realm="kpum"'
#: Compared with a key that nobody has, so that an unknown prefix takes as long as a known one.
_NOBODYS = keys.digest_of("")
_BEFORE_AGREED = "the chief editor and the service portfolio manager have not both agreed to it yet"
#: What a client is told of each state in which keys do not work.
_WHY_NOT: dict[InterfaceState, str] = {
    InterfaceState.PROPOSED: f"{_BEFORE_AGREED}. Ask its owner unit how far the consultation is.",
    InterfaceState.CONSULTED: f"{_BEFORE_AGREED}. The key works again once they have and it is live.",
    InterfaceState.AGREED: "it has not been put to work yet. Ask the registrar of interfaces when.",
    InterfaceState.SUSPENDED: "it was stopped for a time. Wait, or ask the registrar of interfaces why.",
    InterfaceState.RETIRED: "it has ended for good. Propose a new interface if you need the data.",
}


@dataclass(frozen=True)
class Admission:
    """Who was let in, and the headers that tell him his limits."""

    #: The client's code in logs and figures; empty for a stranger on an open channel.
    client: str = ""
    headers: dict[str, str] = field(default_factory=dict)
    channel: str = ""
    client_id: int = 0
    key_id: int = 0
    #: The public part of the key, for logs; never the key.
    key_prefix: str = ""

    @property
    def is_anonymous(self) -> bool:
        """Return whether the answer may be kept for everybody."""
        return not self.client


def admit(request: HttpRequest, *, channel: str, verb: Verb) -> Admission:
    """Return who is let in to a channel that exists.

    Raises:
        Refused: 401 without a key where one is needed or with an unknown one; 403 for a key that was
            revoked or has expired, whose interface is not live (K-19), or that was not given for
            this; 429 beyond the limit.
    """
    portal = portal_settings()
    token = _token(request)
    if token is None:
        return _admit_stranger(request, portal, channel, verb)
    key = _key_of(token)
    if key is None:
        raise _unknown(_count_stranger(request, portal))
    return _admit_client(key, portal, channel, verb)


def note_use(admission: Admission, *, size: int, cursor: int | None = None) -> None:
    """Note what an admitted request was answered, for the figures of its client.

    Cheap: it adds to a ledger in memory, which is written at most twice a minute. Strangers are not
    counted.

    Args:
        admission: what ``admit`` returned.
        size: bytes of the answer's body as they leave.
        cursor: the place in the feed that the client has reached: the ``after`` it asked with.
    """
    if admission.is_anonymous:
        return
    place = None if cursor is None else (admission.channel, cursor)
    ledger.note(admission.client_id, admission.key_id, Tally(requests=1, bytes=size), place)


def _token(request: HttpRequest) -> str | None:
    """Return the bearer token, or None: what other schemes say is not for us."""
    scheme, _space, token = str(request.META.get("HTTP_AUTHORIZATION", "")).strip().partition(" ")
    return token.strip() if scheme.lower() == "bearer" else None


def _admit_stranger(
    request: HttpRequest, portal: PortalSettings, channel: str, verb: Verb
) -> Admission:
    if channel not in open_channels() or verb not in OPEN_VERBS:
        raise Refused(
            401,
            "key-needed",
            "Key needed",
            f"The channel “{channel}” wants a key of an agreed interface for “{verb.value}”. Send it"
            " as “Authorization: Bearer kpum_…”; the registrar of interfaces issues keys.",
            {"WWW-Authenticate": _CHALLENGE},
        )
    return Admission(headers=_count_stranger(request, portal), channel=channel)


def _count_stranger(request: HttpRequest, portal: PortalSettings) -> dict[str, str]:
    who = limits.stranger(request, portal.TRUSTED_PROXIES)
    limit = portal.STRANGER_REQUESTS_PER_MINUTE
    counted = limits.count(who, "stranger", limit)
    if not counted.within:
        raise _too_many(
            limit, "without a key; a key of an agreed interface has a higher limit", counted
        )
    return counted.headers


def _key_of(token: str) -> ApiKey | None:
    """Return the key with its client and interface; one query, and none for what has no key's form."""
    prefix = keys.prefix_of(token)
    found = None
    if prefix is not None:
        found = ApiKey.objects.select_related("client__interface").filter(prefix=prefix).first()
    is_it = keys.matches(token, found.digest if found else _NOBODYS)
    return found if is_it else None


def _admit_client(key: ApiKey, portal: PortalSettings, channel: str, verb: Verb) -> Admission:
    client = key.client
    limit = client.requests_per_minute or portal.CLIENT_REQUESTS_PER_MINUTE
    counted = limits.count(f"c{client.pk}", "client", limit)
    refused = (
        _why_not(key, channel, verb)
        if counted.within
        else _too_many(limit, f"for the client “{client.code}”", counted)
    )
    if refused is not None:
        refused.headers = counted.headers | refused.headers
        ledger.note(client.pk, key.pk, Tally(refusals=1))
        raise refused
    return Admission(client.code, counted.headers, channel, client.pk, key.pk, key.prefix)


def _why_not(key: ApiKey, channel: str, verb: Verb) -> Refused | None:
    """Return why the key does not open this, or None when it does."""
    return _key_does_not_hold(key) or _interface_not_live(key) or _out_of_scope(key, channel, verb)


def _key_does_not_hold(key: ApiKey) -> Refused | None:
    if key.revoked_at is not None:
        detail = f"The key {key.prefix}… was revoked on {key.revoked_at:%Y-%m-%d %H:%M} UTC."
        return Refused(403, "key-revoked", "Key revoked", f"{detail} {_ASK_FOR_ANOTHER}")
    if key.expires_at <= clock.now():
        detail = f"The key {key.prefix}… expired on {key.expires_at:%Y-%m-%d %H:%M} UTC."
        return Refused(403, "key-expired", "Key expired", f"{detail} {_ASK_FOR_ANOTHER}")
    return None


_ASK_FOR_ANOTHER = "Ask the registrar of interfaces for another one."


def _interface_not_live(key: ApiKey) -> Refused | None:
    interface = key.client.interface
    state = interface.standing
    if state is InterfaceState.LIVE:
        return None
    return Refused(
        403,
        "interface-not-live",
        "Interface not live",
        f"The interface “{interface.code}” is {state.value}: {_WHY_NOT[state]}",
    )


def _out_of_scope(key: ApiKey, channel: str, verb: Verb) -> Refused | None:
    allowed = [code for code in key.channels if code in key.client.interface.channels]
    if channel not in allowed:
        told = ", ".join(allowed) or "no channel"
        return Refused(
            403,
            "channel-out-of-scope",
            "Channel out of scope",
            f"The key {key.prefix}… opens {told}; “{channel}” is not among them. A key never opens"
            " more than its interface was agreed for.",
        )
    if verb.value not in key.verbs:
        return Refused(
            403,
            "verb-out-of-scope",
            "Not what the key is for",
            f"The key {key.prefix}… is for {', '.join(key.verbs)}; “{verb.value}” is not among them."
            " Ask the registrar of interfaces for a key that is for this, too.",
        )
    return None


def _unknown(headers: dict[str, str]) -> Refused:
    return Refused(
        401,
        "unknown-key",
        "Unknown key",
        "The key is not one of ours: check that it was copied whole. A key is shown once; one that"
        " was lost is replaced by the registrar of interfaces.",
        {**headers, "WWW-Authenticate": f'{_CHALLENGE}, error="invalid_token"'},
    )


def _too_many(limit: int, whose: str, counted: limits.Count) -> Refused:
    return Refused(
        429,
        "too-many-requests",
        "Too many requests",
        f"The limit is {limit} requests a minute {whose}. Wait as many seconds as Retry-After says.",
        counted.headers,
    )
