"""Wagtail's redirects, for pages: an answer of the API is never looked up among them."""

from typing import Any

from wagtail.contrib.redirects.middleware import RedirectMiddleware

from kpum.channels.problems import CONTENT_TYPE


class PageRedirects(RedirectMiddleware):
    """Leaves the API's problems alone: a 404 there costs no search for a page's old address."""

    def process_response(self, request: Any, response: Any) -> Any:
        if response.get("Content-Type") == CONTENT_TYPE:
            return response
        return super().process_response(request, response)
