from django.apps import AppConfig


class BenchConfig(AppConfig):
    """Brings the command, and nothing to a running portal."""

    default = True
    name = "kpum.bench"
    label = "kpum_bench"
    verbose_name = "Bench"


class SideBySideConfig(BenchConfig):
    """In the bench's own servers: Wagtail's APIs may show what our pages hold."""

    default = False

    def ready(self) -> None:
        from kpum.bench.stock import expose_content

        # Before Wagtail's API v3 reads them, as it is imported.
        expose_content()
