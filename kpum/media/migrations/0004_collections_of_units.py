"""Units that exist get their collection, as new ones do from now on."""

from django.db import migrations

ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
STEP = 4
LONGEST = 255


def step(number):
    """Return treebeard's name for the nth child."""
    signs = ""
    while number:
        number, rest = divmod(number, len(ALPHABET))
        signs = ALPHABET[rest] + signs
    return signs.rjust(STEP, ALPHABET[0])


def give_collections(apps, schema_editor):
    unit_model = apps.get_model("kpum_org", "Unit")
    collection_model = apps.get_model("wagtailcore", "Collection")
    link_model = apps.get_model("kpum_media", "UnitCollection")
    linked = link_model.objects.values("unit")
    units = list(unit_model.objects.exclude(pk__in=linked).order_by("name", "code"))
    root = collection_model.objects.filter(depth=1).order_by("path").first()
    if not units or root is None:
        return
    last = collection_model.objects.filter(depth=2, path__startswith=root.path).order_by("path").last()
    number = int(last.path[-STEP:], len(ALPHABET)) if last else 0
    for unit in units:
        number += 1
        ending = f" ({unit.code})"
        collection = collection_model.objects.create(
            name=unit.name[: LONGEST - len(ending)] + ending,
            path=root.path + step(number),
            depth=2,
            numchild=0,
        )
        link_model.objects.create(unit=unit, collection=collection)
    root.numchild += len(units)
    root.save(update_fields=["numchild"])


class Migration(migrations.Migration):

    dependencies = [("kpum_media", "0003_public_files")]

    operations = [migrations.RunPython(give_collections, migrations.RunPython.noop)]
