"""Every error of the API, as problem+json with a stable type (RFC 9457)."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from ninja import NinjaAPI
from ninja.errors import ValidationError as InvalidInput

from kpum.channels.schemas import Problem, Successor
from kpum.integrations.errors import Refused

_TYPES = "urn:kpum:problem:"


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
    return HttpResponse(
        problem.model_dump_json(exclude_none=True),
        status=problem.status,
        content_type="application/problem+json",
    )


def register(api: NinjaAPI) -> None:
    """Answer every error of the API in this form."""

    @api.exception_handler(ApiProblem)
    def on_problem(request: HttpRequest, error: ApiProblem) -> HttpResponse:
        return respond(error.problem)

    @api.exception_handler(Refused)
    def on_refused(request: HttpRequest, error: Refused) -> HttpResponse:
        response = respond(
            Problem(
                type=_TYPES + error.kind,
                title=error.title,
                status=error.status,
                detail=error.detail,
            )
        )
        for name, value in error.headers.items():
            response[name] = value
        return response

    @api.exception_handler(InvalidInput)
    def on_invalid_input(request: HttpRequest, error: InvalidInput) -> HttpResponse:
        errors: list[dict[str, Any]] = error.errors
        return respond(
            Problem(
                type=_TYPES + "invalid-input",
                title="Invalid input",
                status=422,
                detail="Some parameters cannot be understood.",
                errors=[
                    {"field": ".".join(map(str, item["loc"][1:])), "message": item["msg"]}
                    for item in errors
                ],
            )
        )
