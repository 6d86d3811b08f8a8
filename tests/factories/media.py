"""Pictures and files in a unit's collection, and a text that uses them."""

import io
from typing import Any

from django.core.files.base import ContentFile
from PIL import Image as Picture
from wagtail.documents import get_document_model
from wagtail.images import get_image_model
from wagtail.models import Collection

SECRET_TITLE = "Niejawny plan"  # plain letters: JSON writes others as numbers
SECRET_NAME = "tajny-plan.txt"


def picture_file(name: str = "tajne-zdjecie.png") -> ContentFile:
    content = io.BytesIO()
    Picture.new("RGB", (8, 8), "red").save(content, "PNG")
    return ContentFile(content.getvalue(), name)


def collection_of(code: str) -> Collection:
    return Collection.objects.get(unit_collection__unit__code=code)


def new_document(
    code: str = "SA", title: str = SECRET_TITLE, name: str = SECRET_NAME, content: bytes = b"plan"
) -> Any:
    return get_document_model().objects.create(
        title=title, file=ContentFile(content, name), collection=collection_of(code)
    )


def new_image(code: str = "SA", title: str = "Niejawne foto", **facts: Any) -> Any:
    return get_image_model().objects.create(
        title=title, file=picture_file(), collection=collection_of(code), **facts
    )


def text_with(*files: Any) -> list[tuple[str, str]]:
    """Return a body whose running text links each file and shows each picture."""
    parts = []
    for file in files:
        if isinstance(file, get_image_model()):
            parts.append(f'<embed embedtype="image" id="{file.pk}" format="left" alt="x"/>')
        else:
            parts.append(f'<p><a linktype="document" id="{file.pk}">Plik</a></p>')
    return [("paragraph", "".join(parts))]


def fetch(client: Any, address: str, **options: Any) -> Any:
    """Return the answer, read to its end, as ``answer.body``."""
    answer = client.get(address, **options)
    answer.body = answer.getvalue() if answer.streaming else answer.content
    return answer
