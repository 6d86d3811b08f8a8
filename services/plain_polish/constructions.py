"""Constructions that make a Polish text hard, whatever its words: found by their shape.

Ordinary Polish negation (``nikt nie``, ``nigdy nie``) is no double negation; only pairs that cancel
each other are looked for (``nie można nie``, ``nie jest niemożliwe``, ``nie bez``).
"""

import re
from collections.abc import Iterator

from services.plain_polish.findings import Finding, Kind
from services.plain_polish.words import sentences

#: The most words in a sentence.
LONGEST_SENTENCE = 25

_GAP = r"[^\S\r\n]+"
_IMPERSONAL = re.compile(r"(?<![\w-])\w{2,}(?:ano|ono|ęto|yto|ito|uto|arto)(?!\w)", re.IGNORECASE)
# Nouns, adverbs and names that only look so.
_LOOK_IMPERSONAL = (
    "czerwono fortepiano grono incognito jelito kolano kopyto koryto obfito piano"
    " pospolito rozmaito siano słono święto wiano wrono zielono"
)
_NOT_IMPERSONAL = frozenset(_LOOK_IMPERSONAL.split())
# What follows „zostać” and agrees with its form; one word may stand between, but no preposition.
_AGREEING = (
    ("ł|łby", "y"),
    ("ła|łaby", "a"),
    ("ło|ły|łoby|łyby", "e"),
    ("li|liby", "i"),
    ("nie|je", "[yae]"),
    ("ną|ją", "[ei]"),
    ("ć|wać", "[yaei]"),
)
_PREPOSITION = "bez|dla|do|na|nad|o|od|po|pod|przed|przez|przy|u|w|we|z|za|ze"
_PARTICIPLE = r"\w+(?:[aoe]n|[yiu]t|ęt|art)"
_BETWEEN = rf"(?:{_GAP}(?!(?:{_PREPOSITION}|nie)\b)\w+)?{_GAP}"
_PASSIVE = re.compile(
    r"(?<!\w)zosta(?:"
    + "|".join(f"(?:{form}){_BETWEEN}{_PARTICIPLE}{ending}" for form, ending in _AGREEING)
    + r")(?!\w)",
    re.IGNORECASE,
)
_NOUN = r"\w+(?:ani|eni|ęci|yci|uci|arci)(?:a|u|e|em)"
_CHAIN = re.compile(rf"(?<!\w){_NOUN}(?:{_GAP}{_NOUN}){{2,}}(?!\w)", re.IGNORECASE)
_DENIED = (
    "(?:aktualn|bezpieczn|dopuszczaln|dostępn|dozwolon|istotn|jasn|kompletn|konieczn|legaln|możliw"
    "|obecn|pełn|potrzebn|prawdziw|prawidłow|realn|skuteczn|słuszn|uzasadnion|ważn|właściw"
    "|wykluczon|wykonaln|wystarczając|zależn|zasadn|zgodn|znan|zrozumiał)"
)
_MODAL = (
    "(?:można|wolno|należy|sposób|powinn[oaye]|powin(?:ien|ni)|mo(?:że|gą|żesz|żna|gę|żemy)|da się)"
)
_IS = "(?:jest|są|był[aoy]?|będzie|będą)"
_DOUBLE = re.compile(
    rf"(?<!\w)nie{_GAP}(?:{_MODAL}{_GAP}nie{_GAP}\w+|{_IS}{_GAP}nie{_DENIED}\w*"
    rf"|bez{_GAP}(?:znaczenia|powodu|wpływu|racji|przyczyny|podstaw)"
    rf"|pozostaj[eą]{_GAP}bez{_GAP}wpływu)(?!\w)",
    re.IGNORECASE,
)


def find_constructions(text: str) -> tuple[Finding, ...]:
    """Return all constructions found in any text, in order of place. Never raises."""
    found = [*long_sentences(text), *impersonals(text)]
    for kind, shape in (
        (Kind.PASSIVE, _PASSIVE),
        (Kind.NOUN_CHAIN, _CHAIN),
        (Kind.DOUBLE_NEGATION, _DOUBLE),
    ):
        found += [_finding(kind, match) for match in shape.finditer(text)]
    return tuple(sorted(found, key=lambda one: (one.start, one.end)))


def long_sentences(text: str) -> Iterator[Finding]:
    """Yield the sentences of more than 25 words; the suggestion is their number of words."""
    for one in sentences(text):
        if (size := len(one.words)) > LONGEST_SENTENCE:
            found = text[one.start : one.end]
            yield Finding(Kind.LONG_SENTENCE, one.start, one.end, found, str(size))


def impersonals(text: str) -> Iterator[Finding]:
    """Yield the impersonal forms in -no and -to (``wydano``, ``przyjęto``)."""
    for match in _IMPERSONAL.finditer(text):
        if match.group().lower() not in _NOT_IMPERSONAL:
            yield _finding(Kind.IMPERSONAL, match)


def _finding(kind: Kind, match: re.Match[str]) -> Finding:
    return Finding(kind, match.start(), match.end(), match.group())
