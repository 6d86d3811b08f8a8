from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class OrgConfig(AppConfig):
    name = "kpum.org"
    label = "kpum_org"
    verbose_name = _("Units and mandates")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from wagtail.permissions import register_permission_policy

        from kpum.org import policies
        from kpum.org.models import InternalOrder, Mandate, Substitution, Unit

        for model, policy in (
            (Mandate, policies.MandatePolicy),
            (Substitution, policies.SubstitutionPolicy),
            (InternalOrder, policies.OrderPolicy),
            (Unit, policies.ContactPolicy),
        ):
            register_permission_policy(model, policy(model))
