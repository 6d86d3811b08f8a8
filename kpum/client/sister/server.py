"""Serving the sister portal: a plain server of the standard library, reading only, for demonstrations."""

import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from socketserver import ThreadingMixIn
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

from kpum.client.errors import ChannelError, MirrorError
from kpum.client.media import MediaFolder
from kpum.client.mirror import Mirror
from kpum.client.sister import pages
from kpum.client.sister.library import Library
from kpum.client.sister.pages import Seen

if TYPE_CHECKING:
    from wsgiref.types import StartResponse, WSGIEnvironment

_STYLE = Path(__file__).with_name("style.css")
_POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none';"
    " frame-ancestors 'none'"
)
_HEADERS = [
    ("Content-Security-Policy", _POLICY),
    ("X-Content-Type-Options", "nosniff"),
    ("Referrer-Policy", "no-referrer"),
    ("Cache-Control", "no-cache"),
]
_HTML = "text/html; charset=utf-8"
_INLINE = pages.IMAGES | {"application/pdf"}


@dataclass
class _Answer:
    body: bytes
    status: str = "200 OK"
    content_type: str = _HTML
    headers: list[tuple[str, str]] = field(default_factory=list)


class SisterPortal:
    """The WSGI application over one copy.

    Args:
        target: the copy, as for ``open_mirror``.
        media: the folder of its pictures and files, if they are fetched.
    """

    def __init__(self, target: str, media: MediaFolder | None) -> None:
        self._library = Library(target)
        self._media = media

    def __call__(self, environ: "WSGIEnvironment", start: "StartResponse") -> Iterable[bytes]:
        method = environ["REQUEST_METHOD"]
        answer = self._answer(environ) if method in {"GET", "HEAD"} else _not_allowed()
        length = ("Content-Length", str(len(answer.body)))
        start(
            answer.status,
            [("Content-Type", answer.content_type), length, *_HEADERS, *answer.headers],
        )
        return [] if method == "HEAD" else [answer.body]

    def _answer(self, environ: "WSGIEnvironment") -> _Answer:
        path = environ.get("PATH_INFO", "/").encode("latin-1").decode("utf-8", "replace")
        if path == "/styl.css":
            return _Answer(_STYLE.read_bytes(), content_type="text/css; charset=utf-8")
        try:
            with self._library.opened() as mirror:
                asked = _parameters(environ.get("QUERY_STRING", ""))
                seen = Seen(self._library.shelf(mirror), path, asked.get("q", "").strip())
                return self._page(seen, mirror, asked) or _page(
                    pages.missing(seen), "404 Not Found"
                )
        except MirrorError:
            return _page(pages.out_of_order(), "503 Service Unavailable")

    def _page(self, seen: Seen, mirror: Mirror, asked: dict[str, str]) -> _Answer | None:
        place, *rest = seen.path.strip("/").split("/")
        answer = None
        match place, rest:
            case "", []:
                answer = _page(pages.home(seen))
            case "szukaj", []:
                answer = _page(pages.results(seen))
            case "typ", [kind]:
                answer = self._listing(seen, kind, asked.get("strona", "1"))
            case "jednostka", [unit_id]:
                unit = seen.shelf.unit(unit_id)
                answer = self._document(seen, mirror, unit.id, unit.locale) if unit else None
            case "dokument", [document_id, locale]:
                answer = self._document(seen, mirror, document_id, locale)
            case "pliki", [sha256]:
                answer = self._file(seen, sha256)
            case _:
                pass
        return answer

    def _listing(self, seen: Seen, kind: str, number: str) -> _Answer | None:
        sound = number.isascii() and number.isdigit() and len(number) < 9  # noqa: PLR2004
        found = pages.listing(seen, kind, int(number)) if sound else None
        return _page(found) if found else None

    def _document(
        self, seen: Seen, mirror: Mirror, document_id: str, locale: str
    ) -> _Answer | None:
        known = any((row.id, row.locale) == (document_id, locale) for row in seen.shelf.entries)
        stored = mirror.document(document_id, locale) if known else None
        if stored is not None:
            return _page(pages.document(seen, stored, self._held(seen)))
        if not _is_plain(document_id + locale):
            return None
        grave = mirror.tombstone(document_id, locale)
        return _page(pages.gone(seen, grave), "410 Gone") if grave else None

    def _held(self, seen: Seen) -> set[str]:
        media = self._media
        return {key for key, facts in seen.shelf.files.items() if media and media.holds(facts)}

    def _file(self, seen: Seen, sha256: str) -> _Answer | None:
        facts = seen.shelf.files.get(sha256)
        if facts is None or self._media is None or not self._media.holds(facts):
            return None
        shown = facts.content_type in _INLINE
        kind = facts.content_type if shown else "application/octet-stream"
        placed = ("Content-Disposition", "inline" if shown else "attachment")
        body = self._media.path(sha256).read_bytes()
        return _Answer(body, content_type=kind, headers=[placed])


def _is_plain(text: str) -> bool:
    return len(text) < 64 and text.isascii() and text.replace("-", "").isalnum()  # noqa: PLR2004


def _parameters(query: str) -> dict[str, str]:
    try:
        found = parse_qs(query, max_num_fields=20, errors="replace")
    except ValueError:
        return {}
    return {name: values[0][:200] for name, values in found.items()}


def _page(html: str, status: str = "200 OK") -> _Answer:
    # A title may hold half of a surrogate pair: JSON allows it, UTF-8 does not.
    return _Answer(html.encode("utf-8", "replace"), status)


def _not_allowed() -> _Answer:
    body = b"Tylko do czytania.\n"
    allowed = [("Allow", "GET, HEAD")]
    return _Answer(body, "405 Method Not Allowed", "text/plain; charset=utf-8", allowed)


class _Server(ThreadingMixIn, WSGIServer):
    daemon_threads = True


class _QuietHandler(WSGIRequestHandler):
    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - as the base class names it
        """Keep no log of visitors."""


@contextmanager
def serving(
    *, target: str, media: MediaFolder | None, host: str, port: int, say: Callable[[str], object]
) -> Iterator[int]:
    """Serve a copy as long as the block runs; yield the port (0 takes a free one).

    Raises:
        ChannelError: the port cannot be had.
    """
    try:
        server = make_server(
            host,
            port,
            SisterPortal(target, media),
            server_class=_Server,
            handler_class=_QuietHandler,
        )
    except (OSError, OverflowError) as error:
        raise ChannelError(f"The port {port} of {host} cannot be had: {error}.") from error
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.1})
    thread.start()
    say(f"The copy is shown at http://{host}:{server.server_port}/")
    try:
        yield server.server_port
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
