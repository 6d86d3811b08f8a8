from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ChannelsConfig(AppConfig):
    name = "kpum.channels"
    label = "kpum_channels"
    verbose_name = _("Channels")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from kpum.channels import handlers
        from kpum.channels.heads import channel_heads
        from kpum.integrations.registry import register_heads

        handlers.connect()
        register_heads(channel_heads)
