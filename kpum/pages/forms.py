"""The form of every page: drafts are saved loosely, a submission is checked strictly."""

from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalManyToManyField
from wagtail.admin.forms import WagtailAdminPageForm
from wagtail.models import Page

from kpum.media import queries as files
from kpum.pages.channel_fields import ChannelsField
from kpum.pages.conflicts import Conflict, conflict_of
from kpum.pages.form_help import first_values_of, problems_of
from kpum.pages.formal import look_beyond_fields
from kpum.pages.told import is_known_or_above_known

#: The editor's buttons that send a text on its way to the public.
SUBMITTING = ("action-submit", "action-restart-workflow")
#: What Django says of a field in which nothing stands.
EMPTY = {"required", "blank", "null"}


class PortalPageForm(WagtailAdminPageForm):
    """Names, at submission, every field that a citizen would miss."""

    targets = ChannelsField()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields.get("targets")
        if isinstance(field, ChannelsField):
            field.offer(self.for_user, self.instance, self.parent_page)
        if self.instance.pk is None:
            for name, value in first_values_of(type(self.instance), self.parent_page).items():
                self.initial[name] = self.initial.get(name) or value

    def _post_clean(self) -> None:
        super()._post_clean()
        self._refuse_unseen_files()
        if not self.is_submission:
            return
        # Relations reach the instance only when the form is saved; the check wants them now.
        for field in self.instance._meta.many_to_many:
            if isinstance(field, ParentalManyToManyField) and field.name in self.cleaned_data:
                setattr(self.instance, field.name, self.cleaned_data[field.name])
        wrong = self._fields_with_faults()
        told: dict[str | None, dict[str, None]] = defaultdict(dict)
        for field, messages in self.problems_at_submission():
            shown = field if field in self.fields else None
            if shown not in wrong:
                told[shown].update(dict.fromkeys(messages))
        for shown, once in told.items():
            if shown is not None:
                self.errors.pop(shown, None)
            self.add_error(shown, [ValidationError(message) for message in once])

    def _fields_with_faults(self) -> set[str]:
        """Return the fields in which something wrong stands: that never reached the instance.

        Of those that are only empty, the page itself says better what belongs there.
        """
        found = self.errors.as_data().items()
        return {name for name, faults in found if any(one.code not in EMPTY for one in faults)}

    @property
    def is_submission(self) -> bool:
        """Whether the editor's button sends the text on its way, not only saves it."""
        return any(self.data.get(name) for name in SUBMITTING)

    def problems_at_submission(self) -> Iterator[tuple[str, list[str]]]:
        """Yield (field, messages) for what would be refused further on."""
        yield from self.instance.missing_for_citizens().items()
        yield from look_beyond_fields(self.instance, self.parent_page).errors.items()
        yield from problems_of(self.instance, self.parent_page)

    def clean_slug(self) -> str:
        """Keep the address of a draft that the public knows by its withdrawal or by pages below it."""
        slug: str = self.cleaned_data["slug"]
        stored = Page.objects.filter(pk=self.instance.pk, live=False).exclude(slug=slug).first()
        if stored is not None and is_known_or_above_known(stored):
            raise ValidationError(
                gettext("The public knows this address: use “Change address” instead.")
            )
        return slug

    def _refuse_unseen_files(self) -> None:
        """Refuse a picture or file that the person does not see, unless the text had it before."""
        user = getattr(self, "for_user", None)
        if self.errors or user is None:
            return
        try:
            refused = bool(self._unseen_files(user))
        except KeyError:
            # Wagtail stumbles over a link that names no file at all.
            refused = True
        if refused:
            message = _("The text names a picture or a file that you may not use: choose another.")
            self.add_error(None, message)

    def _unseen_files(self, user: Any) -> set[files.Use]:
        unseen = set(files.unseen_uses(self.instance, user))
        if unseen and self.instance.pk:
            stored = type(self.instance)._default_manager.get(pk=self.instance.pk)
            unseen -= files.uses_of(stored.get_latest_revision_as_object())
        return unseen

    #: What somebody else saved meanwhile; the editor shows it above the form.
    conflict: Conflict | None = None

    def clean(self) -> Any:
        cleaned = super().clean()
        self.conflict = conflict_of(self.data, self.instance)
        if self.conflict is not None:
            raise ValidationError(self.conflict.message)
        return cleaned
