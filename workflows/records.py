"""What the path keeps beside Wagtail's own tables: agreements, assignments and branch policies."""

from typing import Any, NoReturn

from django.conf import settings
from django.db import models
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _
from wagtail.models import Page, TaskState

from kpum.core.errors import KpumError
from workflows.enums import Stage, Verdict


class AgreementIsFinal(KpumError):
    """Somebody tried to change or delete a decision that was taken."""


class AgreementQuerySet(models.QuerySet["Agreement"]):
    """Reads only: what was decided stays decided."""

    def update(self, **_kwargs: Any) -> NoReturn:
        raise AgreementIsFinal("A decision cannot be changed.")

    def delete(self) -> NoReturn:
        raise AgreementIsFinal("A decision cannot be deleted.")

    def on_page(self, page_id: int) -> "AgreementQuerySet":
        """Return the decisions on one page, oldest first."""
        return self.filter(page_id=page_id).order_by("pk")


class Agreement(models.Model):
    """One decision on one revision at one stage (K-18): who, as whom, on what power, what, when.

    Wording and numbers stand beside the keys: the row outlives the page and its revisions.
    """

    task_state = models.ForeignKey(
        TaskState, on_delete=models.SET_NULL, null=True, related_name="agreements"
    )
    page_id = models.PositiveBigIntegerField(_("page"), db_index=True)
    title = models.CharField(_("title"), max_length=255)
    revision_id = models.PositiveBigIntegerField(_("version"))
    stage = models.CharField(_("stage"), max_length=20, choices=Stage.choices)
    verdict = models.CharField(_("decision"), max_length=10, choices=Verdict.choices)
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        related_name="agreements",
        verbose_name=_("person"),
    )
    person_name = models.CharField(_("person's name"), max_length=300)
    acting_for = models.CharField(_("acting for"), max_length=300, blank=True)
    authority = models.TextField(_("authority"), blank=True)
    comment = models.TextField(_("comment"), blank=True)
    findings = models.JSONField(_("findings"), default=dict)
    at = models.DateTimeField(_("time"))

    objects = AgreementQuerySet.as_manager()

    class Meta:
        verbose_name = _("agreement")
        verbose_name_plural = _("agreements")
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.get_stage_display()}: {self.person_wording}, {self.get_verdict_display()}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding:
            raise AgreementIsFinal("A decision cannot be changed.")
        super().save(*args, **(kwargs | {"force_insert": True}))

    def delete(self, *_args: Any, **_kwargs: Any) -> NoReturn:
        raise AgreementIsFinal("A decision cannot be deleted.")

    @property
    def person_wording(self) -> str:
        """Return who decided, and in whose name."""
        if not self.acting_for:
            return self.person_name
        return _t("%(person)s (acting for %(principal)s)") % {
            "person": self.person_name,
            "principal": self.acting_for,
        }


class Assignment(models.Model):
    """The person named to decide on a waiting text (K-13); the newest row of a stage counts."""

    task_state = models.ForeignKey(TaskState, on_delete=models.CASCADE, related_name="assignments")
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="review_assignments",
        verbose_name=_("person"),
    )
    assigned_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("assigned by"),
    )
    note = models.CharField(_("note"), max_length=500, blank=True)
    at = models.DateTimeField(_("time"))

    class Meta:
        verbose_name = _("assignment")
        verbose_name_plural = _("assignments")
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.task_state_id} → {self.person}"


class BranchPolicy(models.Model):
    """Whether the unit's approval publishes in a branch site, and on what basis (K-18)."""

    page = models.OneToOneField(
        Page, on_delete=models.CASCADE, related_name="branch_policy", verbose_name=_("branch site")
    )
    unit_publishes = models.BooleanField(_("the unit's approval publishes"), default=False)
    basis = models.CharField(_("basis"), max_length=255)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("decided by"),
    )
    decided_at = models.DateTimeField(_("decided"))

    class Meta:
        verbose_name = _("branch policy")
        verbose_name_plural = _("branch policies")

    def __str__(self) -> str:
        return f"{self.page}: {self.wording}"

    @property
    def wording(self) -> str:
        """Return the policy in words, as the trail and the skipped stage quote it."""
        rule = (
            _t("the unit's approval publishes")
            if self.unit_publishes
            else _t("the chief editor approves each publication")
        )
        return f"{rule} ({self.basis})"
