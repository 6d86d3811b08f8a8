"""Cards name acts of the register: what stood in each card is gathered there, and named by its key."""

import hashlib
import json
import re

from django.db import migrations, models
from django.db.models import Value
from django.db.models.functions import Cast

_ELI = re.compile(r"(?:(?:DU|MP)/\d{4}/\d{1,5}|[A-Z]{2,10}/[\w.-]{1,48})", re.ASCII)


def _key(value):
    """Return the act's identifier; one that had none gets a number made of its title."""
    eli = value.get("eli") or ""
    if _ELI.fullmatch(eli):
        return eli
    return f"INNE/{hashlib.sha256((value.get('act') or '').encode()).hexdigest()[:12]}"


def _renewed(blocks, acts):
    """Return the blocks as they are now, and note the acts they name."""
    renewed = []
    for block in blocks:
        value = block.get("value") or {}
        if "act" in value:
            key = _key(value)
            known = acts.setdefault(key, {"title": value["act"][:400], "journal": ""})
            known["journal"] = known["journal"] or (value.get("journal") or "")[:120]
            value = {"eli": key, "article": value.get("article") or ""}
        renewed.append(block | {"value": value})
    return renewed


def gather_acts(apps, schema_editor):
    card_model = apps.get_model("kpum_services", "ServiceCardPage")
    act_model = apps.get_model("kpum_services", "LegalAct")
    revision_model = apps.get_model("wagtailcore", "Revision")
    acts = {}
    stored = card_model.objects.annotate(raw=Cast("legal_bases", models.JSONField()))
    for pk, raw in stored.values_list("pk", "raw").iterator():
        if raw:
            value = Value(_renewed(raw, acts), output_field=models.JSONField())
            card_model.objects.filter(pk=pk).update(legal_bases=value)
    of_cards = revision_model.objects.filter(
        content_type__app_label="kpum_services", content_type__model="servicecardpage"
    )
    for revision in of_cards.iterator():
        raw = revision.content.get("legal_bases")
        if raw:
            revision.content["legal_bases"] = json.dumps(_renewed(json.loads(raw), acts))
            revision.save(update_fields=["content"])
    act_model.objects.bulk_create(
        act_model(eli=key, title=act["title"] or key, journal=act["journal"])
        for key, act in sorted(acts.items())
    )


class Migration(migrations.Migration):
    dependencies = [
        ("kpum_services", "0002_cards_in_full"),
        ("wagtailcore", "0098_apitoken"),
        ("contenttypes", "0002_remove_content_type_name"),
    ]
    operations = [migrations.RunPython(gather_acts, migrations.RunPython.noop)]
