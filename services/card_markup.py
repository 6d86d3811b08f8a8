"""Running text in a card's row: the few elements that the editor makes, or plain paragraphs."""

import re
from html import escape
from html.parser import HTMLParser

from django.utils.translation import gettext as _

from kpum.org.export_cells import BadCell
from services.card_cells import Kind, composed, kept_text, read_text, shown

_ELEMENTS = frozenset({"p", "b", "strong", "i", "em", "ul", "ol", "li", "a", "br"})
_EMPTY_ELEMENTS = frozenset({"br"})
_ADDRESS = re.compile(r"(?:https?://|mailto:|tel:|#)[^\s<>\"]+", re.IGNORECASE)
_KEY = re.compile(r"\d{1,18}", re.ASCII)
_LINKED = frozenset({"page", "document"})
#: The editor's own marks on paragraphs; they say nothing.
_MARKS = re.compile(r' data-block-key="[^"]*"')


class _Judge(HTMLParser):
    """Reads running text once, refuses what the editor could not have made, and writes it anew.

    What was understood is what is stored: a browser can find nothing else in it.
    """

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[str] = []
        self.elements = 0
        self.links: set[tuple[str, int]] = set()
        self.written: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements += 1
        if tag not in _ELEMENTS:
            raise BadCell(
                _("The element <%(tag)s> has no place in running text.") % {"tag": shown(tag)}
            )
        given = {name: value or "" for name, value in attrs}
        if tag == "a":
            self._judge_link(given, doubled=len(given) != len(attrs))
        elif given:
            raise BadCell(_("The element <%(tag)s> has attributes: leave them out.") % {"tag": tag})
        told = "".join(f' {name}="{escape(value)}"' for name, value in given.items())
        if tag in _EMPTY_ELEMENTS:
            self.written.append(f"<{tag}/>")
        else:
            self.open.append(tag)
            self.written.append(f"<{tag}{told}>")

    def _judge_link(self, given: dict[str, str], *, doubled: bool) -> None:
        if given.keys() == {"href"} and not doubled and _ADDRESS.fullmatch(given["href"]):
            return
        inner = given.keys() == {"linktype", "id"} and given["linktype"] in _LINKED
        if doubled or not (inner and _KEY.fullmatch(given["id"])):
            raise BadCell(_("A link leads nowhere: give it an address that begins with https://."))
        self.links.add((given["linktype"], int(given["id"])))

    def handle_endtag(self, tag: str) -> None:
        if tag in _EMPTY_ELEMENTS:
            return
        if not self.open or self.open.pop() != tag:
            raise BadCell(
                _("The element <%(tag)s> is closed where it is not open.") % {"tag": shown(tag)}
            )
        self.written.append(f"</{tag}>")

    def handle_data(self, data: str) -> None:
        self.written.append(escape(data, quote=False))

    def handle_comment(self, data: str) -> None:
        raise BadCell(_("Running text holds no comments and no declarations."))

    def handle_decl(self, decl: str) -> None:
        self.handle_comment(decl)

    def handle_pi(self, data: str) -> None:
        self.handle_comment(data)

    def unknown_decl(self, data: str) -> None:
        self.handle_comment(data)


def _judged(text: str) -> _Judge:
    judge = _Judge()
    judge.feed(text)
    judge.close()
    if judge.open:
        raise BadCell(_("The element <%(tag)s> is not closed.") % {"tag": judge.open[-1]})
    return judge


def links_in(text: str) -> set[tuple[str, int]]:
    """Return the (kind, key) of the pages and files that running text links.

    Raises:
        BadCell: an element or a link that the editor could not have made.
    """
    return _judged(text).links


def _settle(text: str) -> str:
    """Return running text as it is stored; text without any element becomes paragraphs.

    Raises:
        BadCell: as ``links_in``.
    """
    judge = _judged(text)
    if judge.elements:
        return composed("".join(judge.written))
    parts = (part.strip() for part in re.split(r"\n{2,}", text))
    return "".join(f"<p>{escape(part, quote=False)}</p>" for part in parts if part)


def _kept(value: object) -> str:
    return kept_text(_MARKS.sub("", "" if value is None else str(value)))


def _read(raw: object) -> str:
    return read_text(_MARKS.sub("", raw) if isinstance(raw, str) else raw)


RUNNING_TEXT = Kind(_read, _kept, _settle)
