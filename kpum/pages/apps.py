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

        from kpum.integrations.channel_source import register_open_channels
        from kpum.integrations.registry import register_channels
        from kpum.org.registry import register_place_finder
        from kpum.pages import handlers
        from kpum.pages.channel_demands import RESPONSIBLE, register_requirement
        from kpum.pages.channel_models import PublicationChannel
        from kpum.pages.channel_policies import ChannelPolicy
        from kpum.pages.channel_rules import channel_names, open_channel_codes
        from kpum.pages.dialogues import PortalCopyForm
        from kpum.pages.models import PortalPage
        from kpum.pages.policies import MandatePagePolicy
        from kpum.pages.queries import place_of

        policy = MandatePagePolicy()
        register_permission_policy(Page, policy, exact_class=True)
        register_permission_policy(PortalPage, policy)
        register_permission_policy(PublicationChannel, ChannelPolicy(PublicationChannel))
        register_place_finder(place_of)
        register_open_channels(open_channel_codes)
        register_channels(lambda: list(channel_names().items()))
        register_requirement(RESPONSIBLE)
        PortalPage.copy_form_class = PortalCopyForm
        handlers.connect()
