"""The pictograms: our own drawings, read once, put into the page as they are."""

from functools import cache
from importlib.resources import files


@cache
def drawings() -> dict[str, str]:
    """Return every drawing by its name."""
    folder = files("kpum.design") / "icons"
    return {
        file.name.removesuffix(".svg"): file.read_text(encoding="utf-8").strip()
        for file in folder.iterdir()
        if file.name.endswith(".svg")
    }
