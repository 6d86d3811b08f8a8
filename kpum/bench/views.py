"""The floor that a cheap answer is compared with."""

from django.http import HttpRequest, HttpResponse


def empty(request: HttpRequest) -> HttpResponse:
    """Answer nothing, through the same middleware as everything else."""
    return HttpResponse()
