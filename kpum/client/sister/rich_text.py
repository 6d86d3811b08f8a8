"""Rich text of documents for our own pages: the agreed tags pass, everything else is only its text."""

from html import escape
from html.parser import HTMLParser

_TAGS = {"p", "ul", "ol", "li", "b", "i", "a", "br"}
_SILENT = {"script", "style", "template", "iframe", "noscript", "title", "textarea", "svg", "math"}
_SCHEMES = ("https://", "http://", "mailto:", "tel:")


def clean(html: str) -> str:
    """Return HTML that holds nothing but the agreed tags, each closed."""
    cleaner = _Cleaner()
    cleaner.feed(html)
    cleaner.close()
    return cleaner.result()


class _Cleaner(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self._out: list[str] = []
        self._open: list[str] = []
        self._silent = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _SILENT:
            self._silent += 1
        if tag not in _TAGS or self._silent:
            return
        if tag == "br":
            self._out.append("<br>")
            return
        self._open.append(tag)
        self._out.append(f"<{tag}{_link(attrs) if tag == 'a' else ''}>")

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "br" and not self._silent:
            self._out.append("<br>")

    def handle_endtag(self, tag: str) -> None:
        if tag in _SILENT:
            self._silent = max(0, self._silent - 1)
        while tag in self._open:
            last = self._open.pop()
            self._out.append(f"</{last}>")
            if last == tag:
                return

    def handle_data(self, data: str) -> None:
        if not self._silent:
            self._out.append(escape(data))

    def result(self) -> str:
        return "".join(self._out) + "".join(f"</{tag}>" for tag in reversed(self._open))


def _link(attrs: list[tuple[str, str | None]]) -> str:
    target = next((value or "" for name, value in attrs if name == "href"), "").strip()
    if not target.lower().startswith(_SCHEMES):
        return ""
    return f' href="{escape(target)}" rel="noopener"'
