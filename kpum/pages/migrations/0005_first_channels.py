"""The channels that every portal is delivered with, and OPEN_CHANNELS of the settings, read once."""

from django.conf import settings
from django.db import migrations

CARD = "kpum_services.servicecardpage"
CHANNELS = [
    {
        "code": "public",
        "name": "Publiczny: dla wszystkich, aplikacje mobilne",
        "description": "Wszystko, co Portal publikuje, do odczytu dla każdego i bez klucza.",
    },
    {
        "code": "bip",
        "name": "BIP: Biuletyn Informacji Publicznej",
        "description": "Treści przekazywane redakcji BIP. Publikacja w BIP jest osobnym działaniem tej redakcji.",
        "demands": [
            {"type": "", "needs": "responsible", "says": "Jednostka nie ma kierującego, a BIP musi podać, kto odpowiada za treść."},
            {"type": CARD, "needs": "code", "says": "Podaj kod karty: BIP publikuje pod nim procedurę."},
            {"type": CARD, "needs": "legal_bases", "says": "Podaj podstawę prawną: BIP nie przyjmie karty bez niej."},
        ],
    },
    {
        "code": "mpi",
        "name": "MPI: Magiczny Kraków",
        "description": "Treści dla miejskiej platformy internetowej Magiczny Kraków.",
    },
    {
        "code": "si-umk",
        "name": "SI UMK: Serwis Informacyjny Urzędu Miasta Krakowa",
        "description": "Treści dla wewnętrznego serwisu informacyjnego Urzędu.",
    },
    {
        "code": "kck",
        "name": "KCK: Krakowskie Centrum Kontaktu",
        "description": "Treści, z których korzystają konsultanci Krakowskiego Centrum Kontaktu.",
    },
    {
        "code": "epuap",
        "name": "ePUAP: odnośniki do spraw załatwianych przez ePUAP",
        "description": "Karty usług, które można załatwić przez ePUAP.",
        "accepted_types": [CARD],
        "demands": [
            {"type": CARD, "needs": "epuap_filing", "says": "Dodaj ePUAP do sposobów załatwienia sprawy, z adresem usługi."},
        ],
    },
]  # fmt: skip


def add_channels(apps, schema_editor):
    """Add the channels that are not there; those of OPEN_CHANNELS want no key."""
    model = apps.get_model("kpum_pages", "PublicationChannel")
    is_open = set(getattr(settings, "KPUM", {}).get("OPEN_CHANNELS", ("public",)))
    for row in CHANNELS:
        defaults = {**row, "is_open": row["code"] in is_open}
        model.objects.get_or_create(code=defaults.pop("code"), defaults=defaults)


class Migration(migrations.Migration):
    dependencies = [("kpum_pages", "0004_channels_as_data")]

    operations = [migrations.RunPython(add_channels, migrations.RunPython.noop)]
