from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class BranchPagesConfig(AppConfig):
    name = "branch_pages"
    label = "kpum_branch_pages"
    verbose_name = _("Branch sites")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from branch_pages.queries import branch_sites_of
        from kpum.org.registry import register_branch_source

        register_branch_source(branch_sites_of)
