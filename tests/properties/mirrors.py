"""Mirrors that follow over HTTP as badly as a network lets them, and never know more than it sent."""

import hashlib
import json

from kpum.channels import documents, queries
from kpum.pages.queries import public_pages


def compact(document):
    return json.dumps(document, ensure_ascii=False, separators=(",", ":"))


class Mirror:
    """A sister portal's copy of one channel: documents, graves, cursor, and what it was before."""

    def __init__(self, client, channel):
        self._client, self._channel = client, channel
        self._answers = {}
        self.forget()

    def forget(self):
        """Start again from nothing."""
        self.documents, self.graves, self.cursor, self.epoch = {}, {}, 0, None
        self.stored = []

    def fetch(self, limit):
        """Return the next page of changes, having looked at its form; it asks for no page that it has."""
        page = self._asked(limit)
        numbers = [change["sequence"] for change in page["changes"]]
        assert numbers == sorted(set(numbers))
        assert all(number > self.cursor for number in numbers)
        assert page["next"] == (numbers[-1] if numbers else self.cursor)
        assert len(numbers) <= limit
        return page

    def _asked(self, limit):
        address = f"/api/v1/channels/{self._channel}/changes"
        place = (self.cursor, limit)
        etag, held = self._answers.get(place, ("", None))
        query = {"after": self.cursor, "limit": limit}
        response = self._client.get(address, query, headers={"If-None-Match": etag} if etag else {})
        if response.status_code == 304:
            return held
        assert response.status_code == 200, response.content
        self._answers[place] = response.headers["ETag"], response.json()
        return response.json()

    def apply(self, page):
        if self.epoch not in {None, page["epoch"]}:
            self.forget()
            self.epoch = page["epoch"]
            return
        self.epoch = page["epoch"]
        for change in page["changes"]:
            key = (change["id"], change["locale"])
            self.documents.pop(key, None)
            self.graves.pop(key, None)
            if change["status"] == "live":
                document = change["document"]
                assert hashlib.sha256(compact(document).encode()).hexdigest() == change["etag"]
                self.documents[key] = document
            else:
                self.graves[key] = (change["reason"], change["successor"])
        self.cursor = page["next"]

    def store(self):
        """Keep the state as it is, as a backup."""
        self.stored.append((dict(self.documents), dict(self.graves), self.cursor, self.epoch))

    def restart(self, number):
        """Go back to an older stored state, whole."""
        if self.stored:
            held, graves, self.cursor, self.epoch = self.stored[number % len(self.stored)]
            self.documents, self.graves = dict(held), dict(graves)

    def step_back(self, number):
        """Keep the documents, but ask again from an older cursor."""
        if self.stored and self.stored[number % len(self.stored)][3] == self.epoch:
            self.cursor = self.stored[number % len(self.stored)][2]

    def catch_up(self, limit=100):
        more = True
        while more:
            page = self.fetch(limit)
            self.apply(page)
            more = page["more"] or self.cursor != page["next"]

    @property
    def state(self):
        return self.documents, self.graves


def truth(channel):
    """Return the bytes that building each public page anew would give (not independent of it)."""
    built = [documents.build_page(page.specific) for page in public_pages(channel)]
    return {(str(doc.document_id), doc.locale): json.loads(doc.body) for doc in built}


def without_units(held):
    return {key: document for key, document in held.items() if document["type"] != "unit"}


def catch_up(channel, mirror, cursor, limit=3):
    """Follow without HTTP, for machines that look after every step."""
    mirror = dict(mirror)
    more = True
    while more:
        page = queries.changes_after(channel, cursor, limit)
        for row in page.rows:
            key = (str(row.document_id), row.locale)
            if row.is_gone:
                mirror.pop(key, None)
            else:
                mirror[key] = json.loads(row.body)
        cursor, more = page.cursor, page.more
    return mirror, cursor
