"""What the worker still has to bring in step with a channel's rules."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class ChannelMark(models.Model):
    """A channel whose rules changed and that holds more than one batch: the worker goes through it."""

    channel = models.CharField(_("channel"), max_length=40)
    #: The last page done, then, once ``pages_done``, the last unit.
    after = models.BigIntegerField(_("done up to"), default=0)
    pages_done = models.BooleanField(_("pages are done"), default=False)
    created_at = models.DateTimeField(_("created"))

    class Meta:
        verbose_name = _("channel to bring in step")
        verbose_name_plural = _("channels to bring in step")

    def __str__(self) -> str:
        return f"{self.channel} > {self.after}"
