"""Every colour and every pixel is in the token file, and no class is there for nothing."""

import re
from pathlib import Path

import pytest
from PIL.ImageColor import colormap

from tests.architecture import house

STYLES = house.ROOT / "kpum/design/static"
TOKENS = "tokens.css"
COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
ADDRESS_OR_TEXT = re.compile(r"""url\([^)]*\)|"[^"]*"|'[^']*'""")
DECLARATION = re.compile(r"(?P<property>[-\w]+)\s*:\s*(?P<value>[^;{}]+)(?=[;}])")
PIXELS = re.compile(r"(?<![\w-])-?\d*\.?\d+px\b")
COLOUR = re.compile(
    r"#[0-9a-f]{3,8}\b|(?<![\w-])(?:rgba?|hsla?|hwb|lab|lch|oklab|oklch|color)\(|(?<![\w-])(?:"
    + "|".join(colormap)
    + r")(?![\w-])",
    re.IGNORECASE,
)
CLASS = re.compile(r"\.(-?[a-z_][\w-]*)", re.IGNORECASE)


def bare(css: str) -> str:
    """Return the rules without comments, addresses and quoted texts."""
    return ADDRESS_OR_TEXT.sub("", COMMENT.sub("", css))


def literals(css: str) -> list[str]:
    """Return what should have been a token: colours in values, and pixels anywhere."""
    rules = bare(css)
    colours = [
        found[0]
        for declaration in DECLARATION.finditer(rules)
        for found in COLOUR.finditer(declaration["value"])
    ]
    return colours + [found[0] for found in PIXELS.finditer(rules)]


def classes(css: str) -> set[str]:
    """Return the classes that the selectors name."""
    selectors = re.sub(r"[^{};]*;", "", bare(css).replace("{", "{;"))
    return set(CLASS.findall(selectors))


def is_used(name: str, texts: str) -> bool:
    """A class is used when a text names it, or builds it: ``card--{{ kind }}``."""
    if re.search(rf"(?<![\w-]){re.escape(name)}(?![\w-])", texts):
        return True
    stem = name.rpartition("--")[0]
    return bool(stem) and f"{stem}--{{" in texts


def style_sheets() -> list[Path]:
    return sorted(STYLES.rglob("*.css"))


def test_every_colour_and_pixel_is_a_token():
    wrong = {
        house.name(file): found
        for file in style_sheets()
        if file.name != TOKENS and (found := literals(file.read_text(encoding="utf-8")))
    }

    assert wrong == {}


def test_no_class_is_unused():
    sources = (file for file in house.files(".html", ".py", ".js") if "tests" not in file.parts)
    texts = "\n".join(file.read_text(encoding="utf-8") for file in sources)
    unused = {
        f"{house.name(file)}: {name}"
        for file in style_sheets()
        for name in classes(file.read_text(encoding="utf-8"))
        if not is_used(name, texts)
    }

    assert sorted(unused) == []


@pytest.mark.parametrize(
    "css",
    [
        "a { color: #fff; }",
        "a { color: Red }",
        "a { border: thin solid rgb(0 0 0 / 50%); }",
        "a { background: oklch(50% 0.1 20); }",
        "a { margin: -1px; }",
        "@media (width > 600px) { a { color: inherit; } }",
    ],
)
def test_a_literal_is_seen(css):
    assert literals(css)


@pytest.mark.parametrize(
    "css",
    [
        "a { color: var(--text-red); background: transparent; border: 0 solid currentColor; }",
        "/* 1px of #fff */ .red { inline-size: 10rem; }",
        'a::after { content: "12px red"; background: url(img/red-12px.svg#fff); }',
        "a { color: CanvasText; white-space: nowrap; }",
    ],
)
def test_what_is_no_literal_passes(css):
    assert not literals(css)


def test_classes_are_read_from_selectors_only():
    css = ".card { inset: .5rem; &.card--open:hover > .card__title { margin: 0.5rem } } @layer a.b;"

    assert {"card", "card--open", "card__title"} <= classes(css)
    assert "5rem" not in classes(css)


@pytest.mark.parametrize(
    ("name", "used"),
    [
        ("card", True),
        ("card--open", True),
        ("note--warning", True),
        ("car", False),
        ("menu", False),
    ],
)
def test_a_class_is_used_where_it_is_named_or_built(name, used):
    texts = '<div class="card card--open"><p class="note--{{ kind }}">'

    assert is_used(name, texts) is used
