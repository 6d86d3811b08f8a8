"""Where uploads lie: in a folder nobody can guess, under the name that the file came with.

The address is not the protection (``views`` asks who may see a file); it keeps names whole and
old addresses from leading to new files.
"""

import secrets
from pathlib import PurePosixPath
from typing import Any

from django.core.files.storage import Storage
from django.core.files.utils import validate_file_name
from wagtail.coreutils import string_to_ascii

#: What Django's file fields hold, less what the storage may add to a name that is taken.
_LONGEST = 90


def secret_path(folder: str, filename: str, storage: Storage) -> str:
    """Return ``folder/<random>/name``; the name in plain letters, its ending kept."""
    name = string_to_ascii(storage.get_valid_name(filename))
    name = "".join(sign if sign.isascii() else "_" for sign in name)
    beginning = f"{folder}/{secrets.token_urlsafe(12)}/"
    room = _LONGEST - len(beginning)
    if len(name) > room:
        ending = PurePosixPath(name).suffix[:12]
        name = name[: room - len(ending)] + ending
    return str(validate_file_name(beginning + name, allow_relative_path=True))


def document_path(instance: Any, filename: str) -> str:
    """Return where an uploaded file goes; migrations name this function."""
    return secret_path("documents", filename, instance._meta.get_field("file").storage)
