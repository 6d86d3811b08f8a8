"""Every error of the API, as problem+json with a stable type (RFC 9457)."""

from collections.abc import Iterable
from typing import Any

from django.http import HttpRequest, HttpResponse
from ninja import NinjaAPI
from ninja.errors import HttpError
from ninja.errors import ValidationError as InvalidInput

from kpum.channels.schemas import Problem, Successor
from kpum.integrations.errors import Refused

CONTENT_TYPE = "application/problem+json"
_TYPES = "urn:kpum:problem:"
_NOT_UNDERSTOOD = "Some parameters cannot be understood."


class ApiProblem(Exception):
    """An answer that is not the one asked for."""

    def __init__(self, status: int, kind: str, title: str, detail: str) -> None:
        super().__init__(detail)
        self.problem = Problem(type=_TYPES + kind, title=title, status=status, detail=detail)


def unknown_channel(code: str) -> ApiProblem:
    return ApiProblem(404, "unknown-channel", "Unknown channel", f"There is no channel “{code}”.")


def cursor_ahead(after: int, last: int) -> ApiProblem:
    return ApiProblem(
        409,
        "cursor-ahead",
        "Cursor from another history",
        f"The cursor {after} is beyond the last change {last}: start again from 0.",
    )


def media_unknown() -> ApiProblem:
    return ApiProblem(
        404, "unknown-media", "Unknown file", "No document of the channel uses such a file."
    )


def dictionary_unknown(code: str) -> ApiProblem:
    return ApiProblem(
        404, "unknown-dictionary", "Unknown dictionary", f"There is no dictionary “{code}”."
    )


def schema_unknown(kind: str) -> ApiProblem:
    return ApiProblem(404, "unknown-type", "Unknown type", f"There is no document type “{kind}”.")


def address_unknown(path: str) -> ApiProblem:
    return ApiProblem(
        404, "nothing-there", "Nothing there", f"The channel has no document at “{path[:200]}”."
    )


def method_not_allowed(method: str | None, takes: Iterable[str]) -> ApiProblem:
    detail = f"This address takes {' and '.join(takes)}, not {method}."
    return ApiProblem(405, "method-not-allowed", "Method not allowed", detail)


def bad_cursor() -> ApiProblem:
    return ApiProblem(
        409,
        "foreign-cursor",
        "Cursor of another list",
        "The cursor is none of this list with these filters: start again without it.",
    )


def document_unknown() -> ApiProblem:
    return ApiProblem(
        404, "unknown-document", "Unknown document", "The channel never held this document."
    )


def document_gone(reason: str, successor: Successor | None) -> ApiProblem:
    gone = ApiProblem(
        410, "document-gone", "Document gone", f"The document left the channel: {reason}."
    )
    gone.problem.successor = successor
    return gone


def invalid(field: str, message: str) -> ApiProblem:
    wrong = ApiProblem(422, "invalid-input", "Invalid input", "Some values cannot be accepted.")
    wrong.problem.errors = [{"field": field, "message": message}]
    return wrong


def unknown_address(rest: str) -> ApiProblem:
    return ApiProblem(
        404, "unknown-address", "Unknown address", f"The API has no address “{rest[:200]}”."
    )


def respond(problem: Problem) -> HttpResponse:
    """Return the problem as an HTTP response."""
    content = problem.model_dump_json(exclude_none=True).encode()
    response = HttpResponse(content, status=problem.status, content_type=CONTENT_TYPE)
    response["Content-Length"] = len(content)
    # The reason may pass any moment: a key is agreed, a document comes back.
    response["Cache-Control"] = "no-store"
    response["Vary"] = "Accept, Accept-Encoding, Authorization"
    return response


#: What an answer of the API may raise.
EXPECTED = (ApiProblem, Refused)


def answer_to(error: Exception) -> HttpResponse:
    """Return the answer to what was raised.

    Raises:
        Exception: the error itself, when it is none of the expected ones.
    """
    if isinstance(error, ApiProblem):
        return respond(error.problem)
    if not isinstance(error, Refused):
        raise error
    response = respond(
        Problem(
            type=_TYPES + error.kind, title=error.title, status=error.status, detail=error.detail
        )
    )
    for name, value in error.headers.items():
        response[name] = value
    return response


def register(api: NinjaAPI) -> None:
    """Answer every error of the API in this form."""

    @api.exception_handler(ApiProblem)
    @api.exception_handler(Refused)
    def on_problem(request: HttpRequest, error: Exception) -> HttpResponse:
        return answer_to(error)

    @api.exception_handler(HttpError)
    def on_unreadable(request: HttpRequest, error: HttpError) -> HttpResponse:
        detail = "The body is not JSON in UTF-8."
        return respond(ApiProblem(error.status_code, "unreadable", "Unreadable", detail).problem)

    @api.exception_handler(InvalidInput)
    def on_invalid_input(request: HttpRequest, error: InvalidInput) -> HttpResponse:
        errors: list[dict[str, Any]] = error.errors
        return respond(
            Problem(
                type=_TYPES + "invalid-input",
                title="Invalid input",
                status=422,
                detail=_NOT_UNDERSTOOD,
                errors=[
                    {"field": ".".join(map(str, item["loc"][1:])), "message": item["msg"]}
                    for item in errors
                ],
            )
        )
