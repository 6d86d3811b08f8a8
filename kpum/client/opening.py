"""Opening a copy by the name of its place."""

import re
from pathlib import Path

from kpum.client.errors import MirrorError
from kpum.client.folder import FolderMirror
from kpum.client.mirror import Mirror
from kpum.client.postgresql import PostgresqlMirror
from kpum.client.sqlite import SqliteMirror


def open_mirror(target: str | Path) -> Mirror:
    """Return the copy at a folder, ``sqlite:///file`` or ``postgresql://…``; made when missing.

    Raises:
        MirrorError: there can be no copy.
    """
    place = str(target)
    if place.startswith("sqlite:"):
        file = place.removeprefix("sqlite://").removeprefix("/")
        if not file or not place.startswith("sqlite:///"):
            raise MirrorError(
                "A copy in SQLite is named sqlite:///file or sqlite:////absolute/file."
            )
        return SqliteMirror(Path(file))
    if re.match("postgres(ql)?://", place):
        return PostgresqlMirror(place)
    if "://" in place:
        raise MirrorError(
            f"{place.split('://', maxsplit=1)[0]}:// is no copy: a folder, sqlite:/// or postgresql://."
        )
    return FolderMirror(Path(place))
