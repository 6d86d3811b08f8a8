"""The public surface: everything a visitor without an account can get, address by address.

Two surfaces that are equal tell the public the same, to the byte. An address that answers 404 is
not part of it: nothing is told there.
"""

import hashlib
import json
import re
from collections import deque
from collections.abc import Iterable, Iterator
from urllib.parse import quote, urldefrag, urljoin, urlsplit

from django.core.cache import caches
from django.test import Client
from wagtail.contrib.redirects.models import Redirect
from wagtail.documents import get_document_model
from wagtail.images import get_image_model
from wagtail.models import Page

from kpum.channels.actions import rebuild_marked
from kpum.channels.models import PublishedDocument
from kpum.pages.channel_rules import channel_codes, open_channel_codes

WORDS = ("zameldowanie", "usługi", "portal", "tajemnicza", "przejęta", "kopia", "sprawa")
FEED_PAGE = 500
_LINK = re.compile(r"""(?:href|src|srcset|action)="([^"#]+)""")
_LEFT_OUT = ("/static/", "/admin/")
Surface = dict[str, tuple[int, str]]


def public_surface() -> Surface:
    """Return address → (status, hash of what is answered) for all that is public now."""
    return {
        address: (status, hashlib.sha256(body).hexdigest())
        for address, (status, body) in public_bytes().items()
    }


def public_bytes(client: Client | None = None) -> dict[str, tuple[int, bytes]]:
    """Return address → (status, what is answered); a redirect answers its target.

    Args:
        client: who asks; somebody without an account, unless given.
    """
    for cache in caches.all(initialized_only=True):
        cache.clear()
    rebuild_marked()
    client = client or Client(raise_request_exception=False)
    answers: dict[str, tuple[int, bytes]] = {}
    waiting = deque(_known_addresses())
    seen = set(waiting)
    while waiting:
        address = waiting.popleft()
        response = client.get(address)
        body = b"".join(response) if response.streaming else response.content
        # Not response.close(): that tells Django the request is over, and it shuts the database.
        for release in response._resource_closers:
            release()
        if response.has_header("Location"):
            body = response["Location"].encode()
        if response.status_code == 404:
            continue
        answers[address] = (response.status_code, body)
        for link in _links(address, response, body):
            if link not in seen:
                seen.add(link)
                waiting.append(link)
    return dict(sorted(answers.items()))


def differences(before: Surface, after: Surface) -> list[str]:
    """Return the addresses that answer otherwise, with both statuses: a failure names them."""
    nothing = (404, "")
    return [
        f"{address}: {before.get(address, nothing)[0]} → {after.get(address, nothing)[0]}"
        for address in sorted(before.keys() | after.keys())
        if before.get(address) != after.get(address)
    ]


def _known_addresses() -> list[str]:
    return list(dict.fromkeys(["/", *_fixed(), *_of_pages(), *_of_channels(), *_of_files()]))


def _fixed() -> Iterator[str]:
    yield from ("/sitemap.xml", "/api/v1/openapi.json", "/api/v1/docs", "/api/v1/dcat")
    for word in WORDS:
        yield f"/szukaj/?q={quote(word)}"


def _of_pages() -> Iterator[str]:
    """Every page's address, public or not, and every address that somebody once redirected."""
    for page in Page.objects.order_by("path"):
        if page.depth > 1:
            yield _relative(page.get_url() or page.url_path)
    yield from Redirect.objects.order_by("pk").values_list("old_path", flat=True)


def _of_channels() -> Iterator[str]:
    for channel in sorted(channel_codes()):
        yield f"/api/v1/channels/{channel}/changes?limit={FEED_PAGE}"
        yield f"/api/v1/channels/{channel}/catalogue.jsonld"
        yield f"/api/v1/channels/{channel}/catalogue.ttl"
    rows = PublishedDocument.objects.filter(channel__in=open_channel_codes())
    for row in rows.order_by("channel", "document_id", "locale"):
        yield f"/api/v1/channels/{row.channel}/documents/{row.document_id}?locale={row.locale}"


def _of_files() -> Iterator[str]:
    for document in get_document_model().objects.order_by("pk"):
        yield _relative(document.url)
        yield _relative(document.file.url)
    for image in get_image_model().objects.order_by("pk"):
        yield _relative(image.file.url)
        for rendition in image.renditions.order_by("pk"):
            yield _relative(rendition.file.url)


def _links(address: str, response, body: bytes) -> Iterable[str]:
    if response.status_code in range(300, 400):
        return [_relative(urljoin(address, response["Location"]))]
    kind = response.get("Content-Type", "")
    if kind.startswith("text/html"):
        found = _LINK.findall(body.decode())
        return [link for url in found if (link := _local(address, url))]
    if "json" in kind and "/changes" in address:
        page = json.loads(body)
        return [_next_page(address, page["next"])] if page.get("more") else []
    return []


def _next_page(address: str, cursor: int) -> str:
    return f"{address.split('?', maxsplit=1)[0]}?limit={FEED_PAGE}&after={cursor}"


def _local(address: str, url: str) -> str | None:
    """Return the link as an address of the portal, or None when it leads elsewhere."""
    url = urldefrag(urljoin(f"http://testserver{address}", url.replace("&amp;", "&"))).url
    parts = urlsplit(url)
    if parts.scheme not in {"http", "https"} or parts.hostname != "testserver":
        return None
    # Turtle is made of the JSON-LD, which is read: it could tell nothing more, and takes its time.
    left_out = parts.path.startswith(_LEFT_OUT) or parts.query == "format=turtle"
    return None if left_out else _relative(url)


def _relative(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.path or '/'}?{parts.query}" if parts.query else parts.path or "/"
