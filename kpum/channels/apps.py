from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ChannelsConfig(AppConfig):
    name = "kpum.channels"
    label = "kpum_channels"
    verbose_name = _("Channels")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from wagtail.permissions import register_permission_policy

        from kpum.channels import checks, handlers
        from kpum.channels.hand_over_policies import HandOverPolicy
        from kpum.channels.heads import channel_heads
        from kpum.channels.linked_documents import public_card
        from kpum.channels.models import PublishedDocument
        from kpum.integrations.registry import register_heads
        from services.linked.sources import register_source

        register_permission_policy(PublishedDocument, HandOverPolicy(PublishedDocument))
        handlers.connect()
        checks.connect()
        register_heads(channel_heads)
        register_source(public_card)
