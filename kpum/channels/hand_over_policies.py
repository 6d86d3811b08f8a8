"""Who sees what a sister portal was given, and who answers for it (M-10, B.2)."""

from typing import Any

from django.db.models import Q

from kpum.channels.hand_over import channels_handed_over
from kpum.org import queries as org
from kpum.org.enums import Right
from kpum.org.policies import PowersPolicy
from kpum.org.powers import Place, rights_over


class HandOverPolicy(PowersPolicy):
    """Seeing comes from powers over any closed channel; answering only from being its editor."""

    def _may(self, user: Any, action: str) -> bool:
        return action == "view" and bool(channels_handed_over(org.powers_in_request(user)))

    def _may_here(self, user: Any, action: str, instance: Any) -> bool:
        """Answer for a row of the person's queue, which knows where its page lies."""
        if action == "see":
            return True
        powers = org.powers_in_request(user)
        editors = [power for power in powers if power.role.channel == instance.channel]
        place = Place(instance.owner_path or "", instance.page_path or "")
        return action == "answer" and Right.ANSWER_HAND_OVER in rights_over(editors, place)

    def _seen(self, _user: Any) -> Q:
        """Return nothing: rows are seen by ``hand_over.queue_of``, channel by channel."""
        return Q(pk__in=[])
