from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class OrgConfig(AppConfig):
    name = "kpum.org"
    label = "kpum_org"
    verbose_name = _("Units and mandates")
    default_auto_field = "django.db.models.BigAutoField"
