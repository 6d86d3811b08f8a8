"""Asking the portal: with patience where it helps, with limits everywhere, and never elsewhere."""

import functools
import logging
import random
import ssl
import time
import zlib
from collections import OrderedDict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import TypeVar
from urllib.parse import urlsplit

import httpx

from kpum.client import problems
from kpum.client.errors import (
    ChannelError,
    GarbledAnswer,
    PortalFailed,
    ProblemAnswer,
    RedirectRefused,
    TooManyRequests,
    Unreachable,
    plain,
)

log = logging.getLogger("kpum.client")
Read = TypeVar("Read")
Params = Mapping[str, str | int]
JSON = "application/json"
NDJSON = "application/x-ndjson"
_BAD_GATEWAYS = {502, 503, 504}
_KEPT_ANSWERS = 128
_KEPT_BYTES = 1 << 20
_LOCAL = {"localhost", "127.0.0.1", "::1"}


@dataclass(frozen=True)
class Manners:
    """How patient, how strict and how modest a client is."""

    #: Seconds to wait for a connection, and for each next piece of an answer.
    timeout: float = 30.0
    #: Seconds that one whole answer may take.
    deadline: float = 300.0
    attempts: int = 5
    #: The first pause; each next one is twice as long, all shortened by chance (“full jitter”).
    first_pause: float = 0.5
    longest_pause: float = 30.0
    #: A portal that asks for a longer wait than this is not waited for.
    patience: float = 120.0
    #: Bytes of one answer, after decompression.
    largest_answer: int = 64 << 20
    #: Send a key over plain http to a host that is not this machine.
    plain_http: bool = False
    sleep: Callable[[float], None] = field(default=time.sleep, repr=False)


@dataclass(frozen=True)
class Answer:
    """A whole answer with status 200."""

    headers: httpx.Headers
    body: bytes

    @property
    def content_type(self) -> str:
        """Return the media type without parameters."""
        return self.headers.get("content-type", "").split(";")[0].strip().lower()

    @property
    def etag(self) -> str:
        """Return the entity tag as the portal wrote it."""
        return self.headers.get("etag", "")


class Wire:
    """A connection to one portal.

    Args:
        key: sent as a bearer token; it stands in no repr, log or error.
        manners: patience and limits.
        transport: how to reach the portal, for tests.

    Raises:
        ChannelError: the key would go over the network in the open.
    """

    def __init__(
        self, base: str, *, key: str, manners: Manners, transport: httpx.BaseTransport | None
    ) -> None:
        parts = urlsplit(base)
        if not all("!" <= char <= "~" for char in key):
            raise ChannelError(
                "The key holds spaces or odd characters: copy it whole, and only it."
            )
        in_the_open = parts.scheme != "https" and parts.hostname not in _LOCAL
        if key and in_the_open and not manners.plain_http:
            raise ChannelError(
                f"{base} is plain http: a key sent there can be read on the way. Use https."
            )
        self._key = key
        self._manners = manners
        self._kept: OrderedDict[str, Answer] = OrderedDict()
        headers = {"User-Agent": "kpum-client/1", "Accept-Encoding": "gzip"}
        if key:
            headers["Authorization"] = f"Bearer {key}"
        self._http = httpx.Client(
            headers=headers,
            timeout=manners.timeout,
            transport=transport,
            follow_redirects=False,
            verify=certificates(),
        )

    def close(self) -> None:
        """Close the connection."""
        self._http.close()

    def pause(self, seconds: float) -> None:
        """Wait, in the way the manners say."""
        self._manners.sleep(seconds)

    def ask(
        self,
        url: str,
        read: Callable[[Answer], Read],
        *,
        accept: str = JSON,
        params: Params | None = None,
    ) -> Read:
        """Return what ``read`` makes of the answer; an answer already known is not sent again.

        Raises:
            ProblemAnswer: the portal refused.
            Unreachable, GarbledAnswer: no attempt brought a whole answer.
            RedirectRefused: the portal sent us elsewhere.
        """
        address = str(httpx.URL(url, params=dict(params or {}))) if params else url

        def once() -> Read:
            body = bytearray()
            answer = self._once(address, accept, body.extend, self._manners.largest_answer)
            if answer is None:
                return read(self._kept[accept + address])
            whole = Answer(answer, bytes(body))
            if not _suits(whole.content_type, accept):
                raise GarbledAnswer(
                    f"{address} answered {plain(whole.content_type) or 'something'}, not {accept}."
                )
            value = read(whole)
            self._keep(accept + address, whole)
            return value

        return self._patiently(address, once)

    def fetch(self, url: str, begin: Callable[[], Callable[[bytes], object]], largest: int) -> None:
        """Hand the bytes of an answer to what ``begin`` returns, from the start in each attempt.

        Raises: as ``ask``.
        """

        def once() -> None:
            self._once(url, "*/*", begin(), largest)

        self._patiently(url, once)

    def _patiently(self, address: str, once: Callable[[], Read]) -> Read:
        pause = self._manners.first_pause
        for attempt in range(1, self._manners.attempts + 1):
            try:
                return once()
            except (Unreachable, GarbledAnswer, PortalFailed, TooManyRequests) as error:
                wait = self._wait(error, pause)
                if wait is None or attempt == self._manners.attempts:
                    raise
                log.info("%s; attempt %s of %s", error, attempt, self._manners.attempts)
            self.pause(wait)
            pause = min(2 * pause, self._manners.longest_pause)
        raise Unreachable(f"{address}: no attempts are allowed.")

    def _wait(self, error: ChannelError, pause: float) -> float | None:
        """Return the seconds to the next attempt; None when there should be none."""
        if isinstance(error, PortalFailed) and error.problem.status not in _BAD_GATEWAYS:
            return None
        jitter = random.uniform(0, pause)  # noqa: S311 - spreads clients, hides nothing
        asked = error.problem.retry_after if isinstance(error, ProblemAnswer) else None
        if asked is None:
            return jitter
        return asked + jitter if asked <= self._manners.patience else None

    def _once(
        self, address: str, accept: str, take: Callable[[bytes], object], largest: int
    ) -> httpx.Headers | None:
        """Take one answer; None when the one we keep still holds."""
        headers = {"Accept": accept}
        kept = self._kept.get(accept + address)
        if kept is not None:
            headers["If-None-Match"] = kept.etag
        try:
            with self._http.stream("GET", address, headers=headers) as response:
                if response.status_code == HTTPStatus.NOT_MODIFIED and kept is not None:
                    return None
                self._refuse(address, response)
                for piece in self._pieces(response, largest):
                    take(piece)
                return response.headers
        except httpx.HTTPError as error:
            said = plain(self._without_key(str(error))) or type(error).__name__
            raise Unreachable(f"{address} cannot be reached: {said}") from None

    def _refuse(self, address: str, response: httpx.Response) -> None:
        """Raise what an answer other than 200 means."""
        if response.status_code == HTTPStatus.OK:
            return
        if response.status_code == HTTPStatus.NOT_MODIFIED:
            raise GarbledAnswer(f"{address} answered 304 to a first question.")
        if response.is_redirect:
            raise RedirectRefused(
                f"{address} sends on to {_origin(address, response.headers.get('location', ''))},"
                " which is not followed. If the portal has moved, give its new address."
            )
        body = b"".join(self._pieces(response, _KEPT_BYTES))
        raise problems.error_of(address, response, body)

    def _pieces(self, response: httpx.Response, largest: int) -> Iterator[bytes]:
        """Yield an answer's bytes, decompressed by ourselves: a small answer may unfold without end."""
        started, taken = time.monotonic(), 0
        for piece in _unpacked(response):
            taken += len(piece)
            if taken > largest:
                raise GarbledAnswer(f"{response.url} answered more than {largest} bytes.")
            if time.monotonic() - started > self._manners.deadline:
                raise Unreachable(
                    f"{response.url} cannot be reached: the answer took longer than"
                    f" {self._manners.deadline:.0f} seconds."
                )
            yield piece

    def _keep(self, name: str, answer: Answer) -> None:
        self._kept.pop(name, None)
        if not answer.etag or len(answer.body) > _KEPT_BYTES:
            return
        self._kept[name] = answer
        if len(self._kept) > _KEPT_ANSWERS:
            self._kept.popitem(last=False)

    def _without_key(self, text: str) -> str:
        return text.replace(self._key, "…") if self._key else text


@functools.cache
def certificates() -> ssl.SSLContext:
    """Return the authorities that https is checked against; reading them takes longer than a request."""
    return httpx.create_ssl_context()


def _suits(content_type: str, accept: str) -> bool:
    return content_type == accept or (accept == JSON and content_type.endswith("+json"))


def _origin(address: str, location: str) -> str:
    try:
        target = httpx.URL(address).join(location)
    except httpx.InvalidURL:
        return "an odd address"
    return plain(f"{target.scheme}://{target.netloc.decode('ascii', 'replace')}")


def _unpacked(response: httpx.Response) -> Iterator[bytes]:
    coding = response.headers.get("content-encoding", "identity").strip().lower()
    if response.is_stream_consumed:  # by a transport that hands over whole answers
        yield response.content
    elif coding == "identity":
        yield from response.iter_raw()
    elif coding == "gzip":
        yield from _gunzipped(response.iter_raw(), str(response.url))
    else:
        raise GarbledAnswer(
            f"{response.url} is packed as {plain(coding)}, which was not asked for."
        )


def _gunzipped(pieces: Iterator[bytes], address: str) -> Iterator[bytes]:
    """Yield what gzip members unfold to, at most 64 KiB at once."""
    member = zlib.decompressobj(wbits=31)
    begun = False
    for piece in pieces:
        rest = piece
        while rest:
            if member.eof:
                member = zlib.decompressobj(wbits=31)
            begun = True
            try:
                yield member.decompress(rest, 1 << 16)
            except zlib.error as error:
                raise GarbledAnswer(f"{address} is not packed as it says.") from error
            rest = member.unconsumed_tail or member.unused_data
    if begun and not member.eof:
        yield member.flush()
    if begun and not member.eof:
        raise GarbledAnswer(f"{address}: the answer is cut.")
