from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class WorkflowsConfig(AppConfig):
    name = "workflows"
    label = "kpum_workflows"
    verbose_name = _("Approval path")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from workflows import handlers

        handlers.connect()
