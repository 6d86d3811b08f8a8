"""Links to files in the text editor: a file that a person may not see is not named to him there."""

from typing import Any

from wagtail.documents import get_document_model
from wagtail.documents.rich_text.contentstate import (
    ContentstateDocumentLinkConversionRule,
    DocumentLinkElementHandler,
)

from kpum.media import queries


class VisibleDocumentLink(DocumentLinkElementHandler):
    """Gives the editor a link's address and file name, or the bare link when they are not his."""

    def get_attribute_data(self, attrs: Any) -> dict[str, Any]:
        data: dict[str, Any] = super().get_attribute_data(attrs)
        user = queries.acting_person()
        if "filename" not in data or user is None:
            return data
        document = get_document_model()._default_manager.get(pk=data["id"])
        if queries.may_see(user, document) or queries.is_public(document):
            return data
        return {"id": data["id"]}


DOCUMENT_LINK_RULE = {
    **ContentstateDocumentLinkConversionRule,
    "from_database_format": {'a[linktype="document"]': VisibleDocumentLink("DOCUMENT")},
}
