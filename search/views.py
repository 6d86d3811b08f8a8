"""The search page; works as a plain form."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from search import queries


@require_safe
def search(request: HttpRequest) -> HttpResponse:
    """Show what the words in ``q`` find."""
    words = request.GET.get("q", "").replace("\x00", "")[: queries.MAX_LENGTH].strip()
    return render(
        request, "kpum/search/search.html", {"words": words, "results": queries.find(words)}
    )
