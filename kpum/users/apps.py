from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class UsersConfig(AppConfig):
    name = "kpum.users"
    label = "kpum_users"
    verbose_name = _("People")
    default_auto_field = "django.db.models.BigAutoField"
