from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PagesConfig(AppConfig):
    name = "kpum.pages"
    label = "kpum_pages"
    verbose_name = _("Pages")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from wagtail.models import Page
        from wagtail.permissions import register_permission_policy

        from kpum.integrations.registry import register_channels
        from kpum.org.registry import register_place_finder
        from kpum.pages import handlers
        from kpum.pages.dialogues import PortalCopyForm
        from kpum.pages.enums import Channel
        from kpum.pages.models import PortalPage
        from kpum.pages.policies import MandatePagePolicy
        from kpum.pages.queries import place_of

        policy = MandatePagePolicy()
        register_permission_policy(Page, policy, exact_class=True)
        register_permission_policy(PortalPage, policy)
        register_place_finder(place_of)
        register_channels(lambda: list(Channel.choices))
        PortalPage.copy_form_class = PortalCopyForm
        handlers.connect()
