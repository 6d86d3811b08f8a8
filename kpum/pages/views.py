"""The door's dialogues in the admin: each asks, names what is wrong beside its field, and acts once."""

from typing import Any, ClassVar

from django import forms
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views import View
from wagtail.admin import messages
from wagtail.admin.utils import get_valid_next_url_from_request
from wagtail.models import Page

from kpum.core.errors import KpumError
from kpum.pages import actions, reviews
from kpum.pages.authority import Authority
from kpum.pages.dialogues import AddressForm, PortalCopyForm, TakeDownForm, WithdrawalForm
from kpum.pages.enums import WithdrawalReason
from kpum.pages.errors import AddressRefused, WithdrawalRefused
from kpum.pages.models import PortalPage
from kpum.pages.testers import PortalPageTester


def withdraw(request: HttpRequest, page: PortalPage) -> HttpResponse:
    """Withdraw a page as its dialogue was filled in, or show what is wrong with the answers."""
    form = WithdrawalForm(_with_ids(request, "successor"))
    if form.is_valid():
        answers = form.cleaned_data
        try:
            actions.withdraw(
                page_id=page.pk,
                reason=WithdrawalReason(answers["reason"]),
                explanation=answers["explanation"],
                authority=Authority.of_mandate(),
                actor=request.user,
                keep_text=answers["keep_text"],
                successor_id=answers["successor"].pk if answers["successor"] else None,
            )
        except WithdrawalRefused as error:
            form.add_error(error.field, str(error))
        except KpumError as error:
            messages.error(request, str(error))
            return _to_parent(page)
        else:
            messages.success(request, _("“%(title)s” has been withdrawn.") % {"title": page.title})
            return _to_parent(page)
    messages.error(request, _("Say why the page is withdrawn: citizens read it."))
    context = {
        "page": page,
        "object": page,
        "form": form,
        "unpublish_url": reverse("wagtailadmin_pages:unpublish", args=[page.pk]),
        "next_url": _parent_address(page),
    }
    return render(request, "wagtailadmin/pages/kpum_withdraw.html", context)


def copy(request: HttpRequest, page: PortalPage) -> HttpResponse:
    """Copy a page as Wagtail's dialogue was filled in, always as a draft."""
    form = PortalCopyForm(_with_ids(request, "new_parent_page"), user=request.user, page=page)
    if form.is_valid():
        answers = form.cleaned_data
        try:
            made = actions.copy(
                page_id=page.pk,
                target_id=answers["new_parent_page"].pk,
                title=answers["new_title"],
                slug=answers["new_slug"],
                authority=Authority.of_mandate(),
                actor=request.user,
                with_descendants=bool(answers.get("copy_subpages")),
            )
        except AddressRefused as error:
            form.add_error("new_slug", str(error))
        except KpumError as error:
            form.add_error("new_parent_page", str(error))
        else:
            messages.success(
                request, _("“%(title)s” has been copied as a draft.") % {"title": made.title}
            )
            return redirect(get_valid_next_url_from_request(request) or _parent_address(made))
    context = {"page": page, "form": form, "next": get_valid_next_url_from_request(request)}
    return render(request, "wagtailadmin/pages/copy.html", context)


class DoorDialogue(View):
    """One question about one page of ours; subclasses say which and what the answer does."""

    form_class: ClassVar[type[forms.Form]] = forms.Form
    may: ClassVar[str]
    heading: ClassVar[Any]
    question: ClassVar[Any]
    done: ClassVar[Any]

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        self.page: Any = get_object_or_404(Page, pk=kwargs["page_id"]).specific
        if not self.is_allowed():
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    def is_allowed(self) -> bool:
        """Return whether the person may be asked at all."""
        tester = self.page.permissions_for_user(self.request.user)
        return isinstance(tester, PortalPageTester) and getattr(tester, self.may)()

    def initial(self) -> dict[str, Any]:
        """Return what the form shows first."""
        return {}

    def act(self, values: dict[str, Any], through: dict[str, Any]) -> None:
        """Do it; ``through`` is the page, the authority and the person, as every act takes them."""
        raise NotImplementedError

    def get(self, request: HttpRequest, **_kwargs: Any) -> HttpResponse:
        return self._ask(self.form_class(initial=self.initial()))

    def post(self, request: HttpRequest, page_id: int, **_kwargs: Any) -> HttpResponse:
        form = self.form_class(request.POST)
        if not form.is_valid():
            return self._ask(form)
        through = {"page_id": page_id, "authority": Authority.of_mandate(), "actor": request.user}
        try:
            self.act(form.cleaned_data, through)
        except KpumError as error:
            form.add_error(getattr(error, "field", None), str(error))
            return self._ask(form)
        messages.success(request, self.done % {"title": self.page.draft_title})
        return redirect(get_valid_next_url_from_request(request) or self.get_way_back())

    def get_question(self) -> str:
        """Return what the person is asked."""
        return str(self.question % {"title": self.page.draft_title})

    def get_way_back(self) -> str:
        """Return where the dialogue leads when it was not opened from anywhere."""
        return _parent_address(self.page)

    def _ask(self, form: forms.Form) -> HttpResponse:
        context = {
            "page": self.page,
            "form": form,
            "heading": self.heading,
            "question": self.get_question(),
            "next_url": get_valid_next_url_from_request(self.request) or self.get_way_back(),
        }
        return render(self.request, "wagtailadmin/pages/kpum_dialogue.html", context)


class TakeDown(DoorDialogue):
    """Take a page down at once (K-27)."""

    form_class = TakeDownForm
    may = "can_take_down"
    heading = gettext_lazy("Take down")
    question = gettext_lazy(
        "Take “%(title)s” down at once, in every language? It comes back only by new approvals."
    )
    done = gettext_lazy("“%(title)s” has been taken down.")

    def act(self, values: dict[str, Any], through: dict[str, Any]) -> None:
        actions.take_down(explanation=values["explanation"], **through)


class ChangeAddress(DoorDialogue):
    """Give a page another address."""

    form_class = AddressForm
    may = "can_rename"
    heading = gettext_lazy("Change address")
    question = gettext_lazy("Under what address shall “%(title)s” and all below it be found?")
    done = gettext_lazy("“%(title)s” has a new address.")

    def initial(self) -> dict[str, Any]:
        return {"slug": self.page.slug}

    def act(self, values: dict[str, Any], through: dict[str, Any]) -> None:
        actions.rename(slug=values["slug"], **through)


class Confirm(DoorDialogue):
    """Say that a public text is still right (I-29)."""

    may = "can_confirm"
    heading = gettext_lazy("Confirm that it is right")
    question = gettext_lazy(
        "Have you read “%(title)s” as it is public, and is every word still right?"
        " Citizens will read today's date."
    )
    done = gettext_lazy("“%(title)s” was checked today.")

    def act(self, values: dict[str, Any], through: dict[str, Any]) -> None:
        reviews.confirm(**through)


class CancelSchedule(DoorDialogue):
    """Have an approved text not go live at its time."""

    may = "can_cancel_schedule"
    heading = gettext_lazy("Cancel schedule")
    question = gettext_lazy("Shall “%(title)s” not go live at its time? It stays a draft.")
    done = gettext_lazy("“%(title)s” no longer waits for a time.")

    def act(self, values: dict[str, Any], through: dict[str, Any]) -> None:
        actions.cancel_schedule(**through)


def _with_ids(request: HttpRequest, name: str) -> Any:
    """Return the answers, with what cannot be a page's id left out: Wagtail's chooser expects one."""
    answers = request.POST.copy()
    chosen = answers.get(name, "")
    if not (chosen.isascii() and chosen.isdigit()):
        answers[name] = ""
    return answers


def _parent_address(page: Page) -> str:
    parent = page.get_parent()
    return reverse("wagtailadmin_explore", args=[parent.pk])


def _to_parent(page: Page) -> HttpResponse:
    return redirect(_parent_address(page))
