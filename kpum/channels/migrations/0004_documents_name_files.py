from django.db import migrations
from django.utils import timezone


def rebuild_all(apps, schema_editor):
    """Documents name their files now, and lists have columns: the worker builds everything anew."""
    if not apps.get_model("kpum_channels", "PublishedDocument").objects.exists():
        return
    Site = apps.get_model("wagtailcore", "Site")
    RebuildMark = apps.get_model("kpum_channels", "RebuildMark")
    for page_id in Site.objects.values_list("root_page_id", flat=True).distinct():
        RebuildMark.objects.create(page_id=page_id, created_at=timezone.now())


class Migration(migrations.Migration):
    dependencies = [
        ("kpum_channels", "0003_lists_media_chunks_manifests"),
        ("wagtailcore", "0098_apitoken"),
    ]

    operations = [migrations.RunPython(rebuild_all, migrations.RunPython.noop)]
