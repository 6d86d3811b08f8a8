"""The API's doors: every answer is of the API's own form; and its documentation as a plain page."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotFound
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import URLPattern
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_safe

from kpum.channels import answers, problems
from kpum.channels.api import api
from kpum.pages.channel_rules import channel_names

_BAD = 400
_NOT_ALLOWED = 405


def doors() -> tuple[list[Any], str, str]:
    """Return the API's addresses, each behind ``entrance``."""
    patterns, app, namespace = api.urls
    for pattern in patterns:
        if isinstance(pattern, URLPattern):
            pattern.callback = entrance(pattern.callback)
    return patterns, app, namespace


def entrance(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """Answer HEAD as GET without its body, and every error as a problem with the request's id."""

    @csrf_exempt
    @wraps(view)
    def enter(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        method = request.method
        if method == "HEAD":
            request.method = "GET"
        try:
            response = view(request, *args, **kwargs)
        except Http404:
            response = HttpResponseNotFound()
        finally:
            request.method = method
        if response.status_code >= _BAD and response["Content-Type"] != problems.CONTENT_TYPE:
            response = _in_own_form(request, response)
        return answers.stamp(request, response)

    return enter


def _in_own_form(request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
    """Return the API's answer in place of the framework's plain one."""
    if response.status_code != _NOT_ALLOWED:
        return problems.respond(problems.unknown_address(request.path).problem)
    takes = [method.strip() for method in response["Allow"].split(",")]
    takes += ["HEAD"] if "GET" in takes else []
    refused = problems.respond(problems.method_not_allowed(request.method, takes).problem)
    refused["Allow"] = ", ".join(takes)
    return refused


@csrf_exempt
def unknown_address(request: HttpRequest, rest: str) -> HttpResponseBase:
    """Answer a slip in an API address as the API answers, not with a page for citizens."""
    return answers.stamp(request, problems.respond(problems.unknown_address(rest).problem))


@require_safe
def documentation(request: HttpRequest) -> HttpResponse:
    """Show every operation of the OpenAPI document, and how to follow a channel."""
    schema = api.get_openapi_schema()
    operations = [
        {"path": path, "method": method.upper(), **operation}
        for path, methods in schema["paths"].items()
        for method, operation in methods.items()
    ]
    return render(
        request,
        "kpum/channels/documentation.html",
        {
            "info": schema["info"],
            "operations": operations,
            "channels": list(channel_names().items()),
        },
    )
