"""The base of every page, and the side table that says whose it is and where it goes (ADR 0001)."""

from datetime import timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.http import HttpRequest, HttpResponse
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, MultiFieldPanel
from wagtail.coreutils import string_to_ascii
from wagtail.fields import StreamField
from wagtail.locks import WorkflowLock
from wagtail.models import Page
from wagtail.url_routing import RouteResult

from kpum.core import clock
from kpum.org.models import Unit
from kpum.pages import afterlife
from kpum.pages.channel_models import PublicationChannel
from kpum.pages.enums import Channel, WithdrawalReason
from kpum.pages.forms import PortalPageForm
from kpum.pages.link_models import PageLink
from kpum.pages.locks import ReviewLock
from kpum.pages.review_models import ReviewReminder
from kpum.pages.testers import PortalPageTester, owner_path_of

__all__ = [
    "PageLink", "Placement", "PortalPage", "Problems", "PublicationChannel", "ReviewReminder",
    "Stewardship",
    "UnitBoundPage", "Withdrawal", "default_targets",
]  # fmt: skip

Problems = dict[str, list[str]]
#: A check that is this late is told to citizens.
HONEST_AFTER = timedelta(days=90)


def default_targets() -> list[str]:
    """Return where a new page goes unless its author says otherwise."""
    return [Channel.PUBLIC.value]


class Stewardship(models.Model):
    """Whose a page is and when it is due for review: one row per page, whatever its type.

    Not content: it follows the page's place in the tree and does not travel in revisions.
    """

    page = models.OneToOneField(
        Page, on_delete=models.CASCADE, primary_key=True, related_name="stewardship"
    )
    owner_unit = models.ForeignKey(
        Unit, on_delete=models.PROTECT, related_name="stewardships", verbose_name=_("owning unit")
    )
    inherited = models.BooleanField(_("taken from the page above"), default=True)
    responsible = models.CharField(
        _("answered for by"), max_length=300, blank=True, default="", db_default=""
    )
    #: When somebody last said that what is public is right: at its publication, or since.
    last_verified = models.DateField(_("last checked"), null=True, blank=True)
    review_due = models.DateField(_("review due"), null=True, blank=True, db_index=True)

    class Meta:
        verbose_name = _("stewardship")
        verbose_name_plural = _("stewardships")
        indexes = [models.Index(fields=["owner_unit", "review_due"])]

    def __str__(self) -> str:
        return f"{self.page_id}: {self.owner_unit.code}"

    @property
    def is_long_overdue(self) -> bool:
        """Return whether citizens should know that nobody has checked the text in time."""
        return self.review_due is not None and clock.today() - self.review_due > HONEST_AFTER


class Placement(models.Model):
    """A channel that the approved revision wants the page in; whether it is there, its rules say."""

    page = models.ForeignKey(Page, on_delete=models.CASCADE, related_name="placements")
    channel = models.CharField(_("channel"), max_length=20)

    class Meta:
        verbose_name = _("placement")
        verbose_name_plural = _("placements")
        constraints = [
            models.UniqueConstraint(fields=["channel", "page"], name="kpum_placement_once")
        ]

    def __str__(self) -> str:
        return f"{self.page_id} → {self.channel}"


class Withdrawal(models.Model):
    """Why a page is no longer public, in words for citizens; gone when it is published again."""

    page = models.OneToOneField(
        Page, on_delete=models.CASCADE, primary_key=True, related_name="withdrawal"
    )
    reason = models.CharField(_("reason"), max_length=20, choices=WithdrawalReason.choices)
    explanation = models.TextField(_("what citizens are told"))
    withdrawn_at = models.DateTimeField(_("withdrawn"))
    #: What was public last. Kept from ``purge_revisions``: later drafts must not show through.
    revision = models.ForeignKey(
        "wagtailcore.Revision",
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=_("last public text"),
    )
    keep_text = models.BooleanField(_("the text stays readable"), default=False, db_default=False)
    successor = models.ForeignKey(
        Page,
        on_delete=models.SET_NULL,
        null=True,
        related_name="replaces",
        verbose_name=_("page to go to instead"),
    )

    class Meta:
        verbose_name = _("withdrawal")
        verbose_name_plural = _("withdrawals")

    def __str__(self) -> str:
        return f"{self.page_id}: {self.reason}"

    @property
    def title(self) -> str:
        """Return the title that was public last, whatever a later draft says."""
        return self.revision.content["title"] if self.revision else self.page.title


class PortalPage(Page):
    """The base of every page of the portal: owned by a unit, sent to channels, published by the door."""

    targets = models.JSONField(_("channels"), default=default_targets, blank=True)

    #: Whether the service portfolio manager must find it conforming (K-16).
    requires_conformity = False
    base_form_class = PortalPageForm

    promote_panels: list[Any] = [
        MultiFieldPanel(
            [FieldPanel("slug"), FieldPanel("seo_title"), FieldPanel("search_description")],
            heading=_("Address and search engines"),
        ),
        FieldPanel("targets"),
    ]

    class Meta:
        abstract = True

    def permissions_for_user(self, user: Any) -> PortalPageTester:
        """Return what the person may do here; nobody, the superuser included, may publish directly."""
        return PortalPageTester(user, self)

    def get_lock(self) -> Any:
        """Return the lock that holds, in our own words when the text is under review."""
        lock = super().get_lock()
        return ReviewLock(self, lock.task) if isinstance(lock, WorkflowLock) else lock

    @classmethod
    def can_create_at(cls, parent: Page) -> bool:
        """Allow the type only where an owning unit is known (K-02)."""
        ours = issubclass(parent.specific_class or Page, PortalPage)
        return super().can_create_at(parent) and ours and owner_path_of(parent) is not None

    def _set_core_field_defaults(self) -> None:
        # Wagtail's own slug drops ł: “stały” would become “stay”.
        if not self.slug:
            self.slug = self._get_autogenerated_slug(slugify(string_to_ascii(self.title)))
        super()._set_core_field_defaults()

    #: What Wagtail's dialogue asks before a copy; set when the apps are ready.
    copy_form_class: Any = None
    #: The withdrawal that a visitor of the address is to be told of; set on the way there.
    gone: Withdrawal | None = None
    #: The same, on a text that stays readable although it is out of date.
    outdated: Withdrawal | None = None

    def route(self, request: HttpRequest, path_components: list[str]) -> Any:
        """Route as Wagtail does; a withdrawn page's address says why it is gone."""
        if not path_components and not self.live:
            found = Withdrawal.objects.filter(page=self.pk)
            self.gone = found.select_related("revision", "successor").first()
            if self.gone is not None:
                return RouteResult(self)
        return super().route(request, path_components)

    def serve(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Show the page; or, when it was withdrawn, its last text, its successor, or why (410)."""
        if self.gone is None:
            return super().serve(request, *args, **kwargs)
        return afterlife.answer(self, self.gone, request)

    @classmethod
    def clean_subpage_models(cls) -> list[Any]:
        """Allow only pages of the portal below one: another type would be published past the door."""
        return [model for model in super().clean_subpage_models() if issubclass(model, PortalPage)]

    @property
    def owner_unit(self) -> Unit:
        """Return the unit whose page this is (one query, none where the stewardship was selected)."""
        row = self._state.fields_cache.get("stewardship")
        if row is not None and "owner_unit" in row._state.fields_cache:
            selected: Unit = row.owner_unit
            return selected
        unit: Unit = Unit.objects.get(stewardships__page=self.pk)
        return unit

    @property
    def upkeep(self) -> Stewardship:
        """Return who answers for the page, and when it was checked; one query, its unit among it.

        Raises:
            Stewardship.DoesNotExist: the page has no place in the tree yet.
        """
        row = self._state.fields_cache.get("stewardship")
        if row is None or "owner_unit" not in row._state.fields_cache:
            row = Stewardship.objects.select_related("owner_unit").get(page=self.pk)
            self._state.fields_cache["stewardship"] = row
        return row

    def missing_for_citizens(self) -> Problems:
        """Return what this type demands before publication: field → messages. Extended by types."""
        return {}

    def publication_errors(self) -> Problems:
        """Return everything that bars publication: field → messages; empty when there is nothing."""
        problems: Problems = {}
        try:
            self.full_clean()
        except ValidationError as error:
            problems.update(error.message_dict)
        for field in self._meta.get_fields():
            if isinstance(field, StreamField):
                value = getattr(self, field.name)
                try:
                    field.stream_block.clean(value)
                except ValidationError:
                    problems.setdefault(field.name, []).append(
                        str(_("Some of the entries are not complete."))
                    )
        for name, messages in self.missing_for_citizens().items():
            problems.setdefault(name, []).extend(messages)
        return problems


class UnitBoundPage(PortalPage):
    """A page that begins a unit's territory: everything below belongs to its unit."""

    unit = models.ForeignKey(
        Unit, on_delete=models.PROTECT, related_name="+", verbose_name=_("unit")
    )

    class Meta:
        abstract = True

    @classmethod
    def can_create_at(cls, parent: Page) -> bool:
        """Allow the type under pages that are not ours too: it brings its own unit."""
        return super(PortalPage, cls).can_create_at(parent)
