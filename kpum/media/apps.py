from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class MediaConfig(AppConfig):
    name = "kpum.media"
    label = "kpum_media"
    verbose_name = _("Pictures and files")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from wagtail.permissions import register_permission_policy

        from kpum.media import handlers
        from kpum.media.policies import MandateFilePolicy
        from kpum.media.queries import file_models

        stock = ("wagtailimages.Image", "wagtaildocs.Document")
        for model, auth_model in zip(file_models().values(), stock, strict=True):
            policy = MandateFilePolicy(
                model, auth_model=auth_model, owner_field_name="uploaded_by_user"
            )
            register_permission_policy(model, policy, exact_class=True)
        handlers.connect()
