"""A StreamField whose block definitions stay out of migrations.

Blocks change with every new idea; frozen into migrations they grow without bound. The column is
JSON whatever the blocks are, so a migration needs none of them.
"""

from typing import Any

from wagtail.fields import StreamField


class LeanStreamField(StreamField):
    """StreamField that deconstructs to a field without blocks."""

    def __init__(self, block_types: Any = (), **kwargs: Any) -> None:
        kwargs.pop("block_lookup", None)
        super().__init__(block_types, **kwargs)

    def deconstruct(self) -> tuple[str, str, list[Any], dict[str, Any]]:
        name, path, _args, kwargs = super().deconstruct()
        kwargs.pop("block_lookup", None)
        return name, path, [], kwargs
