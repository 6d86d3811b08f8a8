"""One style sheet from many parts, small enough for a phone on a bad network."""

import gzip
import re

from django.contrib.staticfiles import finders

from kpum.design import finders as ours
from tests.architecture import house

STYLES = house.ROOT / "kpum/design/static/kpum/css"
TEMPLATES = house.ROOT / "templates/kpum"
ENTRY = (STYLES / "kpum.css").read_text(encoding="utf-8")
CLASSES = re.compile(r'\bclass="(?P<names>[^"]*)"')
TAGS = re.compile(r"{[%#].*?[%#]}", re.DOTALL)
VALUES = re.compile(r"{{.*?}}", re.DOTALL)


def imported() -> list[str]:
    return re.findall(r'@import "([^"]+)"', ENTRY)


def classes_in(source: str) -> set[str]:
    """Return the classes a template names; one that ends with a value is built, and left out."""
    found = (
        VALUES.sub("*", names) for names in CLASSES.findall(TAGS.sub(" ", without_quotes(source)))
    )
    return {name for names in found for name in names.split() if "*" not in name}


def is_public(source: str) -> bool:
    """Return whether a template belongs to the public pages; the admin's wear Wagtail's classes."""
    return not re.search(r"wagtailadmin|kpum-|class=\"(w-|listing|button|help-block)", source)


def without_quotes(source: str) -> str:
    """Blank the quotation marks inside tags, so that they end no attribute."""
    return TAGS.sub(lambda tag: tag[0].replace('"', "'"), source)


def test_every_part_is_imported_once():
    parts = {file.relative_to(STYLES).as_posix() for file in STYLES.rglob("*.css")} - {"kpum.css"}

    assert sorted(imported()) == sorted(parts)


def test_the_joined_sheet_holds_every_part_and_imports_nothing():
    sheet = ours.joined()

    assert "@import" not in sheet
    assert sheet.count("@layer components {") == sum("components/" in part for part in imported())
    assert sheet.count("{") == sheet.count("}")


def test_the_joined_sheet_is_small():
    sheet = ours.joined().encode()

    assert len(sheet) < 40_000
    assert len(gzip.compress(sheet)) < 10_000


def test_collecting_takes_the_joined_sheet_first():
    first = next(
        (storage, path)
        for finder in finders.get_finders()
        for path, storage in finder.list([])
        if path == ours.ENTRY
    )

    storage, path = first
    assert storage.open(path).read().decode() == ours.joined()
    # A datetime keeps microseconds, a file system more.
    newest = (STYLES / "kpum.css").stat().st_mtime
    assert storage.get_modified_time(path).timestamp() >= newest - 0.001


def test_every_block_has_its_template_and_its_style():
    blocks = {file.stem for file in (house.ROOT / "kpum/blocks").glob("*.py")}
    blocks -= {"__init__", "apps", "body"}

    assert {file.stem for file in (TEMPLATES / "blocks").glob("*.html")} == blocks
    assert {block for block in blocks if (STYLES / f"components/{block}.css").exists()} == blocks


def test_every_class_of_a_template_has_a_style():
    styled = set(re.findall(r"\.(-?[a-z_][\w-]*)", ours.joined(), re.IGNORECASE))
    unknown = {
        f"{house.name(file)}: {name}"
        for file in sorted(TEMPLATES.rglob("*.html"))
        if is_public(file.read_text(encoding="utf-8"))
        for name in classes_in(file.read_text(encoding="utf-8")) - styled
    }

    assert sorted(unknown) == []


def test_classes_are_read_through_tags():
    source = """<a class="tile{% if a == "b" %} tile--here{% endif %} size--{{ size }}">"""

    assert classes_in(source) == {"tile", "tile--here"}
