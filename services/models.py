"""Service cards, the catalogue that shows them, and the dictionaries that group them."""

import uuid
from typing import Any, ClassVar

from django.db import models
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalManyToManyField
from wagtail.admin.panels import FieldPanel, MultiFieldPanel, ObjectList, TabbedInterface
from wagtail.contrib.routable_page.models import RoutablePageMixin, path
from wagtail.models import Page
from wagtail.search import index

from kpum.blocks.body import BodyBlock
from kpum.core.streams import LeanStreamField
from kpum.org.models import Unit
from kpum.pages.models import PortalPage, Problems, UnitBoundPage
from kpum.portal.models import TextPage
from services import requirements
from services.blocks import ChannelsBlock, DocumentsBlock, FeesBlock, LegalBasesBlock
from services.codes import validate_code
from services.durations import validate_duration
from services.enums import Icon, OutcomeKind
from services.forms import ServiceCardForm
from services.querysets import ServiceCardManager


class Grouping(models.Model):
    """A word of the catalogue's dictionaries: a category or a life event (row 17)."""

    document_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    slug = models.SlugField(_("address"), unique=True)
    name = models.CharField(_("name"), max_length=120)
    summary = models.CharField(_("summary"), max_length=300)
    icon = models.CharField(_("pictogram"), max_length=20, choices=Icon.choices)
    order = models.PositiveIntegerField(_("order"), default=0)

    class Meta:
        abstract = True
        ordering = ["order", "name"]

    def __str__(self) -> str:
        return self.name


class Category(Grouping):
    """A field of city matters, in citizens' words."""

    class Meta(Grouping.Meta):
        verbose_name = _("category")
        verbose_name_plural = _("categories")


class LifeEvent(Grouping):
    """Something that happens to people and brings several matters at once."""

    class Meta(Grouping.Meta):
        verbose_name = _("life event")
        verbose_name_plural = _("life events")


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

    def _show(self, request: HttpRequest, grouping: Any, kind: str) -> HttpResponse:
        if grouping is None:
            raise Http404
        cards = ServiceCardPage.objects.open_to_all()
        cards = (
            cards.in_category(grouping) if kind == "category" else cards.for_life_event(grouping)
        )
        return self.render(
            request,
            template="kpum/services/grouping_page.html",
            context_overrides={"grouping": grouping, "kind": kind, "cards": cards},
        )

    def grouping_url(self, grouping: Grouping) -> str:
        """Return the public address of a category or a life event."""
        name = "category" if isinstance(grouping, Category) else "life_event"
        return self.url + self.reverse_subpage(name, args=[grouping.slug])


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


class ServiceCardPage(PortalPage):
    """A service card: how to get one matter done (part D.2).

    A draft may be as incomplete as it likes; ``requirements`` says what a citizen cannot miss.
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
    applicants = models.TextField(_("who may apply"))
    audiences = models.JSONField(_("for whom"), default=list, blank=True)
    steps_and_notes = LeanStreamField(
        BodyBlock(), blank=True, verbose_name=_("step by step, and what else to know")
    )
    no_documents = models.BooleanField(_("no documents are needed"), default=False)
    documents = LeanStreamField(DocumentsBlock(), blank=True, verbose_name=_("documents"))
    free_of_charge = models.BooleanField(_("free of charge"), default=False)
    fees = LeanStreamField(FeesBlock(), blank=True, verbose_name=_("fees"))
    processing_duration = models.CharField(
        _("processing time (ISO 8601)"), max_length=20, validators=[validate_duration],
        help_text=_("P14D is 14 days, P1M is one month."),
    )  # fmt: skip
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
    legal_bases = LeanStreamField(LegalBasesBlock(), blank=True, verbose_name=_("legal basis"))
    categories = ParentalManyToManyField(
        Category, blank=True, verbose_name=_("categories"), related_name="cards"
    )
    life_events = ParentalManyToManyField(
        LifeEvent, blank=True, verbose_name=_("life events"), related_name="cards"
    )
    keywords = models.CharField(
        _("other words for it"), max_length=400, blank=True,
        help_text=_("Words people search with, separated by commas."),
    )  # fmt: skip

    requires_conformity = True
    base_form_class = ServiceCardForm
    template = "kpum/services/service_card_page.html"
    subpage_types: ClassVar[list[str]] = []
    objects: ClassVar[Any] = ServiceCardManager()

    content_panels: list[Any] = [
        *Page.content_panels,
        FieldPanel("code"),
        FieldPanel("summary"),
        MultiFieldPanel(
            [FieldPanel("applicants"), FieldPanel("audiences")], heading=_("Who may apply")
        ),
        FieldPanel("steps_and_notes"),
        MultiFieldPanel(
            [FieldPanel("no_documents"), FieldPanel("documents")], heading=_("Documents")
        ),
        MultiFieldPanel([FieldPanel("free_of_charge"), FieldPanel("fees")], heading=_("Fees")),
        FieldPanel("channels"),
        MultiFieldPanel(
            [FieldPanel("processing_duration"), FieldPanel("processing_text")],
            heading=_("Processing time"),
        ),
        MultiFieldPanel([FieldPanel("outcome_kind"), FieldPanel("outcome")], heading=_("Outcome")),
        MultiFieldPanel(
            [
                FieldPanel("appeal_possible"),
                FieldPanel("appeal_authority"),
                FieldPanel("appeal_days"),
                FieldPanel("appeal_text"),
            ],
            heading=_("Appeal"),
        ),
        FieldPanel("legal_bases"),
    ]
    finding_panels: list[Any] = [
        FieldPanel("categories"),
        FieldPanel("life_events"),
        FieldPanel("keywords"),
    ]
    edit_handler = TabbedInterface(
        [
            ObjectList(content_panels, heading=_("Card")),
            ObjectList(finding_panels, heading=_("Finding it")),
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

    def missing_for_citizens(self) -> Problems:
        """Return what a citizen would miss: field → messages."""
        problems = super().missing_for_citizens()
        for field, message in requirements.missing(self):
            problems.setdefault(field, []).append(message)
        if self.code and self._code_taken():
            problems.setdefault("code", []).append(gettext("Another card bears this code."))
        return problems

    def _code_taken(self) -> bool:
        others = ServiceCardPage.objects.filter(code=self.code, locale=self.locale_id)
        return others.exclude(pk=self.pk).exists()
