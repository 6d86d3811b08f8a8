from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class MediaConfig(AppConfig):
    name = "kpum.media"
    label = "kpum_media"
    verbose_name = _("Pictures and files")
    default_auto_field = "django.db.models.BigAutoField"
