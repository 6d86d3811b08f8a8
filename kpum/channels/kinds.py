"""The JSON Schema of each document type, as it is published and kept (ADR 0012)."""

import json
from collections.abc import Mapping
from typing import Any

from kpum.channels import schemas

#: The minor version of the documents: it grows with each new field, and the older schemas are kept.
VERSION = "1.1"
_TYPES: Mapping[str, type[Any]] = {
    "folder": schemas.FolderDocument,
    "page": schemas.TextDocument,
    "service_card": schemas.ServiceCardDocument,
    "unit": schemas.UnitDocument,
}


def codes() -> list[str]:
    """Return the types of documents."""
    return list(_TYPES)


def json_schema(kind: str) -> dict[str, Any]:
    """Return the JSON Schema of a document type; what it does not name may stand in a document, too.

    Raises:
        KeyError: there is no such type.
    """
    schema = _TYPES[kind].model_json_schema(mode="serialization")
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": f"urn:kpum:schema:v{VERSION}:{kind}",
        **schema,
    }


def as_text(kind: str) -> str:
    """Return the schema as it is stored and sent."""
    return json.dumps(json_schema(kind), indent=2, ensure_ascii=False) + "\n"
