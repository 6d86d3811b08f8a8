"""The 29 fields of a service card (domain part D.2): where each is kept, shown and sent.

One row a field of the standard; ``docs/service-card.md`` is made of it, and a test holds it to the
model, the page and the channels.
"""

from typing import NamedTuple


class CardField(NamedTuple):
    """One field of part D.2.

    Attributes:
        number: its row in the standard.
        heading: what Polish cards call it.
        fields: where it is kept: the card's own fields, or ``room.Model.field``.
        rule: what is demanded before publication.
        places: where the citizen sees it: anchors of the card's page.
        api: keys of the document in the channels.
        cpsv: its property in CPSV-AP 3.2; empty when there is none.
        schema_org: its property in schema.org; empty when there is none.
    """

    number: int
    heading: str
    fields: tuple[str, ...]
    rule: str
    places: tuple[str, ...]
    api: tuple[str, ...]
    cpsv: str = ""
    schema_org: str = ""


CARD_FIELDS = (
    CardField(1, "Nazwa usługi", ("title",), "required", ("h1",), ("title",), "dct:title", "name"),
    CardField(
        2, "Symbol / kod", ("code",), "required, such as SA-14, one card a code", ("h1",), ("code",),
        "dct:identifier", "identifier",
    ),
    CardField(
        3, "W skrócie (opis)", ("summary", "description"), "the short text required, up to 300 characters",
        ("h1", "who"), ("summary", "description"), "dct:description", "description",
    ),
    CardField(
        4, "Kogo dotyczy / kto może złożyć", ("applicants", "audiences"), "required, at least one group",
        ("who",), ("applicants", "audiences"), "dct:audience", "audience",
    ),
    CardField(5, "Warunki", ("requirements",), "a list, may be empty", ("who",), ("requirements",), "cv:holdsRequirement"),
    CardField(
        6, "Wymagane dokumenty", ("documents", "no_documents"), "a list, or said that none are needed",
        ("documents",), ("documents",), "cpsv:hasInput", "potentialAction",
    ),
    CardField(
        7, "Formularze i wzory do pobrania", ("forms",), "each with a file; a document names only forms of the card",
        ("forms",), ("forms",), "foaf:page", "hasPart",
    ),
    CardField(
        8, "Opłaty", ("fees", "free_of_charge"), "a list, or said that it is free", ("fees",),
        ("fees", "free_of_charge"), "cv:hasCost", "offers",
    ),
    CardField(9, "Numer rachunku", ("fees",), "a Polish IBAN whose check digits hold", ("fees",), ("fees",)),
    CardField(
        10, "Termin załatwienia", ("processing_duration", "processing_text"), "required, ISO 8601 and in words",
        ("time",), ("processing_duration", "processing_text"), "cv:processingTime",
    ),
    CardField(
        11, "Sposób załatwienia / rezultat", ("outcome", "outcome_kind"), "required", ("time",),
        ("outcome", "outcome_kind"), "cpsv:produces", "serviceOutput",
    ),
    CardField(
        12, "Tryb odwoławczy", ("appeal_possible", "appeal_authority", "appeal_days", "appeal_text"),
        "required; to whom and within how many days, or why there is none", ("appeal",), ("appeal",),
        "cpsv:follows",
    ),
    CardField(
        13, "Podstawa prawna", ("legal_bases",), "at least one act of the register", ("law",), ("legal_bases",),
        "cv:hasLegalResource",
    ),
    CardField(
        14, "Jak załatwić", ("channels",), "at least one; ePUAP only with its ground (L-8)", ("ways",), ("channels",),
        "cv:hasChannel", "availableChannel",
    ),
    CardField(
        15, "Gdzie i kiedy", ("places", "kpum_org.Unit.address", "kpum_org.Unit.opening_hours"),
        "of the unit; further places at will", ("places", "unit"), ("places",), "cv:openingHours", "hoursAvailable",
    ),
    CardField(
        16, "Sprawę załatwia", ("kpum_pages.Stewardship.owner_unit", "contact_cell", "contact_phone", "contact_email"),
        "the unit whose folder the card lies in", ("unit",), ("owner_unit", "contact"),
        "cv:hasCompetentAuthority", "provider",
    ),
    CardField(
        17, "Kategorie / zdarzenia życiowe", ("categories", "life_events", "business_events"), "at least one category",
        ("related-title",), ("categories", "life_events", "business_events"), "cv:thematicArea", "category",
    ),
    CardField(18, "Słowa kluczowe, synonimy", ("keywords",), "at will", (), ("keywords",), "dcat:keyword", "keywords"),
    CardField(19, "Informacje dodatkowe / uwagi", ("steps_and_notes",), "at will", ("steps", "notes"), ("body",)),
    CardField(
        20, "Powiązane usługi", ("kpum_services.CardRelation.card",), "at will; shown while public",
        ("who", "related-title"), ("relations",), "cv:relatedService", "isRelatedTo",
    ),
    CardField(21, "Klauzula RODO", ("privacy_notice",), "required, with every part of GDPR art. 13", ("privacy",), ("privacy_notice",)),
    CardField(
        22, "Wersja w PJM / ETR", ("sign_language_video", "etr_text"), "at will", ("h1", "easy"),
        ("sign_language_video", "etr_text"), "dct:language", "subjectOf",
    ),
    CardField(23, "Obowiązuje od/do", ("valid_from", "valid_to"), "the end after the beginning", ("updated",), ("valid_from", "valid_to"), "dct:temporal"),
    CardField(
        24, "Wersja, ostatnia aktualizacja, następny przegląd",
        ("review_months", "kpum_pages.Stewardship.last_verified", "kpum_pages.Stewardship.review_due"),
        "set by the system", ("updated",), ("stewardship", "first_published_at", "last_published_at"), "", "dateModified",
    ),
    CardField(25, "Status", ("wagtailcore.Page.live",), "by the approval path", (), ("status",), "adms:status"),
    CardField(26, "Zgodność ze Strategią Usług", ("kpum_workflows.Agreement.stage",), "the portfolio manager's consent (K-16)", (), ()),
    CardField(27, "Kto opracował / zatwierdził / opublikował", ("kpum_pages.Stewardship.responsible",), "kept by the trail (C.1)", (), ("stewardship",), "cv:hasParticipation"),
    CardField(
        28, "Odnośnik BIP / ePUAP / gov.pl", ("bip_url", "epuap_url", "govpl_url"), "at will", ("unit",),
        ("bip_url", "epuap_url", "govpl_url"), "foaf:page", "sameAs",
    ),
    CardField(
        29, "Zastosowanie terytorialne, język, sektor", ("spatial", "languages", "sector"), "the whole city and Polish unless said otherwise",
        (), ("spatial", "languages", "sector"), "dct:spatial", "areaServed",
    ),
)  # fmt: skip
