"""Syllables of Polish words, as written and in the base form.

A syllable is a vowel (a ą e ę i o ó u y) with these rules: an *i* before another vowel only softens
(``ciasto`` 2, ``radio`` 2), save after two consonants that open the word (``klient`` 2, ``trio`` 2);
*au* and *eu* of loan words are one (``auto`` 2, ``Europa`` 3), unless a prefix meets a root
(``nauka`` 3, ``zaufany`` 4, ``nieudany`` 4) or the word ends in -eum, -eusz (``muzeum`` 3).

The base form is not looked up: the package carries no lemmatiser, since a dictionary of Polish
forms would weigh more than the portal, and the index wants only a number. Instead the endings that
are longer than those of the base form are taken off by rule (``dokumentami`` → ``dokument`` 3,
``miejskiego`` → ``miejski`` 2, ``złożyliśmy`` → ``złożyć`` 2). The rules only shorten: a form that
is shorter than its base form (``przygotuj``) is taken as the reader meets it. A participle counts
as an adjective (``wymagany``), a noun made of a verb as a noun (``otrzymanie``).
"""

import re

_VOWELS = "aąeęioóuy"
_SOFTENING = re.compile(rf"i(?=[{_VOWELS}])")
_FULL_I = re.compile(rf"^[bcdfgkpt][rl]i(?=[{_VOWELS}])")
_HIATUS = re.compile(r"[nz]a(?=u[cdfkłmpsw])|(?:ni|prz)e(?=u)|e(?=um$|um[aio]|usz)")
_DIPHTHONG = re.compile(r"[ae]u")
_VOWEL = re.compile(rf"[{_VOWELS}]")

# Stems of masculine nouns of three syllables and more: their base form has no ending at all.
_MASCULINE = (
    "(?:[ae]n[tc]|ment|arz|erz|nik|tor|torz|[sz]or|iusz|[aeiu]kt|[aiy]ciel|acz|at|izm|yzm"
    "|log|graf|gram|metr|fon|net|uter|[nż]i?er|amin|orys|opis|kuł|ział|riał|iwal|obywatel|instytut"
    "|opiekun|protokoł|samochod|światłowod|wodociąg|gazociąg|samorząd|alkohol|autobus|pawilon"
    "|termin|listopad|interfejs|manifest)"
)
#: What the ending of a form has in excess of the base form: ending, syllables too many.
#: The first that fits decides.
_SURPLUS = tuple(
    (re.compile(ending + "$"), surplus)
    for ending, surplus in (
        (rf"{_MASCULINE}i?(?:ami|owi|owie)", 2),
        (rf"{_MASCULINE}(?:i?em|i?e|a|u|y|i|ów|om|ach)", 1),
        (r"(?:[ae]n|a|ek)ci|[wtd]nicy|ocnicy", 1),
        (r"ościami", 2),
        (r"ości(?:ą|om|ach)?", 1),
        (r"ejsz(?:ego|emu|ymi)", 2),
        (r"ejsz(?:y|a|e|ą|ej|ym|ych)", 1),
        (r"(?:li|ły)śmy|[łl](?:a|o|i|y)by[mś]?|(?:li|ły)ście", 2),
        (r"[aiyęe](?:ł[aoy]|li)|ł(?:em|am|eś|aś)|łby[mś]?", 1),
        (r"ami", 1),
        (r"owi", 2),
        (rf"[^{_VOWELS}][kc]ów", 0),
        (r"ów", 1),
        (r"(?:ego|emu|[yi]mi)", 1),
        (r"(?:[aeiy]my|ujecie)", 1),
        (r"(?:[ae]ją|ając|ano|ono)", 1),
        (rf"[{_VOWELS}]kiem", 1),
    )
)
_SUPERLATIVE = re.compile(r"^naj(?!e?m).*(?:sz(?:y|a|e|ą|ego|ej|emu|ym|ych|ymi)|[eż]ej)$")


def syllables(word: str) -> int:
    """Return the number of syllables of one word, 0 for none (``w``, ``14``). Never raises."""
    text = word.lower()
    text = _FULL_I.sub(lambda found: found.group()[:-1] + "y", text)
    text = _HIATUS.sub(lambda found: found.group()[:-1] + "o", text)
    text = _SOFTENING.sub("", text)
    return len(_VOWEL.findall(_DIPHTHONG.sub("a", text)))


def base_syllables(word: str) -> int:
    """Return the syllables of the base form as the rules restore it, never more than written."""
    text = word.lower()
    count = syllables(text)
    surplus = next((extra for ending, extra in _SURPLUS if ending.search(text)), 0)
    if _SUPERLATIVE.match(text):
        surplus += 1
    return max(count - surplus, min(count, 1))
