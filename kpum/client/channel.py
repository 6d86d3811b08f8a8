"""The client of one channel: every address of the API as a method."""

import re
from collections.abc import Callable, Iterator
from types import TracebackType
from typing import Any, Self
from urllib.parse import quote, urlsplit

import httpx

from kpum.client import reading
from kpum.client.errors import ChannelError, GarbledAnswer
from kpum.client.records import Change, Document, Manifest, MediaFacts, Page
from kpum.client.wire import JSON, NDJSON, Answer, Manners, Params, Wire

#: What an answer in lines holds unless told otherwise.
LINES = 500
_ADDRESS = re.compile(
    r"(?P<root>https?://[^/?#@]+(?:/[^?#]*)?)/channels/(?P<code>[a-z][a-z0-9_-]*)"
)
_LINK = re.compile(r'<([^<>]*)>\s*;[^,]*\brel="?next"?')


class ChannelClient:
    """Reads one channel of a portal (ADR 0012); to be used as a context manager, or closed.

    Args:
        channel_url: such as ``https://…/api/v1/channels/public``; that of its ``changes`` does too.
        key: the key of an agreed interface, for channels that want one. It is in no repr, log or error.
        manners: patience and limits; the defaults suit a mirror.
        transport: how to reach the portal, for tests and special networks.

    Raises:
        ChannelError: the address is none of a channel, or the key would travel in the open.

    Every method that asks the portal raises a ``ChannelError``: ``ProblemAnswer`` and its kinds when the portal
    refuses, ``Unreachable`` and ``GarbledAnswer`` when no attempt brought a whole answer. Answers 429, 502,
    503, 504, broken connections and cut or mixed-up answers are asked for again.
    """

    def __init__(
        self,
        channel_url: str,
        *,
        key: str = "",
        manners: Manners | None = None,
        transport: httpx.BaseTransport | None = None,
    ) -> None:
        address = channel_url.strip().rstrip("/").removesuffix("/changes")
        found = _ADDRESS.fullmatch(address)
        if not found or not _is_sound(address):
            raise ChannelError(
                "The address of a channel looks like https://portal.example.org/api/v1/channels/public,"
                " without name, password or parameters."
            )
        #: The channel's address, without a slash at its end.
        self.url = address
        #: The channel's code, such as ``public``.
        self.code = found["code"]
        self._root = found["root"]
        self._wire = Wire(address, key=key, manners=manners or Manners(), transport=transport)

    def __repr__(self) -> str:
        return f"ChannelClient({self.url!r})"

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the connections."""
        self._wire.close()

    def pause(self, seconds: float) -> None:
        """Wait, as the client waits between attempts."""
        self._wire.pause(seconds)

    def page(self, after: int, *, ndjson: bool = False, **params: str | int) -> Page:
        """Return the page of the feed after a cursor; ``params`` are ``limit types locale ids``.

        Without ``limit`` the portal chooses the size of pages, and may have them ready.
        """
        read = reading.page_of_lines if ndjson else reading.page_of_json
        if ndjson:
            # Without a limit the portal streams all there is.
            params = {"limit": LINES, **params}
        return self._wire.ask(
            f"{self.url}/changes",
            lambda answer: self._of_this_channel(read(answer.body, after)),
            accept=NDJSON if ndjson else JSON,
            params={"after": after, **params},
        )

    def pages(self, after: int = 0, *, ndjson: bool = False, **params: str | int) -> Iterator[Page]:
        """Yield pages of the feed until its end; keep ``page.next`` once a page is stored."""
        more = True
        while more:
            page = self.page(after, ndjson=ndjson, **params)
            yield page
            after, more = page.next, page.more

    def changes(
        self, after: int = 0, *, ndjson: bool = False, **params: str | int
    ) -> Iterator[Change]:
        """Yield what changed after a cursor, in its order; the last change's ``sequence`` is the cursor."""
        for page in self.pages(after, ndjson=ndjson, **params):
            yield from page.changes

    def document(self, document_id: str, locale: str = "pl") -> Document:
        """Return one document.

        Raises:
            DocumentGone: it left the channel; ``problem.successor`` says where to go instead.
            UnknownDocument: the channel never held it.
        """

        def read(answer: Answer) -> Document:
            found = reading.document_of(
                answer.body, answer.etag.removeprefix("W/").strip('"').removesuffix(".gz")
            )
            if (found.id, found.locale) != (document_id, locale):
                raise GarbledAnswer(f"{self.url} answered another document than {document_id}.")
            return found

        return self._wire.ask(
            f"{self.url}/documents/{quote(document_id, safe='')}", read, params={"locale": locale}
        )

    def documents(self, **filters: str | int) -> Iterator[dict[str, Any]]:
        """Yield live documents; ``filters`` are ``type locale unit category life_event code limit``."""
        address: str | None = f"{self.url}/documents"
        params: Params | None = filters
        while address:
            found, address = self._wire.ask(address, self._listed("documents"), params=params)
            params = None
            yield from found

    def find(self, path: str) -> dict[str, Any]:
        """Return the document at a path of the portal; ``redirected_from`` tells of an older path."""
        return self._object(f"{self.url}/find", {"path": path})

    def units(self) -> list[dict[str, Any]]:
        """Return the units with documents in the channel."""
        return self._every("units")

    def dictionaries(self) -> list[dict[str, Any]]:
        """Return the dictionaries of the catalogue, without their words."""
        return self._every("dictionaries")

    def dictionary(self, code: str) -> dict[str, Any]:
        """Return one dictionary with its words."""
        return self._object(f"{self.url}/dictionaries/{quote(code, safe='')}")

    def media(self, media_id: str) -> MediaFacts:
        """Return the facts of a picture or file that a document of the channel uses."""
        address = f"{self.url}/media/{quote(media_id, safe='')}"
        return self._wire.ask(
            address, lambda answer: reading.media_of(reading.object_of(answer.body))
        )

    def fetch_media(
        self, media_id: str, begin: Callable[[], Callable[[bytes], object]], largest: int
    ) -> None:
        """Hand the bytes of a picture or file to what ``begin`` returns, anew in each attempt."""
        self._wire.fetch(f"{self.url}/media/{quote(media_id, safe='')}/content", begin, largest)

    def manifest(self) -> Manifest:
        """Return what a true copy holds now; ``kpum.client.signatures.proven`` proves who says so."""
        return reading.manifest_of(self._object(f"{self.url}/manifest"))

    def schemas(self) -> Any:
        """Return the list of document types with a JSON Schema."""
        return self._value(f"{self._root}/schemas")

    def schema(self, kind: str) -> dict[str, Any]:
        """Return the JSON Schema of a type of documents."""
        return self._object(f"{self._root}/schemas/{quote(kind, safe='')}")

    def signing_keys(self) -> dict[str, Any]:
        """Return the public keys of the manifests, as a JWK Set (RFC 7517, RFC 8037)."""
        return self._object(f"{self._root}/signing-keys")

    def _of_this_channel(self, page: Page) -> Page:
        if page.channel not in {None, self.code}:
            raise GarbledAnswer(f"{self.url} answered with another channel.")
        return page

    def _value(self, address: str, params: Params | None = None) -> Any:
        return self._wire.ask(address, lambda answer: reading.value_of(answer.body), params=params)

    def _object(self, address: str, params: Params | None = None) -> dict[str, Any]:
        return self._wire.ask(address, lambda answer: reading.object_of(answer.body), params=params)

    def _every(self, name: str) -> list[dict[str, Any]]:
        address: str | None = f"{self.url}/{name}"
        found: list[dict[str, Any]] = []
        while address:
            some, address = self._wire.ask(address, self._listed(name))
            found += some
        return found

    def _listed(self, name: str) -> Callable[[Answer], tuple[list[dict[str, Any]], str | None]]:
        """Return a reader of one page of a list, and of where the next one is."""

        def read(answer: Answer) -> tuple[list[dict[str, Any]], str | None]:
            value = reading.value_of(answer.body)
            rows = value.get(name) if isinstance(value, dict) else value
            if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
                raise GarbledAnswer(f"{self.url} answered no list of {name}.")
            return rows, self._next(answer)

        return read

    def _next(self, answer: Answer) -> str | None:
        found = _LINK.search(answer.headers.get("link", ""))
        if not found:
            return None
        address = str(httpx.URL(f"{self.url}/").join(found[1]))
        if not address.startswith(f"{self.url}/"):
            raise GarbledAnswer(f"{self.url} goes on at another address.")
        return address


def _is_sound(address: str) -> bool:
    try:
        return bool(httpx.URL(address).host and urlsplit(address).port != 0)
    except (httpx.InvalidURL, ValueError):
        return False
