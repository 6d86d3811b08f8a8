"""The pages of the sister portal, as strings of HTML."""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from string import Template
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

from kpum.client.media import media_of
from kpum.client.mirror import Stored
from kpum.client.records import Change, MediaFacts
from kpum.client.sister import fields, words
from kpum.client.sister.library import Entry, Shelf

ON_A_PAGE = 50
_RECENT = 8
_FRAME = Template("""<!doctype html>
<html lang="pl">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>$title – Portal siostrzany</title>
<link rel="stylesheet" href="/styl.css">
</head>
<body>
<a class="skip" href="#tresc">Przejdź do treści</a>
<header class="band">
<div class="inner">
<a class="brand" href="/">Portal siostrzany<small>pokaz: kopia kanału „$channel”</small></a>
<form class="search" action="/szukaj" role="search">
<label>Szukaj w tytułach<input type="search" name="q" value="$query" maxlength="200"></label>
<button>Szukaj</button>
</form>
</div>
<nav class="main inner" aria-label="Główna">$menu</nav>
</header>
<main id="tresc" class="inner">$main</main>
<footer><div class="inner">$footer</div></footer>
</body>
</html>
""")


@dataclass(frozen=True)
class Seen:
    """What a page is drawn from: the shelf, and what the visitor asked for."""

    shelf: Shelf
    path: str = "/"
    query: str = ""


def frame(seen: Seen, title: str, main: str) -> str:
    """Return a whole page around its main part."""
    state = seen.shelf.state
    return _FRAME.substitute(
        title=escape(title),
        channel=escape(state.url.rsplit("/", 1)[-1] if state else "?"),
        query=escape(seen.query),
        menu=_menu(seen),
        main=main,
        footer=_footer(seen.shelf),
    )


def _menu(seen: Seen) -> str:
    places = [("/", "Start")]
    places += [(f"/typ/{kind}", _plural(kind)) for kind in sorted(seen.shelf.types, key=_rank)]
    return "".join(
        f'<a href="{escape(path)}"{" aria-current=page" if path == seen.path else ""}>{escape(name)}</a>'
        for path, name in places
    )


def _rank(kind: str) -> tuple[int, str]:
    known = list(words.TYPES)
    return (known.index(kind) if kind in known else len(known), kind)


def _plural(kind: str) -> str:
    return words.TYPES.get(kind, kind)


def _footer(shelf: Shelf) -> str:
    state = shelf.state
    if state is None:
        return "<p>Kopia jest pusta: nikt jej jeszcze nie pobrał.</p>"
    url = escape(state.url)
    address = f'<a href="{url}/changes" rel="noopener">{url}</a>'
    kept = f"<p>Kopia kanału {address}, do zmiany nr {state.cursor}.</p>"
    return kept + _source(shelf) + f"<p>{_proof(state.proof)}</p>"


def _source(shelf: Shelf) -> str:
    """Return the note that re-users owe: source, time of production and of acquisition (L-7)."""
    acquired = fields.moment(shelf.newest) if shelf.newest else "jeszcze nic"
    return (
        "<p>Źródło: Krakowski Portal Usług Miejskich. Czas wytworzenia jest podany przy każdym"
        f" dokumencie. Ostatnie pozyskanie: {acquired}.</p>"
    )


def _proof(proof: dict[str, Any]) -> str:
    if not proof:
        return "Zgodności z podpisanym manifestem jeszcze nie sprawdzono."
    at = escape(fields.moment(float(proof.get("at", 0))))
    what = f"{escape(str(proof.get('count')))} dokumentów przy zmianie nr {escape(str(proof.get('sequence')))}"
    if proof.get("holds"):
        return (
            f'Ostatni dowód: {at} – <span class="good">kopia zgodna z manifestem</span> ({what}).'
        )
    return f'Ostatni dowód: {at} – <span class="bad">kopia różni się od manifestu</span> ({what}).'


def home(seen: Seen) -> str:
    """Return the first page: how much there is, what is new, and the units."""
    shelf = seen.shelf
    tiles = "".join(
        f'<li><a href="/typ/{escape(kind)}">{escape(_plural(kind))}'
        f"<span>{words.counted(count, 'dokument', 'dokumenty', 'dokumentów')}</span></a></li>"
        for kind, count in sorted(shelf.types.items(), key=lambda row: _rank(row[0]))
    )
    recent = sorted(shelf.entries, key=lambda entry: entry.changed, reverse=True)
    recent = [entry for entry in recent if entry.changed][:_RECENT]
    units = "".join(
        f'<li><a href="/jednostka/{unit.id}">{escape(unit.title)}</a></li>'
        for unit in shelf.units
        if shelf.owned_by(unit.id)
    )
    main = (
        "<h1>Sprawy miejskie z kopii kanału</h1><p>Te strony zbudowano tylko z danych, które portal miejski"
        " udostępnia innym serwisom. Nie są stroną urzędu.</p>"
        f'<ul class="tiles">{tiles}</ul>'
    )
    if recent:
        main += f"<h2>Ostatnio zmienione</h2>{_list(shelf, recent)}"
    if units:
        main += f'<h2>Jednostki, które mają dokumenty</h2><ul class="names">{units}</ul>'
    return frame(seen, "Start", main)


def listing(seen: Seen, kind: str, number: int) -> str | None:
    """Return a page of the documents of a type; None when there is none."""
    entries = [entry for entry in seen.shelf.entries if entry.type == kind]
    pages = max(1, -(-len(entries) // ON_A_PAGE))
    if not entries or not 1 <= number <= pages:
        return None
    shown = entries[(number - 1) * ON_A_PAGE : number * ON_A_PAGE]
    counted = words.counted(len(entries), "dokument", "dokumenty", "dokumentów")
    main = (
        f'<h1>{escape(_plural(kind))}</h1><p class="kicker">{counted}</p>{_list(seen.shelf, shown)}'
    )
    if pages > 1:
        main += _pages(f"/typ/{quote(kind)}", number, pages)
    return frame(seen, _plural(kind), main)


def _pages(path: str, number: int, pages: int) -> str:
    links = ""
    if number > 1:
        links += (
            f'<a href="{path}?{urlencode({"strona": number - 1})}" rel="prev">Poprzednia strona</a>'
        )
    if number < pages:
        links += (
            f'<a href="{path}?{urlencode({"strona": number + 1})}" rel="next">Następna strona</a>'
        )
    return f'<nav class="pages" aria-label="Strony listy"><span>Strona {number} z {pages}</span>{links}</nav>'


def results(seen: Seen) -> str:
    """Return what a search found."""
    found = seen.shelf.found(seen.query)
    told = words.counted(len(found), "dokument", "dokumenty", "dokumentów")
    main = f"<h1>Wyniki: {escape(seen.query) or 'nic nie wpisano'}</h1>"
    if found:
        main += f'<p class="kicker">{told}</p>{_list(seen.shelf, found[: 2 * ON_A_PAGE])}'
    elif seen.query:
        main += (
            "<p>Żaden tytuł nie ma wszystkich tych słów. Spróbuj krótszego słowa, bez końcówki.</p>"
        )
    else:
        main += "<p>Wpisz słowo z tytułu, na przykład „dowód”.</p>"
    return frame(seen, "Wyniki wyszukiwania", main)


def _list(shelf: Shelf, entries: Sequence[Entry]) -> str:
    names = {unit.id: unit.title for unit in shelf.units}
    rows = "".join(
        f'<li><a href="{entry.path}"{_language(entry.locale)}>{escape(entry.title)}</a>'
        f"<small>{' · '.join(_about(entry, names))}</small></li>"
        for entry in entries
    )
    return f'<ul class="list">{rows}</ul>'


def _about(entry: Entry, names: dict[str, str]) -> list[str]:
    said = [escape(words.TYPE.get(entry.type, entry.type))]
    if entry.unit in names:
        said.append(escape(names[entry.unit]))
    if entry.changed:
        said.append(f"zmieniono {escape(fields.moment(entry.changed))}")
    if entry.locale != "pl":
        said.append(f"język: {escape(entry.locale)}")
    return said


def _language(locale: str) -> str:
    return "" if locale == "pl" else f' lang="{escape(locale)}"'


def document(seen: Seen, stored: Stored, held: set[str]) -> str:
    """Return the page of a document, with every field; ``held`` are the hashes of the files at hand."""
    data = stored.data
    title = str(data.get("title") or data.get("name") or stored.id)
    kind = str(data.get("type") or "?")
    article = (
        f'<article class="document"{_language(stored.locale)}><p class="kicker" lang="pl">'
        f"{escape(words.TYPE.get(kind, kind))}</p><h1>{escape(title)}</h1>"
        f"{fields.sections(data)}{_files(media_of(data), held)}</article>"
    )
    if kind == "unit":
        article += _of_unit(seen.shelf, stored.id)
    side = _origin(seen.shelf, data, stored)
    return frame(seen, title, f'<div class="columns"><div>{article}</div>{side}</div>')


def _of_unit(shelf: Shelf, unit_id: str) -> str:
    owned = shelf.owned_by(unit_id)
    if not owned:
        return "<p>Ta jednostka nie ma w kanale swoich dokumentów.</p>"
    return f"<h2>Dokumenty jednostki</h2>{_list(shelf, owned)}"


def _files(files: list[MediaFacts], held: set[str]) -> str:
    if not files:
        return ""
    return f"<section><h2>Obrazy i pliki</h2>{''.join(_file(facts, held) for facts in files)}</section>"


def _file(facts: MediaFacts, held: set[str]) -> str:
    name, size = escape(facts.title or facts.id), f"{max(1, facts.size // 1024)} KB"
    about = f"{escape(facts.content_type)}, {size}"
    if facts.sha256 not in held:
        return f"<p>{name} ({about}) – plik nie jest skopiowany.</p>"
    address = f"/pliki/{facts.sha256}"
    if facts.content_type in IMAGES:
        picture = f'<img src="{address}" alt="{escape(facts.alt)}" loading="lazy">'
        return f"<figure>{picture}<figcaption>{name}</figcaption></figure>"
    return f'<p><a href="{address}">{name}</a> ({about})</p>'


IMAGES = frozenset({"image/png", "image/jpeg", "image/webp", "image/gif", "image/avif"})


def _origin(shelf: Shelf, data: dict[str, Any], stored: Stored) -> str:
    """Return the box of sources: where from, made when, acquired when (L-7)."""
    rows = [("Źródło", _link(str(data.get("url") or "")))]
    owner = data.get("owner_unit")
    if isinstance(owner, dict):
        unit = shelf.unit(str(owner.get("id")))
        code = escape(str(owner.get("code") or ""))
        named = (
            f'<a href="/jednostka/{unit.id}">{escape(unit.title)}</a> ({code})' if unit else code
        )
        rows.append(("Jednostka", named))
    for label, name in (("Wytworzono", "first_published_at"), ("Zmieniono", "last_published_at")):
        if data.get(name):
            rows.append((label, escape(fields.moment(str(data[name])))))
    rows.append(("Pozyskano", escape(fields.moment(float(stored.received_at)))))
    rows.append(("Numer dokumentu", f"{escape(stored.id)} ({escape(stored.locale)})"))
    listed = "".join(f"<div><dt>{label}</dt><dd>{value}</dd></div>" for label, value in rows)
    return f'<aside class="source" aria-labelledby="zrodlo"><h2 id="zrodlo">Źródło i czas</h2><dl>{listed}</dl></aside>'


def _link(url: str) -> str:
    named = "Krakowski Portal Usług Miejskich"
    if not url.startswith(("https://", "http://")):
        return named
    return f'{named}, <a href="{escape(url)}" rel="noopener">{escape(urlsplit(url).netloc)}</a>'


def gone(seen: Seen, grave: Change) -> str:
    """Return the page of a document that left: why, and where to go instead."""
    main = f"<h1>Tego dokumentu już nie ma</h1><p>{escape(words.REASONS.get(grave.reason, grave.reason))}</p>"
    if grave.successor:
        known = any(
            (entry.id, entry.locale) == (grave.successor.id, grave.successor.locale)
            for entry in seen.shelf.entries
        )
        here = f"/dokument/{grave.successor.id}/{grave.successor.locale}"
        address = here if known else grave.successor.url
        if address:
            main += (
                f'<p><a href="{escape(address)}">Przejdź do dokumentu, który go zastąpił</a></p>'
            )
    return frame(seen, "Tego dokumentu już nie ma", main)


def missing(seen: Seen) -> str:
    """Return the page for an address that leads nowhere."""
    main = '<h1>Nie ma takiej strony</h1><p>Poszukaj w tytułach albo <a href="/">zacznij od początku</a>.</p>'
    return frame(seen, "Nie ma takiej strony", main)


def out_of_order() -> str:
    """Return the page for a copy that cannot be read now."""
    main = "<h1>Kopii nie da się teraz odczytać</h1><p>Spróbuj za chwilę.</p>"
    return frame(Seen(Shelf(None)), "Przerwa", main)
