from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class BlocksConfig(AppConfig):
    name = "kpum.blocks"
    label = "kpum_blocks"
    verbose_name = _("Content blocks")
    default_auto_field = "django.db.models.BigAutoField"
