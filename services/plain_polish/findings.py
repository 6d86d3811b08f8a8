"""What the checks of plain Polish find in a text: a place, and what the editor may do there."""

from dataclasses import dataclass
from enum import StrEnum

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class Kind(StrEnum):
    """The kinds of findings."""

    OFFICIALESE = "officialese"
    LONG_SENTENCE = "long_sentence"
    IMPERSONAL = "impersonal"
    PASSIVE = "passive"
    NOUN_CHAIN = "noun_chain"
    DOUBLE_NEGATION = "double_negation"


_MESSAGES: dict[Kind, Promise] = {
    Kind.OFFICIALESE: _("Officialese: “%(found)s”. Say rather: %(suggestion)s."),
    Kind.LONG_SENTENCE: _("This sentence is too long (%(suggestion)s words). Divide it in two."),
    Kind.IMPERSONAL: _("“%(found)s” does not say who did it. Name the doer: we, you, the office."),
    Kind.PASSIVE: _("“%(found)s” is in the passive voice. Name the doer: we, you, the office."),
    Kind.NOUN_CHAIN: _("“%(found)s” is a chain of nouns made of verbs. Put verbs for them."),
    Kind.DOUBLE_NEGATION: _("“%(found)s” denies twice. Say it in the affirmative."),
}


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing found: ``text[start:end]`` of the text is ``found``.

    ``suggestion`` is what to write instead, in Polish; for a long sentence its number of words;
    empty where there is no one remedy.
    """

    kind: Kind
    start: int
    end: int
    found: str
    suggestion: str = ""

    @property
    def message(self) -> str:
        """Return the advice in the language of the editor."""
        return str(_MESSAGES[self.kind]) % {"found": self.found, "suggestion": self.suggestion}
