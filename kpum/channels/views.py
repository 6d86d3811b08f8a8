"""The API's documentation as a plain page: no script, nothing from elsewhere."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from kpum.channels import problems
from kpum.channels.api import api
from kpum.pages.channel_rules import channel_names


def unknown_address(request: HttpRequest, rest: str) -> HttpResponse:
    """Answer a slip in an API address as the API answers, not with a page for citizens."""
    return problems.respond(problems.unknown_address(rest).problem)


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
        {"info": schema["info"], "operations": operations, "channels": channel_names().items()},
    )
