"""Which of several forms a client prefers (RFC 9110, 12.5.1)."""

from collections.abc import Sequence

from django.http import HttpRequest
from django.http.request import MediaType

#: How near a range is to a type: named itself, by its kind, or with everything.
_ITSELF, _KIND, _ANYTHING, _NOT = 3, 2, 1, 0


def preferred_type(request: HttpRequest, offered: Sequence[str]) -> str:
    """Return the media type that the client rates highest; of equals, and when it takes none, the first.

    Django's own choice leaves out ranges with parameters, such as the profiles of JSON-LD: here they
    ask for the type all the same.
    """
    header = request.headers.get("Accept", "*/*")
    ranges = [MediaType(token) for token in header.split(",") if token.strip()]
    return max(offered, key=lambda media_type: _rating(media_type, ranges))


def _rating(media_type: str, ranges: Sequence[MediaType]) -> float:
    """Return the quality that the nearest range gives to the type; 0 when none does."""
    rated = [(_nearness(media_type, wanted), wanted.quality) for wanted in ranges]
    nearest = max((near for near, _quality in rated), default=_NOT)
    return max((quality for near, quality in rated if near == nearest), default=0) if nearest else 0


def _nearness(media_type: str, wanted: MediaType) -> int:
    kind, _slash, own = media_type.partition("/")
    match wanted.main_type, wanted.sub_type:
        case ("*", "*"):
            return _ANYTHING
        case (main, "*") if main == kind:
            return _KIND
        case (main, sub) if (main, sub) == (kind, own):
            return _ITSELF
    return _NOT
