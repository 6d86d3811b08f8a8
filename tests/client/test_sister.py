"""The sister portal: everything of a document is readable, nothing of it is markup of its own."""

import json
from html.parser import HTMLParser
from urllib.parse import quote
from wsgiref.util import setup_testing_defaults

import httpx
import pytest

from kpum.client import ChannelError, follow, open_mirror
from kpum.client.channel import ChannelClient
from kpum.client.media import MediaFolder, fetch_media
from kpum.client.mirror import State
from kpum.client.proof import verify
from kpum.client.sister import words
from kpum.client.sister.fields import duration, moment
from kpum.client.sister.rich_text import clean
from kpum.client.sister.server import SisterPortal, serving
from tests.client.portal import URL, id_of

CARD = {
    "type": "service_card",
    "url": "http://portal.test/karty/dowod/",
    "owner_unit": {"id": id_of(2), "code": "SA"},
    "first_published_at": "2026-03-01T09:00:00Z",
    "last_published_at": "2026-07-02T10:30:00Z",
    "code": "SA-14",
    "summary": "Streszczenie & <skrót>",
    "audiences": ["residents", "kosmici"],
    "documents": [
        {"name": "Wniosek", "mandatory": True, "form": "original", "note": "Na druku"},
        {"name": "Zdjęcie", "mandatory": False, "form": "hologram", "note": ""},
    ],
    "fees": [{"amount": "17.00", "currency": "PLN", "kind": "stamp_duty", "description": "Opłata"}],
    "processing_duration": "P1Y2M3W30D",
    "appeal": {"possible": True, "authority": "SKO", "days": 14, "text": "Pisz\ndo nas"},
    "categories": [{"slug": "dowody", "name": "Dowody i paszporty"}],
    "keywords": [],
    "body": [
        {"kind": "heading", "title": "Jak to zrobić", "html": "", "items": []},
        {"kind": "paragraph", "title": "", "html": "<p>Zwykły <b>tekst</b></p>", "items": []},
        {
            "kind": "steps",
            "title": "",
            "html": "",
            "items": [{"kind": "steps", "title": "Krok", "html": "<p>Treść kroku</p>"}],
        },
        {"kind": "notice", "title": "Uwaga!", "html": "<p>Zabierz długopis</p>"},
        {"kind": "film", "title": "Nowy rodzaj", "html": "", "address": "https://film.test/1"},
    ],
    "future_field": {"deep": [{"deeper": ["Całkiem nowe"]}]},
}
EVIL = "<script>alert(1)</script>\"'><img src=x onerror=alert(1)>"


class Text(HTMLParser):
    """The words, tags and attributes of a page."""

    def __init__(self, html):
        super().__init__()
        self.words, self.tags, self.attributes = [], [], []
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.attributes += attrs

    def handle_data(self, data):
        self.words.append(data)

    def __str__(self):
        return " ".join(" ".join(self.words).split())


@pytest.fixture
def shown(portal, manners, tmp_path):
    """Follow, and return a function that asks the sister portal for a path."""
    target = str(tmp_path / "copy")
    media = MediaFolder(tmp_path / "files")

    def ask(path, method="GET", *, fresh=True):
        if fresh:
            follow(URL, target, manners=manners, transport=portal.transport)
        path, _mark, query = path.partition("?")
        environ = {"REQUEST_METHOD": method, "PATH_INFO": path, "QUERY_STRING": query}
        setup_testing_defaults(environ)
        told = {}

        def start(status, headers):
            told.update(status=int(status[:3]), headers=dict(headers))

        body = b"".join(SisterPortal(target, media)(environ, start))
        content = body if told["headers"]["Content-Type"].startswith("image") else body.decode()
        return told["status"], content, told["headers"]

    ask.target, ask.media = target, media
    return ask


def publish_city(portal):
    portal.publish(0, "Dowód osobisty", **CARD)
    portal.publish(1, "Żłobek i łąka", type="page", lead="O żłobku")
    portal.publish(
        2, "", type="unit", name="Wydział Spraw Administracyjnych", code="SA", email="sa@um.test"
    )
    portal.publish(3, "ID card", type="page", locale="en", lead="About")


def leaves(value):
    if isinstance(value, dict):
        return [leaf for inner in value.values() for leaf in leaves(inner)]
    if isinstance(value, list):
        return [leaf for inner in value for leaf in leaves(inner)]
    return [value]


def test_every_field_of_a_card_is_readable(portal, shown):
    publish_city(portal)

    status, html, _headers = shown(f"/dokument/{id_of(0)}/pl")
    text = str(Text(html))

    assert status == 200
    as_words = {
        "service_card": "Karta usługi",
        "residents": "mieszkańcy",
        "original": "oryginał",
        "stamp_duty": "opłata skarbowa",
        "P1Y2M3W30D": "1 rok, 2 miesiące, 3 tygodnie, 30 dni",
        "2026-03-01T09:00:00Z": "1 marca 2026, 10.00",
        "2026-07-02T10:30:00Z": "2 lipca 2026, 12.30",
        "http://portal.test/karty/dowod/": "portal.test",
        "Pisz\ndo nas": "Pisz do nas",
        True: "tak",
        False: "nie",
        id_of(2): "Wydział Spraw Administracyjnych",
    }
    kinds = {"heading", "paragraph", "steps", "notice", "film", ""}
    for leaf in leaves(CARD):
        if leaf in kinds:
            continue
        said = as_words.get(leaf, str(leaf))
        assert str(Text(said) if said.startswith("<p>") else said) in text, leaf
    for label in ("Opłaty", "Odwołanie", "Potrzebne dokumenty", "Źródło i czas", "Pozyskano"):
        assert label in text


def test_nothing_in_a_document_becomes_markup(portal, shown):
    publish_city(portal)
    for number, kind in ((4, "service_card"), (5, "page"), (6, "unit"), (7, "page")):
        fields = dict.fromkeys(("summary", "lead", "name", "email", "code", "future"), EVIL)
        fields |= {
            "type": kind,
            "url": "javascript:alert(1)",
            "owner_unit": {"id": EVIL, "code": EVIL},
            "body": [
                {"kind": "paragraph", "title": EVIL, "html": EVIL},
                {"kind": EVIL, EVIL: EVIL},
            ],
            "keywords": [EVIL],
            "first_published_at": EVIL,
            "last_published_at": EVIL,
            "media": [portal.add_file(number, b"x") | {"title": EVIL, "alt": EVIL}],
        }
        portal.publish(number, EVIL, **fields)
    plain = Text(shown(f"/dokument/{id_of(1)}/pl")[1])

    paths = [f"/dokument/{id_of(number)}/pl" for number in (4, 5, 6, 7)]
    paths += ["/", "/typ/page", f"/jednostka/{id_of(6)}", f"/szukaj?q={quote(EVIL)}"]
    for path in paths:
        page = Text(shown(path, fresh=False)[1])
        assert "script" not in page.tags
        assert "img" not in page.tags
        names = {name for name, _value in page.attributes}
        assert not {name for name in names if name.startswith("on")} | names & {"style", "src"}
        links = [value for name, value in page.attributes if name in {"href", "action"}]
        assert all(link.startswith(("/", "#", "http://", "https://", "mailto:")) for link in links)
        assert page.tags.count("main") == plain.tags.count("main") == 1


def test_each_page_says_its_source_and_how_true_the_copy_is(portal, shown, manners):
    publish_city(portal)
    before = str(Text(shown("/")[1]))
    assert "jeszcze nie sprawdzono" in before

    with (
        ChannelClient(URL, manners=manners, transport=portal.transport) as client,
        open_mirror(shown.target).lock(),
    ):
        mirror = open_mirror(shown.target)
        verify(mirror, client)
        for path in ("/", "/typ/page", f"/jednostka/{id_of(2)}", "/szukaj?q=x", "/nic"):
            text = str(Text(shown(path, fresh=False)[1]))
            assert "Źródło: Krakowski Portal Usług Miejskich" in text
            assert "Ostatnie pozyskanie: " in text
            assert f"Kopia kanału {URL} , do zmiany nr 4" in text
            assert "kopia zgodna z manifestem" in text

        mirror.forget([(id_of(0), "pl")])
        verify(mirror, client)
    assert "kopia różni się od manifestu" in str(Text(shown("/", fresh=False)[1]))


def test_titles_are_searched_with_and_without_polish_letters(portal, shown):
    publish_city(portal)

    for asked, found in (("zlobek LAKA", True), ("żłobek", True), ("zlobek dowod", False)):
        text = str(Text(shown(f"/szukaj?q={quote(asked)}")[1]))
        assert ("Żłobek i łąka" in text) is found, asked
    assert "nic nie wpisano" in shown("/szukaj")[1]
    assert "Żaden tytuł" in shown("/szukaj?q=smok")[1]


def test_lists_come_in_pages_and_units_show_what_is_theirs(portal, shown):
    portal.page = 200
    publish_city(portal)
    for number in range(100, 160):
        portal.publish(number, f"Strona {number}", type="page")

    first, second = (Text(shown(f"/typ/page?strona={n}")[1]) for n in (1, 2))
    assert first.tags.count("li") + second.tags.count("li") == 62
    assert "Strona 1 z 2" in str(first)
    assert "Poprzednia strona" in str(second)
    assert 'lang="en"' in shown("/typ/page")[1] + shown("/typ/page?strona=2")[1]
    unit = str(Text(shown(f"/jednostka/{id_of(2)}")[1]))
    assert "Dowód osobisty" in unit
    assert "sa@um.test" in unit


@pytest.mark.parametrize(
    "path",
    [
        "/nic",
        "/typ/nic",
        "/typ/page?strona=3",
        "/typ/page?strona=0",
        "/typ/page?strona=²",
        "/typ/page?strona=" + "9" * 50,
        f"/jednostka/{id_of(0)}",
        f"/dokument/{id_of(9)}/pl",
        "/dokument/../../etc/passwd",
        "/dokument/%2e%2e/x",
        "/dokument/..%2f..%2fcursor/pl",
        "/dokument/\x00/pl",
        "/pliki/" + "0" * 64,
        "/pliki/../../cursor.json",
        "/\xff\xfe",
        "/?" + "&".join(f"a{n}=1" for n in range(50)),
    ],
)
def test_an_odd_address_is_a_page_for_people(portal, shown, path):
    publish_city(portal)

    status, html, headers = shown(path)

    assert status == (200 if path.startswith("/?") else 404)
    assert '<html lang="pl">' in html
    assert "script" not in headers["Content-Security-Policy"]
    assert headers["X-Content-Type-Options"] == "nosniff"


def test_a_document_that_left_says_why_and_leads_on(portal, shown):
    publish_city(portal)
    portal.remove(0, successor=1)
    portal.remove(3, locale="en", successor=9)

    status, html, _headers = shown(f"/dokument/{id_of(0)}/pl")
    other = shown(f"/dokument/{id_of(3)}/en")[1]

    assert status == 410
    assert "Redakcja wycofała" in html
    assert f'href="/dokument/{id_of(1)}/pl"' in html
    assert 'href="http://portal.test/dalej/"' in other


def test_only_files_that_documents_use_are_given_and_only_pictures_as_pictures(
    portal, shown, manners
):
    picture = portal.add_file(20, b"\x89PNG picture")
    page = portal.add_file(21, b"<script>alert(1)</script>") | {"content_type": "text/html"}
    later = portal.add_file(22, b"not fetched")
    portal.publish(0, "Z plikami", type="page", media=[picture, page, later, {"id": "odd"}])
    del portal.files[id_of(22)]
    shown("/")
    with ChannelClient(URL, manners=manners, transport=portal.transport) as client:
        fetch_media(client, open_mirror(shown.target), shown.media)

    status, content, headers = shown(f"/pliki/{picture['sha256']}")
    assert (status, content, headers["Content-Type"]) == (200, b"\x89PNG picture", "image/png")
    _status, _content, headers = shown(f"/pliki/{page['sha256']}")
    assert headers["Content-Type"] == "application/octet-stream"
    assert headers["Content-Disposition"] == "attachment"
    html = shown(f"/dokument/{id_of(0)}/pl")[1]
    assert f'<img src="/pliki/{picture["sha256"]}" alt="Rynek"' in html
    assert "plik nie jest skopiowany" in html
    assert shown(f"/pliki/{later['sha256']}")[0] == 404


def test_the_pages_are_only_read(portal, shown):
    publish_city(portal)

    assert shown("/", "POST")[0] == 405
    status, body, headers = shown("/", "HEAD")
    assert (status, body) == (200, "")
    assert int(headers["Content-Length"]) > 1000
    assert shown("/styl.css")[2]["Content-Type"].startswith("text/css")


def test_an_empty_copy_and_one_that_cannot_be_read_are_said(portal, shown, tmp_path):
    assert "Kopia jest pusta" in shown("/", fresh=False)[1]

    (tmp_path / "copy" / "cursor.json").write_text("?", encoding="utf-8")
    status, html, _headers = shown("/", fresh=False)
    assert (status, "nie da się teraz odczytać" in html) == (503, True)


def test_half_a_letter_and_endless_nesting_are_shown_as_well_as_can_be(portal, shown):
    portal.publish(0, "x", type="page", lead="y")
    mirror = open_mirror(shown.target)
    deep = json.loads("[" * 60 + '"dno"' + "]" * 60)
    data = {"type": "page", "title": "\ud83d", "deep": deep, "body": ["text", {"items": [{}]}]}
    file = mirror.folder / "documents" / f"{id_of(7)}.pl.json"
    file.write_text(json.dumps(data), encoding="utf-8")
    mirror.apply([], State(url=URL, cursor=0))

    status, html, _headers = shown(f"/dokument/{id_of(7)}/pl", fresh=False)

    assert status == 200
    assert "dno" in html


@pytest.mark.parametrize(
    ("given", "left"),
    [
        ("<p>a<br/>b</p>", "<p>a<br>b</p>"),
        ("<p>a<script>x<b>y</script>z", "<p>az</p>"),
        ("<ul><li>a<li>b</ul>c", "<ul><li>a<li>b</li></li></ul>c"),
        ("</p></b>a & b &lt;i&gt;", "a &amp; b &lt;i&gt;"),
        (
            '<a href="https://x.test/?a=1&b=2" onclick="x" style="y">z</a>',
            '<a href="https://x.test/?a=1&amp;b=2" rel="noopener">z</a>',
        ),
        ('<a href="JavaScript:alert(1)">z</a>', "<a>z</a>"),
        ('<a href=" java\nscript:x">z</a>', "<a>z</a>"),
        ("<a href>z</a>", "<a>z</a>"),
        ("<img src=x onerror=y><iframe src=z></iframe>t", "t"),
        ("<svg/onload=x>t</svg>u", "u"),
        ("<!-- c --><h1 class=x>t</h1>", "t"),
        ("<b><i>t</b>u", "<b><i>t</i></b>u"),
    ],
)
def test_rich_text_keeps_the_agreed_tags_only(given, left):
    assert clean(given) == left


def test_durations_moments_and_numbers_are_said_in_polish():
    assert duration("P5D") == "5 dni"
    assert duration("PT5H") == "PT5H"
    assert moment("2026-01-31") == "31 stycznia 2026, 00.00"
    assert moment("jutro") == "jutro"
    assert moment(1e20) == "1e+20"
    for number, form in ((1, "a"), (2, "b"), (12, "c"), (22, "b"), (5, "c"), (0, "c")):
        assert words.counted(number, "a", "b", "c") == f"{number} {form}"


def test_it_is_served_on_a_port_and_a_taken_port_is_said(portal, shown):
    publish_city(portal)
    shown("/")
    said = []

    with serving(
        target=shown.target, media=None, host="127.0.0.1", port=0, say=said.append
    ) as port:
        answer = httpx.get(f"http://127.0.0.1:{port}/typ/page")
        with (
            pytest.raises(ChannelError, match="cannot be had"),
            serving(target=shown.target, media=None, host="127.0.0.1", port=port, say=said.append),
        ):
            pass

    assert answer.status_code == 200
    assert said == [f"The copy is shown at http://127.0.0.1:{port}/"]
