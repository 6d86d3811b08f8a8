from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class IntegrationsConfig(AppConfig):
    name = "kpum.integrations"
    label = "kpum_integrations"
    verbose_name = _("Interfaces")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from wagtail.permissions import register_permission_policy

        from kpum.integrations import checks, policies
        from kpum.integrations.models import ApiClient, ApiKey, DataInterface, OutsideSystem

        checks.connect()
        for model, policy in (
            (OutsideSystem, policies.SystemPolicy),
            (DataInterface, policies.InterfacePolicy),
            (ApiClient, policies.ClientPolicy),
            (ApiKey, policies.KeyPolicy),
        ):
            register_permission_policy(model, policy(model))
