"""Service cards, the catalogue that shows them, and the dictionaries that group them."""

from typing import Any, ClassVar

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Value
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalKey, ParentalManyToManyField
from wagtail.admin.panels import FieldPanel, ObjectList, PageChooserPanel, TabbedInterface
from wagtail.blocks import StreamBlock
from wagtail.contrib.routable_page.models import RoutablePageMixin, path
from wagtail.fields import RichTextField
from wagtail.models import Orderable, Page
from wagtail.search import index

from kpum.blocks.body import BodyBlock
from kpum.core.streams import LeanStreamField
from kpum.org.models import Unit
from kpum.pages.models import PortalPage, Problems, UnitBoundPage
from kpum.portal.models import TextPage
from services import completeness
from services.blocks import (
    ChannelsBlock,
    DocumentsBlock,
    FeesBlock,
    FormsBlock,
    LegalBasesBlock,
    PlacesBlock,
    RequirementsBlock,
)
from services.codes import validate_code, validate_nace
from services.durations import validate_duration
from services.enums import OutcomeKind, RelationKind, ServiceLanguage
from services.forms import MONTHS_BETWEEN_CHECKS, ServiceCardForm
from services.linked import pages
from services.panels import CONTENT_PANELS, FINDING_PANELS, UPKEEP_PANELS
from services.querysets import ServiceCardManager
from services.register_models import (
    BusinessEvent,
    Category,
    Grouping,
    LegalAct,
    LifeEvent,
    PrivacyNotice,
    Waiver,
)

__all__ = [
    "BusinessEvent", "CardRelation", "CataloguePage", "Category", "Grouping", "LegalAct",
    "LifeEvent", "PrivacyNotice", "ServiceCardPage", "UnitFolderPage", "Waiver",
]  # fmt: skip


#: The catalogue's route to the cards of a grouping.
_ROUTES: dict[type[Grouping], str] = {
    Category: "category",
    LifeEvent: "life_event",
    BusinessEvent: "business_event",
}


class CataloguePage(RoutablePageMixin, UnitBoundPage, TextPage):
    """The main area “Informacje i usługi miejskie” (K-03): every card, by category and life event."""

    template = "kpum/services/catalogue_page.html"
    content_panels: list[Any] = [*TextPage.content_panels, FieldPanel("unit")]

    class Meta:
        verbose_name = _("service catalogue")
        verbose_name_plural = _("service catalogues")

    @path("")
    def catalogue(self, request: HttpRequest) -> HttpResponse:
        """Show the categories, the life events, and every card from A to Z."""
        return self.render(
            request,
            context_overrides={
                "categories": Category.objects.all(),
                "life_events": LifeEvent.objects.all(),
                "business_events": BusinessEvent.objects.all(),
                "cards": ServiceCardPage.objects.open_to_all(),
            },
        )

    @path("kategoria/<slug:slug>/", name="category")
    def category(self, request: HttpRequest, slug: str) -> HttpResponse:
        """Show the cards of one category."""
        return self._show(request, Category.objects.filter(slug=slug).first(), "category")

    @path("zdarzenie/<slug:slug>/", name="life_event")
    def life_event(self, request: HttpRequest, slug: str) -> HttpResponse:
        """Show the cards that one life event brings."""
        return self._show(request, LifeEvent.objects.filter(slug=slug).first(), "life_event")

    @path("dla-firmy/<slug:slug>/", name="business_event")
    def business_event(self, request: HttpRequest, slug: str) -> HttpResponse:
        """Show the cards that one event in the life of a business brings."""
        found = BusinessEvent.objects.filter(slug=slug).first()
        return self._show(request, found, "business_event")

    def _show(self, request: HttpRequest, grouping: Any, kind: str) -> HttpResponse:
        if grouping is None:
            raise Http404
        cards = ServiceCardPage.objects.open_to_all().grouped_by(grouping)
        return self.render(
            request,
            template="kpum/services/grouping_page.html",
            context_overrides={"grouping": grouping, "kind": kind, "cards": cards},
        )

    def grouping_url(self, grouping: Grouping) -> str:
        """Return the public address of a category or a life event."""
        return self.url + self.reverse_subpage(_ROUTES[type(grouping)], args=[grouping.slug])


class UnitFolderPage(UnitBoundPage):
    """A unit's folder in the catalogue: position is ownership (ARCHITECTURE § 8)."""

    template = "kpum/services/unit_folder_page.html"
    content_panels: list[Any] = [*Page.content_panels, FieldPanel("unit")]

    class Meta:
        verbose_name = _("unit's folder")
        verbose_name_plural = _("units' folders")

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context(request, *args, **kwargs)
        cards = ServiceCardPage.objects.open_to_all().descendant_of(self)
        return context | {"cards": cards}


#: What running text of one field may hold.
RUNNING_TEXT = ["bold", "italic", "ul", "ol", "link", "document-link"]
WHOLE_CITY = "Gmina Miejska Kraków"


def _parts(block: StreamBlock, name: Any) -> LeanStreamField:
    """Return a list of structured parts, empty on cards that were written before it was there."""
    return LeanStreamField(
        block, blank=True, default=list, db_default=Value("[]"), verbose_name=name
    )


def _line(name: Any, length: int) -> Any:
    return models.CharField(name, max_length=length, blank=True, default="", db_default="")


def _address(name: Any, help_text: Any = "") -> Any:
    return models.URLField(name, blank=True, default="", db_default="", help_text=help_text)


def _in_polish() -> list[str]:
    return [ServiceLanguage.POLISH.value]


class ServiceCardPage(PortalPage):
    """A service card: how to get one matter done, in the 29 fields of part D.2.

    A draft may be as incomplete as it likes; ``completeness`` says what a citizen cannot miss.
    """

    code = models.CharField(
        _("code"),
        max_length=10,
        validators=[validate_code],
        help_text=_("The unit's symbol and a number, such as SA-14; it never changes."),
    )
    summary = models.TextField(
        _("in short"),
        max_length=300,
        help_text=_(
            "What the citizen gets, and the most important condition. Up to 300 characters."
        ),
    )
    description = RichTextField(
        _("more about it"), features=RUNNING_TEXT, blank=True, default="", db_default="",
        help_text=_("Only what does not fit in short: what the matter is, and when one needs it."),
    )  # fmt: skip
    applicants = models.TextField(_("who may apply"))
    audiences = models.JSONField(_("for whom"), default=list, blank=True)
    requirements = _parts(RequirementsBlock(), _("conditions"))
    steps_and_notes = LeanStreamField(
        BodyBlock(), blank=True, verbose_name=_("step by step, and what else to know")
    )
    no_documents = models.BooleanField(_("no documents are needed"), default=False)
    documents = LeanStreamField(DocumentsBlock(), blank=True, verbose_name=_("documents"))
    forms = _parts(FormsBlock(), _("forms to download"))
    free_of_charge = models.BooleanField(_("free of charge"), default=False)
    fees = LeanStreamField(FeesBlock(), blank=True, verbose_name=_("fees"))
    processing_duration = models.CharField(
        _("processing time"), max_length=20, validators=[validate_duration]
    )
    processing_text = models.TextField(_("processing time in words"))
    outcome_kind = models.CharField(
        _("kind of outcome"), max_length=20, choices=OutcomeKind.choices
    )
    outcome = models.TextField(_("outcome"))
    appeal_possible = models.BooleanField(_("an appeal is possible"), default=True)
    appeal_authority = models.CharField(_("appeal to"), max_length=255, blank=True)
    appeal_days = models.PositiveSmallIntegerField(_("days to appeal"), null=True, blank=True)
    appeal_text = models.TextField(_("how to appeal, or why there is none"))
    channels = LeanStreamField(ChannelsBlock(), blank=True, verbose_name=_("ways to apply"))
    places = _parts(PlacesBlock(), _("where and when"))
    contact_cell = _line(_("team that answers"), 160)
    contact_phone = _line(_("its phone"), 40)
    contact_email = models.EmailField(_("its e-mail"), blank=True, default="", db_default="")
    legal_bases = LeanStreamField(LegalBasesBlock(), blank=True, verbose_name=_("legal basis"))
    privacy_notice = models.ForeignKey(
        PrivacyNotice, on_delete=models.PROTECT, null=True, blank=True, related_name="cards",
        verbose_name=_("privacy notice"),
    )  # fmt: skip
    categories = ParentalManyToManyField(
        Category, blank=True, verbose_name=_("categories"), related_name="cards"
    )
    life_events = ParentalManyToManyField(
        LifeEvent, blank=True, verbose_name=_("life events"), related_name="cards"
    )
    business_events = ParentalManyToManyField(
        BusinessEvent, blank=True, verbose_name=_("business events"), related_name="cards"
    )
    keywords = models.CharField(
        _("other words for it"), max_length=400, blank=True,
        help_text=_("Words people search with, separated by commas."),
    )  # fmt: skip
    sign_language_video = _address(_("film in Polish Sign Language"), _("The address of the film."))
    etr_text = models.TextField(
        _("easy-to-read text"), blank=True, default="", db_default="",
        help_text=_("One short sentence in each line; no hard words (ETR)."),
    )  # fmt: skip
    valid_from = models.DateField(_("holds from"), null=True, blank=True)
    valid_to = models.DateField(_("holds until"), null=True, blank=True)
    review_months = models.PositiveSmallIntegerField(
        _("months between checks"), default=MONTHS_BETWEEN_CHECKS, db_default=MONTHS_BETWEEN_CHECKS, blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(36)],
    )  # fmt: skip
    bip_url = _address(_("the procedure in BIP"))
    epuap_url = _address(_("the card in ePUAP"))
    govpl_url = _address(_("the service on gov.pl"))
    spatial = models.CharField(
        _("where it holds"), max_length=120, blank=True, default=WHOLE_CITY, db_default=WHOLE_CITY,
        help_text=_("The whole city, or the districts that it concerns."),
    )  # fmt: skip
    languages = models.JSONField(
        _("languages"), default=_in_polish, db_default=Value(["pl"], models.JSONField()), blank=True
    )
    sector = models.CharField(
        _("sector (NACE)"), max_length=8, blank=True, default="", db_default="",
        validators=[validate_nace], help_text=_("Such as O84.11."),
    )  # fmt: skip

    requires_conformity = True
    base_form_class = ServiceCardForm
    template = "kpum/services/service_card_page.html"
    subpage_types: ClassVar[list[str]] = []
    objects: ClassVar[Any] = ServiceCardManager()
    content_panels: list[Any] = CONTENT_PANELS
    edit_handler = TabbedInterface(
        [
            ObjectList(CONTENT_PANELS, heading=_("Card")),
            ObjectList(FINDING_PANELS, heading=_("Finding it")),
            ObjectList(UPKEEP_PANELS, heading=_("Keeping it up")),
            ObjectList(
                [*PortalPage.promote_panels, *Page.settings_panels], heading=_("Publication")
            ),
        ]
    )

    search_fields: list[Any] = [
        *Page.search_fields,
        index.SearchField("code", boost=3),
        index.SearchField("summary", boost=2),
        index.SearchField("keywords", boost=2),
        index.SearchField("applicants"),
        index.SearchField("description"),
        index.SearchField("outcome"),
        index.SearchField("steps_and_notes"),
    ]

    class Meta:
        verbose_name = _("service card")
        verbose_name_plural = _("service cards")
        indexes = [models.Index(fields=["code"])]

    @property
    def responsible_unit(self) -> Unit:
        """Return the unit that handles the matter (row 16): the owner of the folder it lies in."""
        return self.owner_unit

    #: What search engines are told; set on the way to the public, so no preview ever has it.
    schema_org: dict[str, Any] | None = None

    def serve(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Show the card to people, or tell machines of it, as the request prefers (ADR 0016)."""
        if self.gone is not None or self.outdated is not None:
            return super().serve(request, *args, **kwargs)
        told = pages.answer(request, self)
        if told is not None:
            return told
        self.schema_org = pages.schema_org(self)
        response = super().serve(request, *args, **kwargs)
        if self.schema_org is not None:
            pages.announce(response)
        return response

    def clean(self) -> None:
        super().clean()
        if self.valid_from and self.valid_to and self.valid_to <= self.valid_from:
            raise ValidationError({"valid_to": _("The end must come after the beginning.")})

    def missing_for_citizens(self) -> Problems:
        """Return what a citizen would miss: field → messages."""
        problems = super().missing_for_citizens()
        for field, message in completeness.missing(self):
            problems.setdefault(field, []).append(message)
        if self.code and self._code_taken():
            problems.setdefault("code", []).append(gettext("Another card bears this code."))
        return problems

    def _code_taken(self) -> bool:
        others = ServiceCardPage.objects.filter(code=self.code, locale=self.locale_id)
        return others.exclude(pk=self.pk).exists()


class CardRelation(Orderable):
    """Another card that the reader of one needs first, or often needs, too (row 20)."""

    page = ParentalKey(ServiceCardPage, on_delete=models.CASCADE, related_name="relations")
    kind = models.CharField(
        _("what it is to this one"), max_length=10, choices=RelationKind.choices,
        default=RelationKind.RELATED,
    )  # fmt: skip
    card = models.ForeignKey(
        ServiceCardPage, on_delete=models.CASCADE, related_name="+", verbose_name=_("card")
    )

    panels: ClassVar[list[Any]] = [FieldPanel("kind"), PageChooserPanel("card")]

    class Meta(Orderable.Meta):
        verbose_name = _("related card")
        verbose_name_plural = _("related cards")

    def __str__(self) -> str:
        return f"{self.page_id} {self.kind} {self.card_id}"
