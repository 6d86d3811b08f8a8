from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class BranchPagesConfig(AppConfig):
    name = "branch_pages"
    label = "kpum_branch_pages"
    verbose_name = _("Branch sites")
    default_auto_field = "django.db.models.BigAutoField"
