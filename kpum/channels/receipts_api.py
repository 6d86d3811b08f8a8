"""Where a sister portal says what it did with a document: the only operation that writes (K-28, P-17)."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.utils import translation
from ninja import Field, Query, Router, Schema

from kpum.channels import problems, schemas
from kpum.channels.receipt_models import Receipt, ReceiptState
from kpum.channels.receipts import Answer, NeverHandedOver, check_answer, store_receipt
from kpum.integrations.admission import Admission, admit
from kpum.integrations.enums import Verb
from kpum.integrations.errors import Refused
from kpum.pages.channel_rules import channel_codes

router = Router()
_PROBLEMS = dict.fromkeys((400, 401, 403, 404, 422, 429), schemas.Problem)


class ReceiptIn(Schema):
    """What was done with one version of the document."""

    state: Literal["accepted", "published", "returned"]
    etag: Annotated[
        str,
        Field(pattern="^[0-9a-f]{64}$", description="The `etag` of the version that is answered."),
    ]
    external_id: Annotated[str, Field(max_length=200, description="Its identifier there.")] = ""
    external_url: Annotated[
        str,
        Field(max_length=500, description="Its public address there; needed when `published`."),
    ] = ""
    message: Annotated[
        str,
        Field(
            max_length=4000,
            description="To the unit's editors; needed when `returned`. No personal data of citizens.",
        ),
    ] = ""


class ReceiptOut(Schema):
    """A stored answer."""

    channel: str
    document: UUID
    locale: str
    etag: str
    state: Literal["accepted", "published", "returned"]
    external_id: str
    external_url: str
    message: str
    received_at: datetime


def _admitted(request: HttpRequest, channel: str) -> Admission:
    """Return who answers; a stranger answers nothing, on an open channel neither."""
    if channel not in channel_codes():
        raise problems.unknown_channel(channel)
    admission = admit(request, channel=channel, verb=Verb.CONFIRM)
    if admission.is_anonymous:
        raise Refused(
            401,
            "key-needed",
            "Key needed",
            "Receipts are sent with a key of an agreed interface that may confirm.",
        )
    return admission


@router.post(
    "/channels/{channel}/documents/{document_id}/receipts",
    response={200: ReceiptOut, 201: ReceiptOut, **_PROBLEMS},
    operation_id="confirm",
    summary="Say what was done with a document",
)
def confirm(
    request: HttpRequest,
    channel: str,
    document_id: UUID,
    receipt: ReceiptIn,
    locale: Annotated[
        str, Query(max_length=12, pattern="^[A-Za-z0-9_-]*$", description="Language code.")
    ] = "pl",
) -> HttpResponse:
    """Store an answer: 201, or 200 when the same answer to the same version is stored already."""
    admission = _admitted(request, channel)
    answer = Answer(**receipt.model_dump() | {"state": ReceiptState(receipt.state)})
    _check(answer)
    try:
        stored, is_new = store_receipt(
            channel=channel,
            document_id=document_id,
            locale=locale,
            answer=answer,
            client=admission.client,
        )
    except NeverHandedOver as error:
        raise problems.document_unknown() from error
    response = HttpResponse(
        _out(stored).model_dump_json(),
        content_type="application/json",
        status=201 if is_new else 200,
    )
    for name, value in admission.headers.items():
        response[name] = value
    response["Cache-Control"] = "private, no-store"
    return response


def _check(answer: Answer) -> None:
    """Raise a problem unless the answer makes sense: in English, whatever the portal speaks."""
    try:
        with translation.override("en"):
            check_answer(answer)
    except ValidationError as error:
        field, messages = next(iter(error.message_dict.items()))
        raise problems.invalid(field, " ".join(messages)) from error


def _out(receipt: Receipt) -> ReceiptOut:
    return ReceiptOut(
        channel=receipt.channel,
        document=receipt.document_id,
        locale=receipt.locale,
        etag=receipt.etag,
        state=receipt.state,  # type: ignore[arg-type]
        external_id=receipt.external_id,
        external_url=receipt.external_url,
        message=receipt.message,
        received_at=receipt.at,
    )
