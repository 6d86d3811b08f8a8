"""Handing out files: to everybody while a public page uses them, else to who sees them in the admin."""

import hashlib
from mimetypes import guess_type
from pathlib import PurePosixPath
from typing import Any

from django.http import FileResponse, Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.utils.cache import (
    add_never_cache_headers,
    get_conditional_response,
    patch_cache_control,
)
from django.utils.http import http_date
from django.views.decorators.http import require_safe
from wagtail import hooks
from wagtail.admin import messages
from wagtail.documents import get_document_model
from wagtail.documents.models import AbstractDocument, document_served
from wagtail.documents.views.documents import DeleteView as DocumentDeleteView
from wagtail.images.views.images import DeleteView as ImageDeleteView

from kpum.core.errors import Refused
from kpum.media import queries

#: What a browser shows and cannot run; everything else is downloaded.
_SHOWN = frozenset({"image/avif", "image/gif", "image/jpeg", "image/png", "image/webp"})
_ADMIN = "wagtailadmin.access_admin"


@require_safe
def serve(request: HttpRequest, name: str) -> HttpResponseBase:
    """Answer a media address; what the person may not see is as if it were not there."""
    upload = queries.upload_at(name)
    if upload is None:
        return _serve_portrait(request, name)
    public = queries.is_public(upload.owner)
    if not (public or queries.may_see(request.user, upload.owner)):
        raise Http404
    if isinstance(upload.owner, AbstractDocument):
        return _hand_out_document(request, upload.owner, public=public)
    kind = guess_type(name)[0] or "application/octet-stream"
    return _hand_out(request, upload.stored, kind, inline=kind in _SHOWN, public=public)


@require_safe
def serve_document(
    request: HttpRequest, document_id: str, document_filename: str
) -> HttpResponseBase:
    """Answer a file's address as Wagtail does, hooks and all, but let no cache keep it unasked."""
    document = get_object_or_404(get_document_model(), pk=document_id)
    if document.filename != document_filename:
        raise Http404
    for hook in hooks.get_hooks("before_serve_document"):
        answer = hook(document, request)
        if isinstance(answer, HttpResponseBase):
            return answer
    document_served.send(sender=type(document), instance=document, request=request)
    return _hand_out_document(request, document, public=queries.is_public(document))


def _hand_out_document(
    request: HttpRequest, document: AbstractDocument, *, public: bool
) -> HttpResponseBase:
    inline = document.content_disposition == "inline"
    return _hand_out(request, document.file, document.content_type, inline=inline, public=public)


def _serve_portrait(request: HttpRequest, name: str) -> HttpResponseBase:
    stored = queries.portrait_at(name)
    user: Any = request.user
    if stored is None or not user.has_perm(_ADMIN):
        raise Http404
    kind = guess_type(name)[0] or "application/octet-stream"
    return _hand_out(request, stored, kind, inline=kind in _SHOWN, public=False)


def _hand_out(
    request: HttpRequest, stored: Any, content_type: str, *, inline: bool, public: bool
) -> HttpResponseBase:
    try:
        changed = int(stored.storage.get_modified_time(stored.name).timestamp())
        mark = f"{stored.name} {changed} {stored.size}".encode()
        etag = f'"{hashlib.sha256(mark).hexdigest()[:32]}"'
        response: Any = get_conditional_response(request, etag=etag, last_modified=changed)
        if response is None:
            response = FileResponse(
                stored.storage.open(stored.name, "rb"),
                as_attachment=not inline,
                filename=PurePosixPath(stored.name).name,
                content_type=content_type,
            )
    except FileNotFoundError:
        raise Http404 from None
    response["ETag"] = etag
    response["Last-Modified"] = http_date(changed)
    # An upload runs nothing, and is what it says it is.
    response["Content-Security-Policy"] = "default-src 'none'"
    response["X-Content-Type-Options"] = "nosniff"
    if public:
        # Kept by browsers and caches, but asked about each time: a page may be taken down.
        patch_cache_control(response, public=True, no_cache=True)
    else:
        add_never_cache_headers(response)
    return response


class _SayWhy:
    """Answers a refusal with its own sentence, where Wagtail would only say “no permission”."""

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        try:
            return super().post(request, *args, **kwargs)  # type: ignore[misc]
        except Refused as refusal:
            messages.error(request, str(refusal))
            return redirect(self.get_success_url())  # type: ignore[attr-defined]


class DeleteImage(_SayWhy, ImageDeleteView):
    """Wagtail's view, saying why a picture stays."""


class DeleteDocument(_SayWhy, DocumentDeleteView):
    """Wagtail's view, saying why a file stays."""
