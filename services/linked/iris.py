"""The names of things in linked data: they outlive moves, renamings and hosts (ADR 0016).

A card and a unit are named by the id of their document, which is never used again; parts of a card
by a fragment of that. Acts have their European Legislation Identifier. What only this portal has
(words of dictionaries, codes) is named in ``urn:kpum:``, as schemas and problems are.
"""

import re
from typing import Any
from urllib.parse import quote

_ELI = "https://eli.gov.pl/eli/"
#: Journals whose acts have an identifier in the Polish implementation of ELI.
_JOURNALS = ("DU/", "MP/")
#: What RFC 3987 keeps out of an IRI; an editor's address may hold it all the same.
_FORBIDDEN = re.compile(r"[\x00-\x20<>\"{}|\\^`\x7f]")
_WEB = re.compile(r"https?://[^/?#]+", re.IGNORECASE)


def of_document(document_id: Any) -> str:
    """Return the IRI of a card or a unit, in all its languages."""
    return f"urn:uuid:{document_id}"


def of_part(document_id: Any, locale: str, part: str) -> str:
    """Return the IRI of a part of a card; translations may lag behind, so each has its own parts."""
    return f"urn:uuid:{document_id}#{locale}-{part}"


def of_word(dictionary: str, slug: str) -> str:
    """Return the IRI of a word of a dictionary."""
    return f"urn:kpum:word:{dictionary}:{quote(slug, safe='')}"


def of_code(code_list: str, code: str) -> str:
    """Return the IRI of a code of the card's own lists, such as kinds of fees."""
    return f"urn:kpum:code:{code_list}:{quote(code, safe='')}"


def of_act(eli: str) -> str:
    """Return the IRI of an act: its ELI, or ours for an act of the city."""
    if eli.startswith(_JOURNALS):
        return _ELI + quote(eli)
    return f"urn:kpum:act:{quote(eli)}"


def of_address(url: str) -> str:
    """Return a web address as an IRI; empty when it is none."""
    if not _WEB.match(url):
        return ""
    return _FORBIDDEN.sub(lambda found: quote(found[0]), url)
