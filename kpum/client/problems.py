"""Turning refusals of the portal into exceptions."""

import email.utils
import json
from typing import Any

import httpx

from kpum.client.errors import GarbledAnswer, Problem, ProblemAnswer, plain, problem_class
from kpum.client.reading import successor_of


def error_of(address: str, response: httpx.Response, body: bytes) -> ProblemAnswer:
    """Return the exception for an answer that is not 200; the body need not be problem+json."""
    told = _fields(response, body)
    problem = Problem(
        status=response.status_code,
        type=str(told.get("type") or "about:blank"),
        title=plain(str(told.get("title") or response.reason_phrase)),
        detail=plain(str(told.get("detail") or "")),
        errors=[error for error in _list(told.get("errors")) if isinstance(error, dict)],
        reason=plain(str(told.get("reason") or "")),
        successor=_successor(told.get("successor")),
        request_id=plain(response.headers.get("x-request-id", ""), 80),
        retry_after=seconds_to_wait(response.headers),
    )
    return problem_class(problem.status, problem.type)(address, problem)


def _fields(response: httpx.Response, body: bytes) -> dict[str, Any]:
    if "json" not in response.headers.get("content-type", ""):
        return {}
    try:
        told = json.loads(body)
    except (ValueError, RecursionError):
        return {}
    return told if isinstance(told, dict) else {}


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _successor(value: Any) -> Any:
    try:
        return successor_of(value)
    except GarbledAnswer:
        return None


def seconds_to_wait(headers: httpx.Headers) -> float | None:
    """Return what Retry-After asks for (RFC 9110 § 10.2.3).

    A moment is held against the portal's own ``Date``: our clock may be wrong.
    """
    asked = headers.get("retry-after", "").strip()
    if asked.isascii() and asked.isdigit():
        return float(asked[:9])
    try:
        then = email.utils.parsedate_to_datetime(asked)
        now = email.utils.parsedate_to_datetime(headers.get("date", ""))
        return max(0.0, (then - now).total_seconds())
    except (ValueError, TypeError):
        return None
