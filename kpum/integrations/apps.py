from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class IntegrationsConfig(AppConfig):
    name = "kpum.integrations"
    label = "kpum_integrations"
    verbose_name = _("Interfaces")
    default_auto_field = "django.db.models.BigAutoField"
