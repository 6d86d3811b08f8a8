"""The API's documentation as a plain page: no script, nothing from elsewhere."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from kpum.channels.api import api
from kpum.pages.enums import Channel


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
        {"info": schema["info"], "operations": operations, "channels": Channel.choices},
    )
