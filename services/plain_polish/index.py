"""The readability index of a Polish text: FOG-PL, with Pisarek's index beside it.

FOG-PL = 0.4 × (words / sentences + 100 × hard words / words): Robert Gunning's fog index
(*The Technique of Clear Writing*, 1952) with four syllables in the place of three, as Seretny
and the authors of the application FOG-PL (Logios: Miodek, Maziarz, Piekot, Poprawa, Zarzeczny)
adapted it. It is THE index of this portal, because its unit means something to an editor: the years
of school a reader needs. The bands below are those published with it.

Pisarek's index = ½ × √(Ts² + Tw²), Ts the mean length of a sentence in words, Tw the percentage
of hard words (Walery Pisarek 1969, printed again in 2007; the non-linear form, as later programs
give it). Charzyńska and Dębowski (2015) tried his formula on 1,309 readers and found it fairly
true; Broda, Nitoń, Gruszczyński and Ogrodniczuk (LREC 2014) found that it goes closely with FOG. So
it stands here as evidence only. Jasnopis.pl, whose scale has seven classes, is made of more
than these two figures and is not imitated.

A word is hard when its base form has four syllables or more (``syllables`` says how that is told),
unless it is a figure, an acronym, a name (a capital inside a sentence: Gunning's own exception) or a
compound with a hyphen whose parts are all short.
"""

from dataclasses import dataclass
from enum import StrEnum
from math import hypot

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from services.plain_polish.syllables import base_syllables, syllables
from services.plain_polish.words import Sentence, Word, sentences

HARD_SYLLABLES = 4
#: A service card should stay below: the bands “simple” and “very simple”.
TARGET = 10.0
#: From here on, where “fairly hard” begins, the editor is warned; nothing is ever refused for it.
WARNING = 13.0
#: With fewer words the figure says little.
ENOUGH_WORDS = 100
_LONGEST_ACRONYM = 6


class Level(StrEnum):
    """The published bands of FOG-PL."""

    VERY_SIMPLE = "very_simple"
    SIMPLE = "simple"
    FAIRLY_SIMPLE = "fairly_simple"
    FAIRLY_HARD = "fairly_hard"
    HARD = "hard"
    VERY_HARD = "very_hard"


# The first band whose end the index does not reach is the text's.
_BANDS = (
    (7.0, Level.VERY_SIMPLE),
    (TARGET, Level.SIMPLE),
    (WARNING, Level.FAIRLY_SIMPLE),
    (16.0, Level.FAIRLY_HARD),
    (18.0, Level.HARD),
)
_SAYINGS: dict[Level, Promise] = {
    Level.VERY_SIMPLE: _("Very simple: clear to a pupil of primary school."),
    Level.SIMPLE: _("Simple: clear to whoever finished primary school."),
    Level.FAIRLY_SIMPLE: _("Fairly simple: clear to whoever went to a secondary school."),
    Level.FAIRLY_HARD: _("Fairly hard: clear to a student."),
    Level.HARD: _("Hard: clear to a graduate."),
    Level.VERY_HARD: _("Very hard: a graduate reads it twice."),
}
_ADVICE_WARNING = _("Divide long sentences, put short words for long ones: aim below 10.")
_ADVICE_TARGET = _("Good enough. Shorter sentences would bring it to the target: below 10.")
_ADVICE_NONE = _("Nothing to mend.")
_ADVICE_SHORT = _("The text is short: the figure says little below 100 words.")


@dataclass(frozen=True, slots=True)
class Readability:
    """The counts of a text, and what follows from them; a text without words has zeros."""

    sentences: int
    words: int
    hard: tuple[Word, ...]

    @property
    def hard_words(self) -> int:
        """Return how many words are hard, each as often as it stands."""
        return len(self.hard)

    @property
    def sentence_length(self) -> float:
        """Return the mean length of a sentence in words (Ts)."""
        return self.words / self.sentences if self.sentences else 0.0

    @property
    def hard_share(self) -> float:
        """Return the percentage of hard words (Tw)."""
        return 100 * self.hard_words / self.words if self.words else 0.0

    @property
    def fog(self) -> float:
        """Return FOG-PL, the index: years of school needed."""
        return 0.4 * (self.sentence_length + self.hard_share)

    @property
    def pisarek(self) -> float:
        """Return Pisarek's index, as evidence."""
        return hypot(self.sentence_length, self.hard_share) / 2

    @property
    def level(self) -> Level:
        """Return the band of the index."""
        return next((level for end, level in _BANDS if self.fog < end), Level.VERY_HARD)

    @property
    def is_enough(self) -> bool:
        """Return whether the text is long enough for the figure to say much."""
        return self.words >= ENOUGH_WORDS

    @property
    def is_warning(self) -> bool:
        """Return whether the editor should be warned: never a ground to refuse."""
        return self.is_enough and self.fog >= WARNING

    @property
    def saying(self) -> Promise:
        """Return the band in words for the editor."""
        return _SAYINGS[self.level]

    @property
    def advice(self) -> Promise:
        """Return what the editor may do about it."""
        if not self.is_enough:
            return _ADVICE_SHORT
        if self.fog >= WARNING:
            return _ADVICE_WARNING
        return _ADVICE_TARGET if self.fog >= TARGET else _ADVICE_NONE


def measure(text: str) -> Readability:
    """Return the readability of any plain text; join fields by a blank line. Never raises."""
    found = sentences(text)
    return Readability(
        sentences=len(found),
        words=sum(len(sentence.words) for sentence in found),
        hard=tuple(word for sentence in found for word in hard_words(sentence)),
    )


def hard_words(sentence: Sentence) -> tuple[Word, ...]:
    """Return the hard words of a sentence, in order."""
    return tuple(
        word
        for place, word in enumerate(sentence.words)
        if (place == 0 or not _is_name(word.text)) and is_hard(word.text)
    )


def is_hard(word: str) -> bool:
    """Return whether a word, be it no name, has four syllables or more in its base form."""
    if any(letter.isdigit() for letter in word) or "@" in word or "://" in word:
        return False
    parts = word.replace("\u2011", "-").split("-")
    return any(_is_long(part) for part in parts if not _is_acronym(part))


def _is_long(part: str) -> bool:
    return syllables(part) >= HARD_SYLLABLES and base_syllables(part) >= HARD_SYLLABLES


def _is_name(word: str) -> bool:
    return word[:1].isupper() and not (word.isupper() and len(word) > _LONGEST_ACRONYM)


def _is_acronym(part: str) -> bool:
    """Return whether it is ``PESEL`` or ``ePUAP``, or has a dot inside (``gov.pl``, ``m.in``)."""
    inner = any(letter.isupper() for letter in part[1:])
    return (
        "." in part or (inner and len(part) <= _LONGEST_ACRONYM) or (inner and not part.isupper())
    )
