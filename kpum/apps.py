"""The portal's core package as an installed app: it carries the templates and message catalogues."""

from django.apps import AppConfig


class KpumConfig(AppConfig):
    name = "kpum"
    label = "kpum"
    verbose_name = "KPUM"
