"""Forms to download: plain OpenDocument texts that any office program and any screen reader opens."""

import io
import zipfile
from typing import Any
from xml.sax.saxutils import escape

from django.core.files.base import ContentFile
from wagtail.documents import get_document_model

from kpum.media.models import UnitCollection

_MIME = "application/vnd.oasis.opendocument.text"
_OFFICE = "urn:oasis:names:tc:opendocument:xmlns:"
_NAMESPACES = (
    f'xmlns:office="{_OFFICE}office:1.0" xmlns:text="{_OFFICE}text:1.0" '
    f'xmlns:meta="{_OFFICE}meta:1.0" xmlns:style="{_OFFICE}style:1.0" '
    f'xmlns:fo="{_OFFICE}xsl-fo-compatible:1.0" xmlns:dc="http://purl.org/dc/elements/1.1/" '
    'office:version="1.3"'
)
_XML = '<?xml version="1.0" encoding="UTF-8"?>\n'
_MANIFEST = f"{_OFFICE}manifest:1.0"
_BLANK = " ……………………………………………………………………"


def form_file(card: dict[str, Any], form: dict[str, str]) -> Any:
    """Store the form in the collection of the card's unit, and return the document."""
    row = UnitCollection.objects.get(unit__code=card["unit"])
    name = f"{form['number'].replace('/', '-').lower()}.odt"
    document = get_document_model()(
        title=f"{form['number']} {form['title']}",
        collection_id=row.collection_id,
        file=ContentFile(_written(card, form), name),
    )
    # Headings, a language and a title: made so that a screen reader gets through it.
    document.is_accessible = True
    document.save()
    return document


def _written(card: dict[str, Any], form: dict[str, str]) -> bytes:
    manifest = "".join(
        f'<manifest:file-entry manifest:full-path="{path}" manifest:media-type="{kind}"/>'
        for path, kind in (("/", _MIME), ("content.xml", "text/xml"), ("meta.xml", "text/xml"))
    )
    output = io.BytesIO()
    with zipfile.ZipFile(output, "w", zipfile.ZIP_DEFLATED) as package:
        # First, and not compressed: so that the type can be read off the file's first bytes.
        package.writestr(zipfile.ZipInfo("mimetype"), _MIME, zipfile.ZIP_STORED)
        package.writestr(
            "META-INF/manifest.xml",
            f'{_XML}<manifest:manifest xmlns:manifest="{_MANIFEST}" manifest:version="1.3">'
            f"{manifest}</manifest:manifest>",
        )
        package.writestr("meta.xml", _meta(form["title"]))
        package.writestr("content.xml", _content(card, form))
    return output.getvalue()


def _meta(title: str) -> str:
    return (
        f"{_XML}<office:document-meta {_NAMESPACES}><office:meta><dc:title>{escape(title)}"
        "</dc:title><dc:language>pl-PL</dc:language></office:meta></office:document-meta>"
    )


def _content(card: dict[str, Any], form: dict[str, str]) -> str:
    lines = [
        _heading(1, form["title"]),
        _paragraph(f"Formularz {form['number']}, wersja {form['version']}. Sprawa: {card['title']}."),
        _heading(2, "Kto składa"),
        *(_paragraph(f"{label}:{_BLANK}") for label in ("Imię i nazwisko albo nazwa", "Adres", "Telefon lub e-mail")),
        _heading(2, "O co prosisz"),
        *(_paragraph(_BLANK) for _line in range(4)),
        _heading(2, "Załączniki"),
        *(_paragraph(f"☐ {document['name']}") for document in card.get("documents", [])),
        _heading(2, "Podpis"),
        _paragraph(f"Miejscowość i data:{_BLANK}"),
        _paragraph(f"Podpis:{_BLANK}"),
    ]  # fmt: skip
    return (
        f"{_XML}<office:document-content {_NAMESPACES}><office:body><office:text>"
        f"{''.join(lines)}</office:text></office:body></office:document-content>"
    )


def _heading(level: int, text: str) -> str:
    return f'<text:h text:outline-level="{level}">{escape(text)}</text:h>'


def _paragraph(text: str) -> str:
    return f"<text:p>{escape(text)}</text:p>"
