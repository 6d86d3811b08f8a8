"""The message catalogue: gathered from code and templates, merged, compiled and checked in Python.

Django's makemessages and compilemessages call GNU gettext's programs; this does their work with
Babel and polib, so that a machine needs nothing but the developers' requirements.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path
from typing import Any

import polib
from babel.messages.extract import extract_python
from babel.messages.plurals import get_plural
from django.utils.translation.template import templatize

#: The language that must be complete; the others may wait for their translator.
SOURCE_OF_TRUTH = "pl"
DOMAIN = "django"
PLACEHOLDER = re.compile(
    r"%(?:\((?P<name>\w+)\))?[-#0 +]*[\d*]*(?:\.[\d*]+)?(?P<kind>[diouxXeEfFgGcrsa])"
)
SKIPPED_FOLDERS = frozenset({"migrations", "tests", "__pycache__"})
TEMPLATES = frozenset({".html", ".txt"})
COMMENT_TAGS = ("Translators:",)
_TEXT = {"singular": 0}
_TEXTS = {"singular": 0, "plural": 1}
_IN_CONTEXT = {"context": 0, "singular": 1}
_TEXTS_IN_CONTEXT = {"context": 0, "singular": 1, "plural": 2}
#: Where each function has its texts among its arguments.
PLACES = {
    "_": _TEXT,
    **dict.fromkeys(("gettext", "gettext_lazy", "gettext_noop"), _TEXT),
    **dict.fromkeys(("ngettext", "ngettext_lazy"), _TEXTS),
    **dict.fromkeys(("pgettext", "pgettext_lazy"), _IN_CONTEXT),
    **dict.fromkeys(("npgettext", "npgettext_lazy"), _TEXTS_IN_CONTEXT),
}

Key = tuple[str | None, str]


@dataclass
class Message:
    """One text to translate, and where it stands."""

    singular: str
    plural: str = ""
    context: str | None = None
    files: set[str] = field(default_factory=set)
    comments: set[str] = field(default_factory=set)

    @property
    def key(self) -> Key:
        return self.context, self.singular


class ConflictingPluralsError(Exception):
    """One text stands in two places with two plurals; gettext has room for one."""


def gather(root: Path, packages: set[str]) -> dict[Key, Message]:
    """Return every text of our packages and of the templates.

    Raises:
        ConflictingPluralsError: one singular has two plurals.
    """
    found: dict[Key, Message] = {}
    for file in source_files(root, packages):
        for message in read(file):
            known = found.setdefault(message.key, message)
            if known.plural and message.plural and known.plural != message.plural:
                raise ConflictingPluralsError(f"“{message.singular}” has two plurals: {file}")
            known.plural = known.plural or message.plural
            known.files.add(file.relative_to(root).as_posix())
            known.comments |= message.comments
    return found


def source_files(root: Path, packages: set[str]) -> Iterator[Path]:
    """Yield the files that may hold texts, in order."""
    for top in sorted(packages):
        yield from (
            file for file in sorted((root / top).rglob("*.py")) if not is_skipped(file, root)
        )
    for file in sorted((root / "templates").rglob("*")):
        if file.suffix in TEMPLATES:
            yield file


def is_skipped(file: Path, root: Path) -> bool:
    return bool(SKIPPED_FOLDERS & set(file.relative_to(root).parts))


def read(file: Path) -> Iterator[Message]:
    """Yield the texts of one file."""
    source = file.read_text(encoding="utf-8")
    if file.suffix != ".py":
        # In parentheses the blanked-out remains of a template need no indentation.
        source = f"({templatize(source, origin=file.name)}\n)"
    # Babel's own annotations do not know that an argument may be no literal, hence None.
    calls: Any = extract_python(
        BytesIO(source.encode()), dict.fromkeys(PLACES), COMMENT_TAGS, {"encoding": "utf-8"}
    )
    for _line, function, arguments, comments in calls:
        texts = list(arguments) if isinstance(arguments, tuple) else [arguments]
        if message := understand(function, texts):
            message.comments = {
                comment.removeprefix(COMMENT_TAGS[0]).strip() for comment in comments
            }
            yield message


def understand(function: str, texts: list[Any]) -> Message | None:
    """Return the text of one call, or nothing when it is not a literal."""
    places = PLACES[function]
    given: list[Any] = [texts[place] if place < len(texts) else None for place in places.values()]
    return Message(**dict(zip(places, given, strict=True))) if all(given) else None


def new_catalogue(language: str) -> polib.POFile:
    """Return an empty catalogue: no dates and no names in it that would change by themselves."""
    catalogue = polib.POFile(wrapwidth=100)
    catalogue.metadata = {
        "Language": language,
        "MIME-Version": "1.0",
        "Content-Type": "text/plain; charset=UTF-8",
        "Content-Transfer-Encoding": "8bit",
        "Plural-Forms": str(get_plural(language)),
    }
    return catalogue


def merge(old: polib.POFile, found: dict[Key, Message], language: str) -> polib.POFile:
    """Return the catalogue of what was found, with the translations that the old one has."""
    translated = {(entry.msgctxt, entry.msgid): entry for entry in old if not entry.obsolete}
    catalogue = new_catalogue(language)
    forms = get_plural(language).num_plurals
    for key in sorted(found, key=lambda key: (key[1], key[0] or "")):
        message, known = found[key], translated.get(key)
        entry = polib.POEntry(
            msgid=message.singular,
            msgctxt=message.context,
            comment="\n".join(sorted(message.comments)),
            occurrences=[(file, "") for file in sorted(message.files)],
            flags=["python-format"] if placeholders(message.singular + message.plural) else [],
        )
        if known and "fuzzy" in known.flags:
            entry.flags.append("fuzzy")
        if message.plural:
            entry.msgid_plural = message.plural
            kept = known.msgstr_plural if known else {}
            entry.msgstr_plural = {form: kept.get(form, "") for form in range(forms)}
        else:
            entry.msgstr = known.msgstr if known else ""
        catalogue.append(entry)
    return catalogue


def placeholders(text: str) -> list[str]:
    """Return what a translation must repeat, in an order that does not matter; ``%%`` is none."""
    return sorted(found[0] for found in PLACEHOLDER.finditer(text.replace("%%", "")))


def faults(entry: polib.POEntry, *, required: bool) -> Iterator[str]:
    """Say what is wrong with one entry."""
    forms = list(entry.msgstr_plural.values()) if entry.msgid_plural else [entry.msgstr]
    if "fuzzy" in entry.flags:
        yield f"doubtful (fuzzy): “{entry.msgid}”"
    if required and not all(forms):
        yield f"not translated: “{entry.msgid}”"
    if entry.msgid_plural:
        # A form for exactly one thing may say “one” without a figure.
        allowed = [placeholders(entry.msgid), placeholders(entry.msgid_plural)]
    else:
        allowed = [placeholders(entry.msgid)]
    if any(form and placeholders(form) not in allowed for form in forms):
        yield f"placeholders differ: “{entry.msgid}”"


class Catalogue:
    """The two files of one language."""

    def __init__(self, folder: Path, language: str) -> None:
        self.language = language
        self.texts = folder / language / "LC_MESSAGES" / f"{DOMAIN}.po"
        self.compiled = self.texts.with_suffix(".mo")

    def stored(self) -> polib.POFile:
        if not self.texts.is_file():
            return new_catalogue(self.language)
        return polib.pofile(str(self.texts), wrapwidth=100, encoding="utf-8")

    def update(self, found: dict[Key, Message]) -> polib.POFile:
        """Write both files anew and return what they hold."""
        catalogue = merge(self.stored(), found, self.language)
        self.texts.parent.mkdir(parents=True, exist_ok=True)
        self.texts.write_text(f"{catalogue}", encoding="utf-8")
        self.compiled.write_bytes(catalogue.to_binary())
        return catalogue

    def complaints(self, found: dict[Key, Message]) -> list[str]:
        """Say what is wrong with the files as they are; change nothing."""
        stored = self.stored()
        wanted = {(*key, message.plural) for key, message in found.items()}
        held = {(e.msgctxt, e.msgid, e.msgid_plural) for e in stored if not e.obsolete}
        wrong = [f"missing: “{text}”" for _, text, _ in sorted(wanted - held, key=str)]
        wrong += [f"no longer in use: “{text}”" for _, text, _ in sorted(held - wanted, key=str)]
        required = self.language == SOURCE_OF_TRUTH
        wrong += [fault for entry in stored for fault in faults(entry, required=required)]
        if not self.compiled.is_file() or self.compiled.read_bytes() != stored.to_binary():
            wrong.append("the compiled file is stale")
        return wrong


def catalogues(folder: Path) -> list[Catalogue]:
    """Return the languages that have a catalogue; Polish always has one."""
    started = {file.parent.parent.name for file in folder.glob(f"*/LC_MESSAGES/{DOMAIN}.po")}
    return [Catalogue(folder, language) for language in sorted(started | {SOURCE_OF_TRUTH})]
