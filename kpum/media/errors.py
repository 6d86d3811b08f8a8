"""What is refused about files, in sentences that say what to do instead."""

from kpum.core.errors import Refused


class FileInUse(Refused):
    """A public page uses the file: it changes only together with the text, by approval (M-04)."""


class CollectionKept(Refused):
    """The collection belongs to a unit, or hiding it would hide public files."""
