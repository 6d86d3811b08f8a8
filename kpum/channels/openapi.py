"""What the operations' signatures cannot say of themselves in the OpenAPI document."""

from typing import Any

from kpum.channels.problems import CONTENT_TYPE

_BAD, _TOO_MANY = 400, 429
_HEADERS = {
    "ETag": "The hash that stands for the answer.",
    "X-Request-ID": "Names the request in the portal's logs.",
    "Cache-Control": "Who may keep the answer; ask each time.",
}
_LIMITS = {
    "RateLimit-Policy": "The limits in force.",
    "RateLimit": "What is left of them.",
    "Retry-After": "When to come again.",
}


def complete(document: Any) -> Any:
    """Return the document with problems, headers, lines and bytes as they are sent."""
    for path, methods in document["paths"].items():
        for operation in methods.values():
            for status, response in operation["responses"].items():
                _complete_response(int(status), response)
            for parameter in operation["parameters"]:
                _take_null_away(parameter["schema"])
            _take_lines_and_bytes(operation)
            if "/channels/" in path:
                operation["security"] = [{}, {"key": []}]
    document["components"]["securitySchemes"] = {
        "key": {
            "type": "http",
            "scheme": "bearer",
            "description": "The key of an agreed interface; the open channels need none.",
        }
    }
    return document


def _take_null_away(schema: dict[str, Any]) -> None:
    """A parameter is left out, never null."""
    kinds = [own for own in schema.pop("anyOf", ()) if own.get("type") != "null"]
    for own in kinds:
        schema |= own


def _complete_response(status: int, response: dict[str, Any]) -> None:
    content = response.get("content", {})
    if status >= _BAD and "application/json" in content:
        content[CONTENT_TYPE] = content.pop("application/json")
    told = {"X-Request-ID": _HEADERS["X-Request-ID"]} if status >= _BAD else dict(_HEADERS)
    if status == _TOO_MANY:
        told |= _LIMITS
    response["headers"] = {
        name: {"description": text, "schema": {"type": "string"}} for name, text in told.items()
    }


#: What operations answer that is no JSON of the API's own.
_LINKED = {
    "catalogue_jsonld": ("application/ld+json",),
    "catalogue_turtle": ("text/turtle",),
    "dcat": ("application/ld+json", "text/turtle"),
}


def _take_lines_and_bytes(operation: dict[str, Any]) -> None:
    content = operation["responses"][200]["content"]
    if told := _LINKED.get(operation["operationId"]):
        content.clear()
        content.update({kind: {"schema": _linked_schema(kind)} for kind in told})
    if operation["operationId"] == "changes":
        content["application/x-ndjson"] = {"schema": {"type": "string"}}
    if operation["operationId"] == "media_content":
        content.clear()
        content["*/*"] = {"schema": {"type": "string", "format": "binary"}}


def _linked_schema(media_type: str) -> dict[str, str]:
    return {"type": "object" if media_type.endswith("json") else "string"}
