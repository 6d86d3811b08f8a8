"""Invented pages' texts: Polish, of the length of real ones, and the same for a number in every run."""

import random
import tomllib
from functools import cache
from importlib.resources import files
from typing import Any

#: Not an account of anybody: its bank does not exist.
_ACCOUNT = "PL92999900010000000000000001"
_LETTERS = "ABCDEFGHIJKLMNOPRSTUWZ"
#: How many acts the invented cards rest on.
ACTS = 40


@cache
def _content() -> dict[str, list[str]]:
    return tomllib.loads((files("kpum.bench") / "content.toml").read_text(encoding="utf-8"))


def title_of(number: int) -> str:
    """Return the title of the page with this number."""
    subjects = _content()["subjects"]
    return f"{subjects[number % len(subjects)]} {number}"


def code_of(number: int) -> str:
    """Return a code that no other number has: letters, and a number of three digits."""
    rest, digits = divmod(number, 999)
    letters = ""
    for _place in range(3):
        rest, letter = divmod(rest, len(_LETTERS))
        letters = _LETTERS[letter] + letters
    return f"{letters}-{digits + 1}"


def eli_of(number: int) -> str:
    """Return the identifier of an invented act."""
    return f"BENCH/{number}"


class Writer:
    """Writes the parts of one page."""

    def __init__(self, number: int) -> None:
        # Chance of the same kind for everybody: nothing here is a secret.
        self._chance = random.Random(number)  # noqa: S311
        self._number = number

    def text(self, sentences: int) -> str:
        """Return so many sentences."""
        return " ".join(self._chance.sample(_content()["sentences"], sentences))

    def body(self, sections: int) -> list[tuple[str, Any]]:
        """Return sections of running text, a list of steps and a remark, as stream data."""
        stream: list[tuple[str, Any]] = []
        for heading in self._chance.sample(_content()["headings"], sections):
            first, items = self.text(4), "".join(f"<li>{self.text(1)}</li>" for _ in range(3))
            stream += [
                ("heading", heading),
                ("paragraph", f"<p>{first}</p><ul>{items}</ul><p><b>{self.text(1)}</b></p>"),
            ]
        steps = [{"title": f"Krok {step}", "text": self.text(2)} for step in range(1, 4)]
        notice = {"title": "Ważne", "text": self.text(2)}
        return [*stream, ("steps", steps), ("notice", notice)]

    def information(self) -> dict[str, Any]:
        """Return what an information page holds."""
        return {"lead": self.text(3), "body": self.body(4)}

    def card(self) -> dict[str, Any]:
        """Return what a service card holds; nothing that a citizen needs is missing."""
        return {
            "code": code_of(self._number),
            "summary": self.text(2)[:300],
            "applicants": self.text(2),
            "audiences": self._chance.sample(["residents", "parents", "seniors", "drivers"], 2),
            "steps_and_notes": self.body(2),
            "documents": [("document", self._document()) for _ in range(3)],
            "fees": [("fee", self._fee())],
            "processing_duration": "P14D",
            "processing_text": self.text(1),
            "outcome_kind": "decision",
            "outcome": self.text(1),
            "appeal_authority": "Samorządowe Kolegium Odwoławcze",
            "appeal_days": 14,
            "appeal_text": self.text(2),
            "channels": [("channel", self._office()), ("channel", self._online())],
            "legal_bases": [("act", self._act()) for _ in range(2)],
            "keywords": ", ".join(title_of(self._number).lower().split()),
        }

    def _document(self) -> dict[str, Any]:
        return {"name": self.text(1), "mandatory": True, "form": "copy", "note": self.text(1)}

    def _fee(self) -> dict[str, Any]:
        amount = f"{self._chance.randint(5, 900)}.00"
        told = {"description": "Opłata skarbowa", "exemption": self.text(1), "account": _ACCOUNT}
        return {"amount": amount, "kind": "stamp_duty"} | told

    def _office(self) -> dict[str, Any]:
        place = {"title": "W urzędzie", "url": "", "address": "ul. Przykładowa 1, Kraków"}
        return {"kind": "office", "note": self.text(1), "demo": True} | place

    def _online(self) -> dict[str, Any]:
        place = {"title": "Przez internet", "url": "https://example.org/sprawa", "address": ""}
        return {"kind": "online", "note": self.text(1), "demo": True} | place

    def _act(self) -> dict[str, Any]:
        return {"eli": eli_of(self._chance.randint(1, ACTS)), "article": "art. 7 ust. 1"}
