"""Asking addresses: one request at a time of each host, with a pause; never inside a private network."""

import asyncio
import functools
import ssl
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from http import HTTPStatus

import httpx

from kpum.core.conf import portal_settings
from kpum.integrations.link_checks.answers import Answer
from kpum.integrations.link_checks.enums import Reason
from kpum.integrations.link_checks.guarding import NotPublic, addresses_of

_SENDS_ON = {
    HTTPStatus.MOVED_PERMANENTLY, HTTPStatus.FOUND, HTTPStatus.SEE_OTHER,
    HTTPStatus.TEMPORARY_REDIRECT, HTTPStatus.PERMANENT_REDIRECT,
}  # fmt: skip
_PORTS = {"http": 80, "https": 443}
#: A host with several addresses is tried at this many.
_TRIED = 2
#: Cookies of one host that are sent back to it, while it sends us on.
_COOKIES = 20


@dataclass(frozen=True)
class Manners:
    """How patient and how modest the check is.

    Attributes:
        pause: seconds between the end of one request of a host and the next of the same host.
        timeout: seconds that one request may take in all, looking up the name included.
        redirects: how often a host may send on.
        parallel: how many hosts are asked at a time.
        private_hosts: hosts that may lie in a private network.
        agent: how the check calls itself.
    """

    pause: float = 2.0
    timeout: float = 20.0
    redirects: int = 5
    parallel: int = 8
    private_hosts: tuple[str, ...] = ()
    agent: str = "KPUM-link-check/1"
    sleep: Callable[[float], Awaitable[None]] = field(default=asyncio.sleep, repr=False)
    now: Callable[[], float] = field(default=time.monotonic, repr=False)

    @classmethod
    def of_settings(cls, home: str = "") -> "Manners":
        """Return what the settings say; ``home`` is the portal's address, for who wonders who asks."""
        said = portal_settings()
        contact = " ".join((said.LINK_CONTACT or home).split())
        named = contact if contact.isascii() and contact.isprintable() else ""
        return cls(
            pause=max(0.0, said.LINK_PAUSE_SECONDS),
            timeout=max(0.1, said.LINK_TIMEOUT_SECONDS),
            redirects=max(0, said.LINK_REDIRECTS),
            private_hosts=tuple(host.lower() for host in said.LINK_PRIVATE_HOSTS),
            agent=f"{cls.agent} (+{named})" if named else cls.agent,
        )


class _Host:
    """Whose turn it is at one host, and when it was asked last."""

    def __init__(self) -> None:
        self.turn = asyncio.Lock()
        self.asked: float | None = None


class Asker:
    """Asks addresses within one event loop; remembers when it asked each host."""

    def __init__(self, manners: Manners) -> None:
        self._manners = manners
        self._hosts: dict[str, _Host] = {}

    async def ask(self, address: str) -> Answer:
        """Return what came of asking by HEAD and, where that went wrong, by GET; raises nothing."""
        answer = await self._follow("HEAD", address)
        return await self._follow("GET", address) if answer.worth_a_get else answer

    async def _follow(self, method: str, address: str) -> Answer:
        cookies: dict[str, dict[str, str]] = {}
        for _hop in range(self._manners.redirects + 1):
            step = await self._step(method, address, cookies)
            if isinstance(step, Answer):
                return step
            address = step
        return Answer.of_reason(Reason.REDIRECTS)

    async def _step(
        self, method: str, address: str, cookies: dict[str, dict[str, str]]
    ) -> str | Answer:
        """Return the answer, or where the host sends on to."""
        try:
            url = httpx.URL(address)
        except (httpx.InvalidURL, ValueError):
            return Answer.of_reason(Reason.BAD_ADDRESS)
        if url.scheme not in _PORTS or not url.host:
            return Answer.of_reason(Reason.BAD_ADDRESS)
        if url.userinfo:
            return Answer.of_reason(Reason.CREDENTIALS)
        host = self._hosts.setdefault(url.host, _Host())
        async with host.turn:
            await self._wait_for(host)
            try:
                response = await self._ask_once(method, url, cookies.setdefault(url.host, {}))
            except Unanswered as error:
                return Answer.of_reason(error.reason)
            finally:
                host.asked = self._manners.now()
        return _next_step(url, response)

    async def _wait_for(self, host: _Host) -> None:
        if host.asked is None:
            return
        rest = host.asked + self._manners.pause - self._manners.now()
        if rest > 0:
            await self._manners.sleep(rest)

    async def _ask_once(
        self, method: str, url: httpx.URL, cookies: dict[str, str]
    ) -> httpx.Response:
        """Return the head of the answer; the body is left where it is.

        Raises:
            Unanswered: none came.
        """
        try:
            async with asyncio.timeout(self._manners.timeout):
                name = url.raw_host.decode("ascii")
                port = url.port or _PORTS[url.scheme]
                ips = await addresses_of(name, port, self._manners.private_hosts)
                response = await self._connect(method, url, ips[:_TRIED], cookies)
        except NotPublic:
            raise Unanswered(Reason.NOT_PUBLIC) from None
        except (TimeoutError, httpx.TimeoutException):
            raise Unanswered(Reason.TIMEOUT) from None
        except (httpx.HTTPError, OSError, ValueError) as error:
            raise Unanswered(_reason_of(error)) from None
        _keep_cookies(response, cookies)
        return response

    async def _connect(
        self, method: str, url: httpx.URL, ips: list[str], cookies: dict[str, str]
    ) -> httpx.Response:
        headers = {
            "Host": url.netloc.decode("ascii"), "User-Agent": self._manners.agent,
            "Accept": "*/*", "Accept-Encoding": "identity", "Connection": "close",
        }  # fmt: skip
        if cookies:
            headers["Cookie"] = "; ".join(f"{name}={value}" for name, value in cookies.items())
        # A client of its own for each: a connection kept open to this address was vetted for one
        # host's certificate, and another host may live there, too.
        async with httpx.AsyncClient(
            verify=_certificates(), trust_env=False, timeout=self._manners.timeout
        ) as client:
            for number, ip in enumerate(ips, 1):
                request = client.build_request(
                    method, url.copy_with(host=ip), headers=headers,
                    extensions={"sni_hostname": url.raw_host.decode("ascii")},
                )  # fmt: skip
                try:
                    response = await client.send(request, stream=True)
                except httpx.ConnectError as error:
                    if number == len(ips) or _is_tls(error):
                        raise
                else:
                    await response.aclose()
                    return response
        raise OSError("the host has no address")


class Unanswered(Exception):
    """A request brought no answer."""

    def __init__(self, reason: Reason) -> None:
        self.reason = reason
        super().__init__(reason.value)


@functools.cache
def _certificates() -> ssl.SSLContext:
    return httpx.create_ssl_context(trust_env=False)


def _next_step(url: httpx.URL, response: httpx.Response) -> str | Answer:
    if response.status_code not in _SENDS_ON:
        return Answer.of_status(response.status_code)
    try:
        onward = url.join(response.headers["location"])
    except (KeyError, httpx.InvalidURL, ValueError):
        return Answer.of_reason(Reason.REDIRECTS)
    if onward.scheme not in _PORTS or not onward.host:
        return Answer.of_reason(Reason.REDIRECTS)
    return str(onward)


def _keep_cookies(response: httpx.Response, cookies: dict[str, str]) -> None:
    """Keep what a host wants back before it stops sending us round; never across addresses."""
    for line in response.headers.get_list("set-cookie")[:_COOKIES]:
        name, _sign, value = line.partition(";")[0].strip().partition("=")
        if name and (name + value).isascii() and (name + value).isprintable():
            cookies[name] = value


def _reason_of(error: Exception) -> Reason:
    match error:
        case UnicodeError() | httpx.UnsupportedProtocol():
            return Reason.BAD_ADDRESS
        case httpx.ProtocolError():
            return Reason.GARBLED
        case httpx.HTTPError() if _is_tls(error):
            return Reason.TLS
        case httpx.HTTPError():
            return Reason.NO_CONNECTION
        case OSError():
            return Reason.NO_HOST
        case _:
            return Reason.BAD_ADDRESS


def _is_tls(error: BaseException) -> bool:
    """Return whether a failed handshake lies behind the error."""
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, ssl.SSLError):
            return True
        cause = cause.__cause__ or cause.__context__
    return False
