"""How an address stands, and why."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class AddressState(models.TextChoices):
    """What is known of an address after the checks so far."""

    UNKNOWN = "unknown", _("not checked yet")
    ANSWERS = "answers", _("answers")
    #: It failed, but not on enough days to say so.
    FAILING = "failing", _("fails for now")
    BROKEN = "broken", _("broken")
    UNCHECKABLE = "uncheckable", _("cannot be checked")


class Reason(models.TextChoices):
    """What came back; a status has its number besides."""

    STATUS = "status", _("status %(status)s")
    NO_HOST = "no_host", _("there is no such host")
    NO_CONNECTION = "no_connection", _("the host does not take the connection, or breaks it off")
    TIMEOUT = "timeout", _("no whole answer in time")
    TLS = "tls", _("its certificate is not valid")
    REDIRECTS = "redirects", _("it sends on and on, or to nowhere")
    GARBLED = "garbled", _("it answers nothing, or what is no HTTP")
    BAD_ADDRESS = "bad_address", _("the address is not written rightly")
    CREDENTIALS = "credentials", _("the address holds a name or a password")
    NOT_PUBLIC = "not_public", _("it leads to a network that is not public")


#: What is no answer of the host: with our own network down every address would say so.
UNHEARD = frozenset({Reason.NO_HOST, Reason.NO_CONNECTION, Reason.TIMEOUT})
