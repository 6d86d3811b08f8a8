"""What the client takes for an answer: whole, in order, under its own name, and nothing else."""

import json

import pytest

from kpum.client import GarbledAnswer
from tests.client.portal import Answer, id_of

ENTRY = {"status": "live", "sequence": 1, "id": id_of(0), "locale": "pl", "type": "page"}
GONE = ENTRY | {"status": "gone", "reason": "withdrawn"}
FACTS = {"next": 1, "more": False}


def odd(**facts):
    return FACTS | {"changes": [GONE | facts]}


ODD_PAGES = {
    "a list": "[]",
    "a text": '"x"',
    "empty": "",
    "behind the end": '{"next":0,"more":false,"changes":[]} x',
    "a comma": '{"next":0,"more":false,"changes":[],}',
    "NaN": '{"next":NaN,"more":false,"changes":[]}',
    "a number as a name": "{1: 2}",
    "endless": "[" * 200_000,
    "endless inside": '{"x":' + "[" * 200_000,
    "a huge number": '{"next":' + "9" * 5000 + "}",
    "no changes": FACTS,
    "no next": {"more": False, "changes": []},
    "next a text": {"next": "1", "more": False, "changes": []},
    "next true": {"next": True, "more": False, "changes": []},
    "next beyond": {"next": 2**63, "more": False, "changes": []},
    "more a number": {"next": 1, "more": 1, "changes": []},
    "round and round": {"next": 0, "more": True, "changes": []},
    "back": {"next": 0, "more": False, "changes": [GONE]},
    "another cursor": FACTS | {"after": 5, "changes": [GONE]},
    "another channel": FACTS | {"channel": "bip", "changes": [GONE]},
    "twice": FACTS | {"changes": [GONE, GONE]},
    "a change that is no object": FACTS | {"changes": [1]},
    "climbing id": odd(id="../../etc/passwd"),
    "short id": odd(id="abc"),
    "loud id": odd(id="ABCDEF01-0000-4000-8000-000000000000"),
    "id with an end": odd(id=id_of(0) + "\n"),
    "odd locale": odd(locale="../pl"),
    "odd type": odd(type="a b"),
    "no type": odd(type=None),
    "odd status": odd(status="maybe"),
    "no reason": odd(reason=""),
    "odd sequence": odd(sequence="1"),
    "sequence zero": odd(sequence=0),
    "odd successor": odd(successor={"id": "x", "locale": "pl"}),
    "no etag": FACTS | {"changes": [ENTRY | {"document": {"id": id_of(0)}}]},
    "other bytes": FACTS
    | {"changes": [ENTRY | {"etag": "0" * 64, "document": {**ENTRY, "title": "x"}}]},
    "other document": FACTS
    | {"changes": [ENTRY | {"etag": "0" * 64, "document": {"id": id_of(1)}}]},
    "document a list": FACTS | {"changes": [ENTRY | {"etag": "0" * 64, "document": []}]},
}


@pytest.mark.parametrize("page", ODD_PAGES.values(), ids=ODD_PAGES.keys())
def test_a_page_that_is_none_is_refused_and_asked_for_again(portal, client, page):
    text = page if isinstance(page, str) else json.dumps(page)
    portal.fault = lambda asked, answer: portal._whole(text)

    with pytest.raises(GarbledAnswer):
        client.page(0)

    assert len(portal.asked) == 3


def test_what_a_page_says_in_addition_is_passed_over(portal, client):
    told = FACTS | {"new": {"deep": [1]}, "changes": [GONE | {"later": 1, "successor": None}]}
    portal.fault = lambda asked, answer: portal._whole(json.dumps(told))

    page = client.page(0)

    assert (page.next, page.epoch, page.changes[0].reason) == (1, None, "withdrawn")


@pytest.mark.parametrize(
    "body", [b"", b"\n\n", b'{"next":1}\n', b"\xff\n", b'{"status":"x"}\n{"next":1,"more":false}\n']
)
def test_lines_that_are_no_feed_are_refused(portal, client, body):
    headers = {"Content-Type": "application/x-ndjson"}
    portal.fault = lambda asked, answer: Answer(200, body, headers)

    with pytest.raises(GarbledAnswer):
        client.page(0, ndjson=True)


def test_another_document_than_asked_for_is_refused(portal, client):
    portal.publish(0, "A")
    portal.publish(1, "B")
    other = portal._document(id_of(1), "pl")
    portal.fault = lambda asked, answer: other
    with pytest.raises(GarbledAnswer, match="another document"):
        client.document(id_of(0))

    portal.fault = lambda asked, answer: Answer(200, answer.body + b" ", answer.headers)
    with pytest.raises(GarbledAnswer, match="not those of its etag"):
        client.document(id_of(0))


@pytest.mark.parametrize(
    "told",
    [
        [],
        {"sequence": 1},
        {"types": [1], "sequence": 1, "count": 1, "channel": "public", "root": "0" * 64},
    ],
)
def test_a_manifest_that_is_none_is_refused(portal, client, told):
    portal.fault = lambda asked, answer: portal._json(told)

    with pytest.raises(GarbledAnswer):
        client.manifest()
