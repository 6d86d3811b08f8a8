"""A portal that answers as ADR 0012 says, without Django: what a copy is tested against.

It keeps its truth apart from every copy (``truth``), signs its manifests with a real key, and can be made to
answer wrongly: ``fault`` is called with each answer and returns another one.
"""

import base64
import gzip
import hashlib
import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from copy import deepcopy
from dataclasses import dataclass, field, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import httpx
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

BASE = "/api/v1"
CHANNEL = f"{BASE}/channels/public"
URL = f"http://portal.test{CHANNEL}"
SCHEMA = "application/schema+json"
DOCUMENT_TYPES = ("service_card", "page", "unit", "folder")


def id_of(number: int) -> str:
    return f"{number:08d}-0000-4000-8000-000000000000"


def unpadded(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


@dataclass
class Entry:
    sequence: int
    id: str
    locale: str
    type: str
    body: str = ""
    reason: str = ""
    successor: dict[str, str] | None = None

    @property
    def etag(self) -> str:
        return hashlib.sha256(self.body.encode()).hexdigest()


@dataclass
class Answer:
    status: int = 200
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)


@dataclass
class Asked:
    path: str
    query: dict[str, str]
    headers: dict[str, str]


class Portal:
    """A feed of one channel, and everything around it."""

    def __init__(self, *, page: int = 2) -> None:
        self.page = page
        self.entries: dict[tuple[str, str], Entry] = {}
        self.files: dict[str, bytes] = {}
        self.head = 0
        self.epoch = "first"
        self.key = Ed25519PrivateKey.generate()
        self.kid = "2026-11"
        self.fault: Callable[[Asked, Answer], Answer] | None = None
        self.asked: list[Asked] = []
        self.lock = threading.RLock()

    # What editors do.

    def publish(self, number: int, title: str, *, locale: str = "pl", **fields: Any) -> str:
        kind = fields.pop("type", DOCUMENT_TYPES[number % 3])
        document = {"id": id_of(number), "locale": locale, "type": kind, "title": title, **fields}
        # Spaces that json.dumps of the answer would not make: the bytes must come through as they are.
        body = json.dumps(document, ensure_ascii=False, separators=(",", ": "))
        with self.lock:
            self.head += 1
            self.entries[id_of(number), locale] = Entry(
                self.head, id_of(number), locale, kind, body
            )
        return id_of(number)

    def remove(self, number: int, *, locale: str = "pl", successor: int | None = None) -> None:
        where = None
        if successor is not None:
            where = {"id": id_of(successor), "locale": "pl", "url": "http://portal.test/dalej/"}
        with self.lock:
            self.head += 1
            old = self.entries[id_of(number), locale]
            self.entries[id_of(number), locale] = Entry(
                self.head, old.id, locale, old.type, reason="withdrawn", successor=where
            )

    def add_file(self, number: int, content: bytes) -> dict[str, Any]:
        """Store a file, and return how a document names it."""
        self.files[id_of(number)] = content
        return {
            "id": id_of(number),
            "kind": "picture",
            "title": f"Plik {number}",
            "alt": "Rynek",
            "url": "http://portal.test/media/x.png",
            "content_type": "image/png",
            "size": len(content),
            "sha256": hashlib.sha256(content).hexdigest(),
        }

    def backup(self) -> Any:
        return deepcopy((self.entries, self.head))

    def restore(self, backup: Any, *, epoch: str | None = None) -> None:
        """Go back to a backup; ``epoch`` as an operator who says so."""
        with self.lock:
            self.entries, self.head = deepcopy(backup)
            self.epoch = epoch or self.epoch

    def truth(self) -> dict[tuple[str, str], bytes]:
        """Return exactly what a copy must hold."""
        return {key: row.body.encode() for key, row in self.entries.items() if not row.reason}

    # What it answers.

    def answer(self, asked: Asked) -> Answer:
        with self.lock:
            self.asked.append(asked)
            answer = self._conditional(asked, self._route(asked))
            return self.fault(asked, answer) if self.fault else answer

    def _route(self, asked: Asked) -> Answer:
        fixed: dict[str, Callable[[], Answer]] = {
            f"{BASE}/signing-keys": lambda: self._json(self.signing_keys()),
            f"{BASE}/schemas": lambda: self._json({"schemas": [{"type": "unit"}]}),
            f"{BASE}/schemas/unit": lambda: self._json({"type": "object"}, SCHEMA),
            f"{CHANNEL}/changes": lambda: self._changes(asked),
            f"{CHANNEL}/documents": lambda: self._documents(asked),
            f"{CHANNEL}/manifest": lambda: self._json(self.manifest()),
            f"{CHANNEL}/find": lambda: self._json({"redirected_from": asked.query["path"]}),
            f"{CHANNEL}/units": lambda: self._json({"units": [{"unit": {"code": "SA"}}]}),
            f"{CHANNEL}/dictionaries": lambda: self._json({"dictionaries": [{"code": "c"}]}),
            f"{CHANNEL}/dictionaries/c": lambda: self._json({"code": "c", "words": []}),
        }
        if asked.path in fixed:
            return fixed[asked.path]()
        return self._single(asked, *asked.path.removeprefix(CHANNEL).strip("/").split("/"))

    def _single(self, asked: Asked, place: str, *rest: str) -> Answer:
        if place == "documents" and len(rest) == 1:
            return self._document(rest[0], asked.query.get("locale", "pl"))
        if place == "media" and rest[0] in self.files:
            content = self.files[rest[0]]
            if rest[1:] == ("content",):
                return Answer(200, content, {"Content-Type": "image/png"})
            return self._json(self.add_file(int(rest[0][:8]), content))
        return problem(404, "unknown-address", f"The API has no address “{asked.path}”.")

    def _changes(self, asked: Asked) -> Answer:
        after = int(asked.query["after"])
        later = sorted(
            (row for row in self.entries.values() if row.sequence > after),
            key=lambda row: row.sequence,
        )
        if not later and after > self.head:
            return problem(409, "cursor-ahead", "start again from 0")
        limit = int(asked.query.get("limit", self.page))
        rows, more = later[:limit], len(later) > limit
        lines = [self._entry(row, ids="ids" in asked.query) for row in rows]
        last = {
            "channel": "public",
            "epoch": self.epoch,
            "after": after,
            "next": rows[-1].sequence if rows else after,
            "more": more,
        }
        if asked.headers.get("accept") == "application/x-ndjson":
            body = "".join(f"{line}\n" for line in [*lines, json.dumps(last)])
            return self._whole(body, "application/x-ndjson")
        return self._whole(f'{json.dumps(last)[:-1]},"changes": [{" ,".join(lines)}]}}')

    def _entry(self, row: Entry, *, ids: bool) -> str:
        facts: dict[str, Any] = {
            "sequence": row.sequence,
            "id": row.id,
            "locale": row.locale,
            "type": row.type,
        }
        if row.reason:
            told = {"status": "gone", "reason": row.reason, "successor": row.successor}
            return json.dumps(facts | told)
        head = json.dumps({"status": "live", **facts, "etag": row.etag})
        return head if ids else f'{head[:-1]}, "document": {row.body} }}'

    def _document(self, document_id: str, locale: str) -> Answer:
        row = self.entries.get((document_id, locale))
        if row is None:
            return problem(404, "unknown-document", "The channel never held this document.")
        if row.reason:
            return problem(410, "document-gone", "withdrawn", successor=row.successor)
        return self._whole(row.body)

    def _documents(self, asked: Asked) -> Answer:
        live = [row for row in self.entries.values() if not row.reason]
        live = [row for row in live if asked.query.get("type", row.type) == row.type]
        first = int(asked.query.get("cursor", 0))
        rows = [json.loads(row.body) for row in live[first : first + self.page]]
        answer = self._json({"documents": rows})
        if first + self.page < len(live):
            answer.headers["Link"] = f'<{URL}/documents?cursor={first + self.page}>; rel="next"'
        return answer

    def signing_keys(self) -> dict[str, Any]:
        public = unpadded(self.key.public_key().public_bytes_raw())
        return {
            "keys": [
                {"kty": "EC", "crv": "P-256", "kid": "other"},
                {"kty": "OKP", "crv": "Ed25519", "kid": self.kid, "x": public},
            ]
        }

    def manifest(self) -> dict[str, Any]:
        """Return the manifest, worked out by the ADR's words and nothing of the client's."""
        live = [row for row in self.entries.values() if not row.reason]
        types = []
        for kind in sorted({row.type for row in live}):
            lines = sorted(
                f"{row.id} {row.locale} {row.etag}\n".encode() for row in live if row.type == kind
            )
            root = hashlib.sha256(b"".join(lines)).hexdigest()
            types.append({"type": kind, "count": len(lines), "root": root})
        whole = sorted(f"{row['type']} {row['count']} {row['root']}\n".encode() for row in types)
        facts = {
            "channel": "public",
            "epoch": self.epoch,
            "sequence": self.head,
            "count": len(live),
            "root": hashlib.sha256(b"".join(whole)).hexdigest(),
            "types": types,
        }
        return facts | {"jws": self.sign(facts)}

    def sign(self, facts: dict[str, Any], **header: Any) -> str:
        told = {"alg": "EdDSA", "kid": self.kid, **header}
        parts = [unpadded(json.dumps(part).encode()) for part in (told, facts)]
        return ".".join([*parts, unpadded(self.key.sign(".".join(parts).encode()))])

    def _conditional(self, asked: Asked, answer: Answer) -> Answer:
        etag = answer.headers.get("ETag")
        if etag and asked.headers.get("if-none-match") == etag:
            return Answer(304, b"", {"ETag": etag})
        return answer

    def _json(self, value: Any, content_type: str = "application/json") -> Answer:
        return self._whole(json.dumps(value), content_type)

    def _whole(self, body: str, content_type: str = "application/json") -> Answer:
        data = body.encode()
        etag = f'"{hashlib.sha256(data).hexdigest()}"'
        return Answer(200, data, {"Content-Type": content_type, "ETag": etag})

    # How it is reached.

    @property
    def transport(self) -> httpx.MockTransport:
        def handle(request: httpx.Request) -> httpx.Response:
            query = dict(parse_qsl(request.url.query.decode()))
            asked = Asked(request.url.path, query, dict(request.headers))
            answer = self.answer(asked)
            return httpx.Response(
                answer.status, headers=answer.headers, stream=httpx.ByteStream(answer.body)
            )

        return httpx.MockTransport(handle)

    @contextmanager
    def served(self) -> Iterator[str]:
        """Serve on a port of this machine; yield the channel's address."""
        portal = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            wbufsize = -1

            def do_GET(self) -> None:
                parts = urlsplit(self.path)
                headers = {name.lower(): value for name, value in self.headers.items()}
                asked = Asked(parts.path, dict(parse_qsl(parts.query)), headers)
                answer = portal.answer(asked)
                try:
                    self.send_response(answer.status)
                    for name, value in answer.headers.items():
                        self.send_header(name, value)
                    if "Content-Length" not in answer.headers:
                        self.send_header("Content-Length", str(len(answer.body)))
                    self.end_headers()
                    self.wfile.write(answer.body)
                except OSError:
                    self.close_connection = True
                if "Content-Length" in answer.headers:
                    self.close_connection = True

            def log_message(self, *words: Any) -> None:
                pass

        class Server(ThreadingHTTPServer):
            def handle_error(self, request: Any, client_address: Any) -> None:
                """A client that was killed is no fault of the server's."""

        server = Server(("127.0.0.1", 0), Handler)
        server.daemon_threads = True
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}{CHANNEL}"
        finally:
            server.shutdown()
            thread.join()
            server.server_close()


def problem(status: int, kind: str, detail: str, **more: Any) -> Answer:
    told = {"type": f"urn:kpum:problem:{kind}", "title": kind, "status": status, "detail": detail}
    headers = {"Content-Type": "application/problem+json", "X-Request-ID": "req-1"}
    return Answer(status, json.dumps(told | more).encode(), headers)


def zipped(answer: Answer) -> Answer:
    headers = answer.headers | {"Content-Encoding": "gzip"}
    return replace(answer, body=gzip.compress(answer.body), headers=headers)
