"""The reference client: a mirror that survives crashes, odd answers and a portal set back."""

import json
import subprocess
import sys

import httpx
import pytest

from kpum.client.errors import ChannelError
from kpum.client.follow import follow

URL = "http://portal.test/api/v1/channels/public"
IDS = [f"{number:08d}-0000-4000-8000-000000000000" for number in range(6)]


def live(sequence, document_id, title):
    document = {"id": document_id, "title": title}
    return {
        "status": "live",
        "sequence": sequence,
        "id": document_id,
        "locale": "pl",
        "document": document,
    }


def gone(sequence, document_id):
    return {
        "status": "gone",
        "sequence": sequence,
        "id": document_id,
        "locale": "pl",
        "reason": "withdrawn",
    }


class Portal(httpx.MockTransport):
    """A feed of given changes, two to a page."""

    def __init__(self, *changes):
        self.changes = list(changes)
        self.requests = 0
        self.fail_at = None
        super().__init__(self.answer)

    def answer(self, request):
        self.requests += 1
        if self.requests == self.fail_at:
            raise httpx.ConnectError("the network went away")
        after = int(request.url.params["after"])
        last = self.changes[-1]["sequence"] if self.changes else 0
        if after > last:
            return httpx.Response(409, json={"type": "urn:kpum:problem:cursor-ahead"})
        later = [c for c in self.changes if c["sequence"] > after]
        page, more = later[:2], len(later) > 2
        following = page[-1]["sequence"] if page else after
        return httpx.Response(200, json={"changes": page, "next": following, "more": more})


def titles(folder):
    files = (folder / "documents").glob("*.json")
    return sorted(json.loads(file.read_text(encoding="utf-8"))["title"] for file in files)


def test_a_mirror_is_up_to_date_after_each_run(tmp_path):
    portal = Portal(live(1, IDS[0], "A"), live(2, IDS[1], "B"), live(3, IDS[2], "C"))

    report = follow(URL, tmp_path, transport=portal)
    assert (report.stored, report.removed, report.cursor) == (3, 0, 3)
    assert titles(tmp_path) == ["A", "B", "C"]

    portal.changes += [gone(4, IDS[1]), live(5, IDS[0], "A poprawione")]
    follow(URL, tmp_path, transport=portal)
    assert titles(tmp_path) == ["A poprawione", "C"]


def test_nothing_new_is_one_request(tmp_path):
    portal = Portal(live(1, IDS[0], "A"))
    follow(URL, tmp_path, transport=portal)
    before = portal.requests

    report = follow(URL, tmp_path, transport=portal)

    assert (report.stored, portal.requests - before) == (0, 1)


@pytest.mark.parametrize("fail_at", [1, 2, 3])
def test_a_run_cut_off_anywhere_is_made_good_by_the_next(tmp_path, fail_at):
    portal = Portal(*(live(n + 1, IDS[n], str(n)) for n in range(6)))
    portal.fail_at = fail_at

    with pytest.raises(ChannelError):
        follow(URL, tmp_path, transport=portal)
    follow(URL, tmp_path, transport=portal)

    assert titles(tmp_path) == list("012345")


def test_a_portal_set_back_is_read_anew_and_nothing_stale_stays(tmp_path):
    follow(URL, tmp_path, transport=Portal(live(1, IDS[0], "A"), live(9, IDS[1], "B")))

    follow(URL, tmp_path, transport=Portal(live(1, IDS[0], "A"), live(2, IDS[2], "C")))

    assert titles(tmp_path) == ["A", "C"]


def test_a_folder_mirrors_one_channel_only(tmp_path):
    follow(URL, tmp_path, transport=Portal(live(1, IDS[0], "A")))

    with pytest.raises(ChannelError, match="mirrors"):
        follow(URL.replace("public", "bip"), tmp_path, transport=Portal())


@pytest.mark.parametrize("document_id", ["../../etc/passwd", "x/y", "..", "A" * 3])
def test_an_odd_document_id_is_refused(tmp_path, document_id):
    with pytest.raises(ChannelError, match="odd document id"):
        follow(URL, tmp_path, transport=Portal(live(1, document_id, "A")))


@pytest.mark.parametrize(
    "answer", [httpx.Response(401, json={}), httpx.Response(200, json={"x": 1})]
)
def test_an_answer_that_is_no_feed_is_an_error_with_words(tmp_path, answer):
    with pytest.raises(ChannelError):
        follow(URL, tmp_path, transport=httpx.MockTransport(lambda _request: answer))


def test_the_client_needs_neither_django_nor_anything_of_ours():
    script = (
        "import sys, kpum.client.follow;"
        "bad = [m for m in sys.modules if m.split('.')[0] in {'django', 'wagtail', 'services'}"
        " or (m.startswith('kpum.') and not m.startswith('kpum.client'))];"
        "sys.exit(repr(bad) if bad else 0)"
    )

    subprocess.run([sys.executable, "-c", script], check=True)
