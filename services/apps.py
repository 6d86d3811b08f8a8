from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ServicesConfig(AppConfig):
    name = "services"
    label = "kpum_services"
    verbose_name = _("City services")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from wagtail.permissions import register_permission_policy

        from kpum.pages.channel_demands import register_requirement
        from kpum.pages.form_help import register_form_help
        from services import handlers
        from services.completeness import EPUAP_FILING
        from services.conformity.early import told_at_submission
        from services.conformity.examiner import examine_card
        from services.dictionary_policies import DICTIONARIES, DictionaryPolicy
        from services.first_values import first_values
        from services.models import ServiceCardPage
        from workflows.enums import Stage
        from workflows.examiners import register_examiner

        register_requirement(EPUAP_FILING)
        register_examiner(Stage.CONFORMITY, examine_card)
        register_form_help(ServiceCardPage, check=told_at_submission, first_values=first_values)
        for model in DICTIONARIES:
            register_permission_policy(model, DictionaryPolicy(model))
        handlers.connect()
