"""How far each channel has come, for the lag of its followers."""

from django.db.models import Max

from kpum.channels.models import PublishedDocument
from kpum.integrations.registry import Head


def channel_heads() -> dict[str, Head]:
    """Return the last change of each channel that ever had one; two queries."""
    rows = PublishedDocument.objects.order_by()
    last = dict(rows.values_list("channel").annotate(last=Max("sequence")))
    times = dict(rows.filter(sequence__in=last.values()).values_list("sequence", "changed_at"))
    return {channel: Head(number, times.get(number)) for channel, number in last.items()}
