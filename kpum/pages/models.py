"""The base of every page, and the side table that says whose it is and where it goes (ADR 0001)."""

from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, MultiFieldPanel
from wagtail.fields import StreamField
from wagtail.models import Page

from kpum.org.models import Unit
from kpum.pages.enums import Channel
from kpum.pages.forms import PortalPageForm
from kpum.pages.testers import PortalPageTester

Problems = dict[str, list[str]]


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
    review_due = models.DateField(_("review due"), null=True, blank=True, db_index=True)

    class Meta:
        verbose_name = _("stewardship")
        verbose_name_plural = _("stewardships")
        indexes = [models.Index(fields=["owner_unit", "review_due"])]

    def __str__(self) -> str:
        return f"{self.page_id}: {self.owner_unit.code}"


class Placement(models.Model):
    """A channel that a published page goes to; written by the door from the approved revision."""

    page = models.ForeignKey(Page, on_delete=models.CASCADE, related_name="placements")
    channel = models.CharField(_("channel"), max_length=10, choices=Channel.choices)

    class Meta:
        verbose_name = _("placement")
        verbose_name_plural = _("placements")
        constraints = [
            models.UniqueConstraint(fields=["channel", "page"], name="kpum_placement_once")
        ]

    def __str__(self) -> str:
        return f"{self.page_id} → {self.channel}"


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

    @classmethod
    def can_create_at(cls, parent: Page) -> bool:
        """Allow the type only where an owning unit is known (K-02)."""
        return super().can_create_at(parent) and Stewardship.objects.filter(page=parent.pk).exists()

    @property
    def owner_unit(self) -> Unit:
        """Return the unit whose page this is."""
        return self.stewardship.owner_unit

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
