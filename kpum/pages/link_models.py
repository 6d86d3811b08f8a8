"""Where the public texts of pages lead: outside, and to other pages."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from wagtail.models import Page

from kpum.integrations.link_checks.models import LinkedAddress


class PageLink(models.Model):
    """A link in what is public of a page, as it was when links were gathered last.

    It leads outside (``address``) or to a page (``target_page``, its key: the page may be gone).
    """

    page = models.ForeignKey(
        Page, on_delete=models.CASCADE, related_name="+", verbose_name=_("page")
    )
    field = models.CharField(_("field"), max_length=60)
    address = models.ForeignKey(
        LinkedAddress, on_delete=models.CASCADE, null=True, related_name="page_links",
        verbose_name=_("address"),
    )  # fmt: skip
    target_page = models.BigIntegerField(_("page it leads to"), null=True, db_index=True)

    class Meta:
        verbose_name = _("link of a page")
        verbose_name_plural = _("links of pages")
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(address=None, target_page__isnull=False)
                | Q(address__isnull=False, target_page=None),
                name="kpum_link_leads_one_way",
            ),
            models.UniqueConstraint(
                fields=["page", "field", "address"], name="kpum_link_outside_once"
            ),
            models.UniqueConstraint(
                fields=["page", "field", "target_page"], name="kpum_link_inside_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.page_id} {self.field} → {self.target_page or self.address_id}"
