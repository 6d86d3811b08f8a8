from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ReportsConfig(AppConfig):
    name = "kpum.reports"
    label = "kpum_reports"
    verbose_name = _("Reports")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from wagtail.permissions import register_permission_policy

        from kpum.audit.models import AuditEntry
        from kpum.integrations.link_checks.models import AddressChange
        from kpum.pages.models import PageLink, Stewardship
        from kpum.reports.policies import (
            AddressChangePolicy,
            PageLinkPolicy,
            TrailPolicy,
            UpkeepPolicy,
        )

        register_permission_policy(AuditEntry, TrailPolicy(AuditEntry))
        register_permission_policy(PageLink, PageLinkPolicy(PageLink))
        register_permission_policy(AddressChange, AddressChangePolicy(AddressChange))
        register_permission_policy(Stewardship, UpkeepPolicy(Stewardship))
