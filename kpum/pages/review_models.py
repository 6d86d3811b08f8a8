"""What people were told about checks that are due, so that nobody reads the same letter twice."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from wagtail.models import Page


class ReminderStage(models.TextChoices):
    """How near the day was when the person was told."""

    SOON = "soon", _("soon")
    TODAY = "today", _("today")
    OVERDUE = "overdue", _("overdue")


class ReviewReminder(models.Model):
    """The last letter to a person about the check of one page (I-29)."""

    page = models.ForeignKey(Page, on_delete=models.CASCADE, related_name="+")
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+",
        verbose_name=_("person"),
    )  # fmt: skip
    #: The day that the letter named: when it moves, everything is told anew.
    due = models.DateField(_("review due"), null=True)
    stage = models.CharField(_("stage"), max_length=8, choices=ReminderStage.choices)
    told_on = models.DateField(_("told on"))

    class Meta:
        verbose_name = _("reminder of a check")
        verbose_name_plural = _("reminders of checks")
        constraints = [
            models.UniqueConstraint(fields=["person", "page"], name="kpum_reminder_once")
        ]

    def __str__(self) -> str:
        return f"{self.page_id} → {self.person_id}: {self.stage} {self.told_on}"
