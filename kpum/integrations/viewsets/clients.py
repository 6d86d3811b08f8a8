"""The screens of clients and keys. A key is shown once, on the answer to its very making."""

from typing import Any

from django import forms
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.cache import add_never_cache_headers
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.admin.viewsets.base import ViewSet
from wagtail.permissions import policy_registry

from kpum.integrations import clients
from kpum.integrations.forms import ClientForm, KeyForm, RotateForm
from kpum.integrations.models import ApiClient, ApiKey, DataInterface
from kpum.org import wording
from kpum.org.forms import ReasonForm
from kpum.org.viewsets.screens import ActView, RowActView


class _OfInterface(ActView):
    """What these screens share: they lead back to the interface's page."""

    index_url_name = "kpum_interfaces:index"
    header_icon = "key"

    def get_interface(self) -> DataInterface:
        raise NotImplementedError

    def get_success_url(self) -> str:
        return reverse("kpum_interfaces:page", args=[self.get_interface().pk])

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        index = {"url": reverse(self.index_url_name), "label": _("Interface register")}
        interface = {"url": self.get_success_url(), "label": self.get_interface().code}
        here = {"url": "", "label": self.get_page_title()}
        return [*self.breadcrumbs_items, index, interface, here]


class AddClientView(_OfInterface):
    """Add a client of an interface, which the address names."""

    model = ApiClient
    permission_required: Any = "add"
    form_class = ClientForm
    page_title: Any = gettext_lazy("Add an API client")
    button = gettext_lazy("Add the client")

    def setup(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().setup(request, *args, **kwargs)
        policy: Any = policy_registry.get_by_type(DataInterface)
        seen = policy.instances_user_has_any_permission_for(request.user, ["view"])
        self.interface = get_object_or_404(seen, pk=kwargs["pk"])

    def get_interface(self) -> DataInterface:
        return self.interface

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"instance": ApiClient(interface=self.interface)}

    def get_facts(self) -> list[tuple[Any, Any]]:
        return [(_("Interface"), self.interface)]

    def act(self, form: Any) -> str:
        client = clients.add_client(client=form.instance, actor=self.request.user)
        return _("%(client)s has been added.") % {"client": client}


class _OfClient(_OfInterface, RowActView):
    """An act upon a client."""

    model = ApiClient
    permission_here = "change"

    def get_rows(self) -> QuerySet[Any]:
        return super().get_rows().select_related("interface")

    def get_interface(self) -> DataInterface:
        return self.object.interface

    def get_facts(self) -> list[tuple[Any, Any]]:
        return [(_("Interface"), self.get_interface()), (_("Client"), self.object)]


class ChangeClientView(_OfClient):
    """Change a client's name, contact or limit."""

    form_class = ClientForm
    page_title: Any = gettext_lazy("Change an API client")
    button = gettext_lazy("Store the changes")

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"instance": self.object}

    def act(self, form: Any) -> str:
        client = clients.change_client(
            client=self.object, actor=self.request.user, changes=form.cleaned_data
        )
        return _("%(client)s: the changes have been stored.") % {"client": client}


class _ShowsKey(_OfInterface):
    """An act that makes a key: its answer is the only place where the key ever stands."""

    issued: clients.IssuedKey | None = None

    def form_valid(self, form: Any) -> HttpResponse:
        answer = super().form_valid(form)
        if self.issued is None:
            return answer
        context = self.get_context_data(form=form) | {"issued": self.issued}
        answer = TemplateResponse(self.request, "kpum/integrations/key.html", context)
        add_never_cache_headers(answer)
        return answer


class IssueKeyView(_ShowsKey, _OfClient):
    """Issue a key of a client."""

    form_class = KeyForm
    page_title: Any = gettext_lazy("Issue a key")
    button = gettext_lazy("Issue the key")

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        if not self.get_interface().standing.takes_keys:
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"interface": self.object.interface}

    def act(self, form: forms.Form) -> str:
        self.issued = clients.issue_key(
            client=self.object, actor=self.request.user, **form.cleaned_data
        )
        return _("A key has been issued for %(client)s.") % {"client": self.object}


class _OfKey(_OfInterface, RowActView):
    """An act upon a key."""

    model = ApiKey
    permission_here = "change"

    def get_rows(self) -> QuerySet[Any]:
        return super().get_rows().select_related("client__interface")

    def get_interface(self) -> DataInterface:
        return self.object.client.interface

    def get_facts(self) -> list[tuple[Any, Any]]:
        key: ApiKey = self.object
        return [
            (_("Interface"), self.get_interface()),
            (_("Client"), key.client),
            (_("Key"), key),
            (_("Channels"), ", ".join(key.channels)),
            (_("Expires"), wording.moment_in_words(key.expires_at)),
        ]


class RotateKeyView(_ShowsKey, _OfKey):
    """Issue a key in the place of another one, which holds for some days more."""

    form_class = RotateForm
    page_title: Any = gettext_lazy("Rotate a key")
    button = gettext_lazy("Issue the new key")

    def act(self, form: forms.Form) -> str:
        self.issued = clients.rotate_key(
            key=self.object, actor=self.request.user, **form.cleaned_data
        )
        return _("The key %(key)s has a successor.") % {"key": self.object}


class RevokeKeyView(_OfKey):
    """End a key at once."""

    form_class = ReasonForm
    page_title: Any = gettext_lazy("Revoke a key")
    button = gettext_lazy("Revoke the key now")
    danger = True

    def get_facts(self) -> list[tuple[Any, Any]]:
        told = _("Whoever sends the key is refused from this second. It cannot be brought back.")
        return [*super().get_facts(), (_("What happens"), told)]

    def act(self, form: forms.Form) -> str:
        reason = form.cleaned_data["reason"]
        key = clients.revoke_key(key=self.object, actor=self.request.user, reason=reason)
        return _("The key %(key)s has been revoked.") % {"key": key}


class ClientViewSet(ViewSet):
    """Addresses below ``api-clients/``; no entry in the menu: interfaces lead here."""

    name: Any = "kpum_clients"
    url_prefix: Any = "api-clients"

    def get_urlpatterns(self) -> list[URLPattern]:
        return [
            path("of/<int:pk>/new/", AddClientView.as_view(), name="add"),
            path("<int:pk>/change/", ChangeClientView.as_view(), name="change"),
            path("<int:pk>/keys/new/", IssueKeyView.as_view(), name="issue"),
            path("keys/<int:pk>/rotate/", RotateKeyView.as_view(), name="rotate"),
            path("keys/<int:pk>/revoke/", RevokeKeyView.as_view(), name="revoke"),
        ]
