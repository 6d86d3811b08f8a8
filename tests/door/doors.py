"""Every way round the door, as somebody would try it: the table that ``docs/one-door.md`` explains.

An attempt posts raw to the admin's own addresses, or does in code what a view would do. It may
fail, or change drafts; what the public gets must stay the same to the byte.
"""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.db import transaction
from django.db.models import ProtectedError
from django.test import TestCase
from django.utils import timezone
from wagtail.actions.unpublish_page import UnpublishPageAction
from wagtail.contrib.redirects.models import Redirect
from wagtail.models import Locale, Page, PageViewRestriction, Revision, Site
from wagtail_localize.models import Translation, TranslationSource
from wagtail_localize.operations import translate_object

from kpum.channels.models import PublishedDocument
from kpum.core.errors import Refused
from kpum.pages.authority import Authority, SystemMandate
from kpum.pages.channel_models import PublicationChannel
from kpum.pages.door import opened
from kpum.portal.models import InformationPage
from services.models import UnitFolderPage
from tests.door.acts import fresh, rename, withdraw
from tests.factories.pages import draft, edit, publish
from tests.pages.walk import FORM_FRAME
from workflows import actions as path

#: Every role of the cast; the stranger is of another unit, the administrator is the superuser.
PARTS = (
    "operator",
    "coordinator",
    "head",
    "stranger",
    "manager",
    "chief",
    "editor",
    "administrator",
)
CHIEF = frozenset({"chief"})
ADMIN = "/admin"
PAGES = f"{ADMIN}/pages"
BULK = f"{ADMIN}/bulk/wagtailcore/page"


class World:
    """Pages of ours in every state the public can notice, also above and below a stock page."""

    def __init__(self, city: Any) -> None:
        self.city = city
        self.card = publish(city.card)
        edit(self.card, author=city.operator, summary="Nikt tego nie zatwierdził.")
        self.card = fresh(self.card)
        self.hidden = city.new_card("SA-77", "Karta, o której nikt nie wie")
        self.reviewed = publish(city.new_card("SA-15", "W ocenie"))
        edit(self.reviewed, author=city.operator, summary="Pod oceną.")
        self.state = path.submit(page=fresh(self.reviewed), user=city.operator)
        self.scheduled = publish(
            edit(
                city.new_card("SA-16", "Zaplanowana"),
                author=city.operator,
                go_live_at=timezone.now() + timedelta(days=1),
            )
        )
        self.kept = publish(city.new_card("SA-17", "Nieaktualna"))
        withdraw(city, self.kept, keep_text=True)
        edit(self.kept, author=city.operator, summary="Nowszy szkic nieaktualnej.")
        moved = publish(city.new_card("SA-18", "Przeniesiona"))
        rename(city, moved, "nowy-adres")
        with opened(Authority.of_system(SystemMandate.TESTS)):
            self.redirect = Redirect.add_redirect("/stary-adres", self.card, is_permanent=True)
        self.stock, self.inner, self.below = self._under_a_stock_page()
        self.translation = self._translated()

    def _under_a_stock_page(self) -> tuple[Any, Any, Any]:
        """A page of no type of ours, in the site, with public pages of ours under it."""
        with opened(Authority.of_system(SystemMandate.TESTS)):
            stock = fresh(self.city.home).add_child(
                instance=Page(title="Strona gospodarza", slug="gospodarz")
            )
            empty = fresh(self.city.home).add_child(
                instance=Page(title="Druga strona gospodarza", slug="druga")
            )
        self.other_stock = empty
        folder = UnitFolderPage(title="SA dwa", slug="sa-dwa", unit=self.city.folder.unit)
        inner = publish(draft(stock, folder, author=self.city.operator))
        page = InformationPage(title="Pod gospodarzem", lead="Publiczna strona.")
        return stock, inner, publish(draft(inner, page, author=self.city.operator))

    def _translated(self) -> Translation:
        english = Locale.objects.get_or_create(language_code="en")[0]
        for page in (self.city.home, self.city.catalogue, self.city.folder):
            fresh(page).copy_for_translation(english)
        source, _created = TranslationSource.get_or_create_from_instance(self.card)
        translation = Translation.objects.create(source=source, target_locale=english)
        translation.save_target(publish=False)
        return translation


@dataclass(frozen=True)
class Door:
    """One way round, and who tries it.

    Attributes:
        attempt: does it; its answers, if it posts, must not be errors of the server.
        lawful: parts for whom this is the door itself: they are tested elsewhere.
        parts: who tries; ``("code",)`` where nobody is asked for a name.
    """

    name: str
    attempt: Callable[[World, Any, Any], Any]
    lawful: frozenset[str] = field(default=frozenset())
    parts: tuple[str, ...] = PARTS


def posts(address: Callable[[World], str], **body: Any) -> Callable[[World, Any, Any], Any]:
    """Return an attempt that posts to an address; values may be functions of the world."""

    def attempt(world: World, client: Any, _person: Any) -> Any:
        values = {key: value(world) if callable(value) else value for key, value in body.items()}
        return client.post(address(world), FORM_FRAME | values)

    return attempt


def on(page: str, act: str) -> Callable[[World], str]:
    """Return the address of an act on a page of the world."""
    return lambda world: f"{PAGES}/{getattr(world, page).pk}/{act}/"


def bulk(act: str, *pages: str, **body: Any) -> Callable[[World, Any, Any], Any]:
    """Return an attempt to do it to several pages at once."""

    def address(world: World) -> str:
        ids = "&".join(f"id={getattr(world, page).pk}" for page in pages)
        return f"{BULK}/{act}/?{ids}&next=/admin/"

    return posts(address, **body)


def moves(page: str, target: str) -> Callable[[World, Any, Any], Any]:
    """Return an attempt to move a page under another."""

    def attempt(world: World, client: Any, _person: Any) -> Any:
        under = getattr(world, target, None) or getattr(world.city, target)
        moved = getattr(world, page)
        return client.post(f"{PAGES}/{moved.pk}/move/{under.pk}/confirm/")

    return attempt


def copies(page: str, target: str, **body: Any) -> Callable[[World, Any, Any], Any]:
    """Return an attempt to copy a page under another."""

    def attempt(world: World, client: Any, _person: Any) -> Any:
        under = getattr(world, target, None) or getattr(world.city, target)
        copied = getattr(world, page)
        answers = {"new_title": "Kopia", "new_slug": "kopia", "new_parent_page": under.pk}
        return client.post(f"{PAGES}/{copied.pk}/copy/", answers | body)

    return attempt


def creates(model: str, parent: str) -> Callable[[World, Any, Any], Any]:
    """Return an attempt to make a page that is public from the start."""

    def attempt(world: World, client: Any, _person: Any) -> Any:
        under = getattr(world, parent, None) or Page.objects.get(depth=1)
        unit = world.city.folder.unit_id
        answers = {"title": "Nowa", "slug": "nowa", "lead": "x", "unit": unit}
        address = f"{PAGES}/add/{model}/{under.pk}/"
        return client.post(address, FORM_FRAME | answers | {"action-publish": "1"})

    return attempt


def code(act: Callable[[World], Any]) -> Callable[[World, Any, Any], Any]:
    """Return an attempt in code: what a view of a host, a shell or a task would do."""

    def attempt(world: World, _client: Any, _person: Any) -> None:
        with suppress(Refused, ProtectedError, CommandError), transaction.atomic():
            act(world)

    return attempt


def command(*words: Any) -> Callable[[World, Any, Any], Any]:
    """Return an attempt by a stock command; words may be functions of the world."""
    return code(
        lambda world: call_command(
            *(word(world) if callable(word) else word for word in words), verbosity=0
        )
    )


def _renamed_stock(world: World) -> None:
    stock = fresh(world.stock)
    stock.slug = "inny"
    stock.save()


def _revision_rewritten(world: World) -> None:
    revision = fresh(world.kept).withdrawal.revision
    revision.content["summary"] = "Podmieniona."
    revision.save()


def _review_rewritten(world: World) -> None:
    revision = fresh(world.reviewed).latest_revision
    revision.content["summary"] = "Podmieniona."
    revision.save()


def _scheduled_by_hand(world: World) -> None:
    revision = Revision.objects.get(pk=fresh(world.card).live_revision_id)
    revision.approved_go_live_at = timezone.now()
    revision.save()
    call_command("publish_scheduled", verbosity=0)


def _slug_of_withdrawn(world: World) -> None:
    page = fresh(world.kept)
    page.slug = "gdzie-indziej"
    page.save()


def _stock_below_ours(world: World) -> None:
    fresh(world.city.folder).add_child(instance=Page(title="Obca", slug="obca"))


def _site_renamed(world: World) -> None:
    site = Site.objects.get()
    site.hostname = "gdzie-indziej.example.org"
    site.save()


def _restriction(page: str) -> Callable[[World], Any]:
    return lambda world: PageViewRestriction.objects.create(
        page=getattr(world, page), restriction_type="login"
    )


def _translate(world: World) -> None:
    with TestCase.captureOnCommitCallbacks(execute=True):
        translate_object(fresh(world.card), [world.translation.target_locale])


def _site(world: World) -> Site:
    return Site.objects.get()


SITE = {"hostname": "inny.example.org", "port": "80", "site_name": "x", "is_default_site": "on"}
CODE = ("code",)
CHANNEL: dict[str, Any] = {
    "name": "Kanał", "accepted_types": "kpum_portal.portalhomepage", "seen": "1",
    "demands-TOTAL_FORMS": "0", "demands-INITIAL_FORMS": "0",
}  # fmt: skip


def _channel_form(world: World) -> str:
    channel = PublicationChannel.objects.get(code="public")
    return f"{ADMIN}/channels/edit/{channel.pk}/"


def _handed(world: World) -> PublishedDocument:
    return PublishedDocument.objects.get(channel="bip", document_id=world.card.translation_key)


def _channel_narrowed(world: World) -> None:
    channel = PublicationChannel.objects.get(code="public")
    channel.is_active = False
    channel.save()


DOORS = [
    # The editor and the making of pages.
    Door("editor_publish", posts(on("card", "edit"), **{"action-publish": "1", "title": "Przejęta", "slug": "przejeta"})),
    Door("editor_publish_hidden", posts(on("hidden", "edit"), **{"action-publish": "1", "title": "Przejęta", "slug": "przejeta"})),
    Door("editor_unpublish", posts(on("card", "edit"), **{"action-unpublish": "1"})),
    Door("editor_schedule", posts(on("hidden", "edit"), **{"action-publish": "1", "title": "x", "slug": "x", "go_live_at": "2020-01-01 10:00"})),
    Door("editor_under_review", posts(on("reviewed", "edit"), title="Przejęta", slug="przejeta")),
    Door("editor_withdrawn", posts(on("kept", "edit"), title="Przejęta", slug="przejeta")),
    Door("create_under_ours", creates("kpum_portal/informationpage", "inner")),
    Door("create_under_stock", creates("kpum_services/unitfolderpage", "stock")),
    Door("create_under_root", creates("kpum_portal/portalhomepage", "root")),
    Door("revert", posts(lambda w: f"{PAGES}/{w.card.pk}/revisions/{fresh(w.card).live_revision_id}/revert/", title="x", slug="x")),
    Door("edit_stock_parent", posts(on("stock", "edit"), **{"title": "Inna", "slug": "inna", "action-publish": "1"})),
    Door("unpublish_in_pieces", posts(on("card", "unpublish"), include_descendants="on")),
    # Taking away and moving.
    Door("unpublish", posts(on("card", "unpublish"), reason="obsolete", explanation="x"), lawful=CHIEF),
    Door("unpublish_stock_parent", posts(on("stock", "unpublish"), include_descendants="on")),
    Door("delete", posts(on("card", "delete")), lawful=CHIEF),
    Door("delete_withdrawn", posts(on("kept", "delete")), lawful=CHIEF),
    Door("delete_stock_parent", posts(on("stock", "delete"))),
    Door("move", moves("card", "other_folder"), lawful=CHIEF),
    Door("move_under_stock", moves("card", "stock")),
    Door("move_folder_under_stock", moves("inner", "other_stock")),
    Door("move_stock_parent", moves("stock", "other_stock")),
    Door("move_stock_under_ours", moves("other_stock", "folder")),
    Door("reorder", posts(lambda w: f"{PAGES}/{w.card.pk}/set_position/?position=0")),
    Door("reorder_under_stock", posts(lambda w: f"{PAGES}/{w.inner.pk}/set_position/?position=0")),
    Door("take_down", posts(lambda w: f"{ADMIN}/portal/pages/{w.card.pk}/take-down/", explanation="x"), lawful=CHIEF),
    Door("change_address", posts(lambda w: f"{ADMIN}/portal/pages/{w.card.pk}/address/", slug="inny"), lawful=CHIEF),
    Door("change_address_of_stock", posts(lambda w: f"{ADMIN}/portal/pages/{w.stock.pk}/address/", slug="inny")),
    # Copies and aliases.
    Door("copy_published", copies("card", "folder", publish_copies="on")),
    Door("copy_as_alias", copies("card", "folder", alias="on")),
    Door("copy_under_stock", copies("inner", "other_stock", copy_subpages="on", publish_copies="on")),
    Door("copy_stock_parent", copies("stock", "home", copy_subpages="on", publish_copies="on")),
    Door("alias_of_stock_parent", copies("stock", "home", copy_subpages="on", alias="on")),
    Door("convert_alias", posts(on("card", "convert_alias"))),
    # Privacy, schedules, reviews.
    Door("privacy", posts(on("card", "privacy"), restriction_type="login")),
    Door("privacy_of_stock_parent", posts(on("stock", "privacy"), restriction_type="login")),
    Door("unschedule", posts(lambda w: f"{PAGES}/{w.scheduled.pk}/revisions/{w.scheduled.latest_revision_id}/unschedule/")),
    Door("cancel_schedule", posts(lambda w: f"{ADMIN}/portal/pages/{w.scheduled.pk}/cancel-schedule/")),
    Door("review_approve", posts(lambda w: f"{PAGES}/workflow/action/{w.reviewed.pk}/approve/{w.state.current_task_state_id}/", comment="x")),
    Door("review_reject", posts(lambda w: f"{PAGES}/workflow/action/{w.reviewed.pk}/reject/{w.state.current_task_state_id}/", comment="x")),
    Door("review_collect", posts(lambda w: f"{PAGES}/{w.reviewed.pk}/workflow/collect_action_data/approve/{w.state.current_task_state_id}/", comment="x")),
    Door("review_cancel", posts(on("reviewed", "workflow/confirm_cancellation"))),
    # Many at once.
    Door("bulk_publish", bulk("publish", "card", "hidden", include_descendants="on")),
    Door("bulk_publish_stock", bulk("publish", "stock", include_descendants="on")),
    Door("bulk_unpublish", bulk("unpublish", "card", "hidden")),
    Door("bulk_unpublish_stock", bulk("unpublish", "stock", include_descendants="on")),
    Door("bulk_move", bulk("move", "card", "hidden", chooser=lambda w: w.city.other_folder.pk)),
    Door("bulk_move_stock", bulk("move", "stock", chooser=lambda w: w.other_stock.pk)),
    Door("bulk_delete", bulk("delete", "card", "hidden")),
    Door("bulk_delete_stock", bulk("delete", "stock")),
    # Sites, redirects, languages.
    Door("site_add", posts(lambda w: f"{ADMIN}/sites/new/", root_page=lambda w: w.stock.pk, **(SITE | {"is_default_site": ""}))),
    Door("site_edit", posts(lambda w: f"{ADMIN}/sites/edit/{_site(w).pk}/", root_page=lambda w: w.stock.pk, **SITE)),
    Door("site_delete", posts(lambda w: f"{ADMIN}/sites/delete/{_site(w).pk}/")),
    Door("redirect_add", posts(lambda w: f"{ADMIN}/redirects/add/", old_path="/nowy", redirect_link="https://example.org/")),
    Door("redirect_edit", posts(lambda w: f"{ADMIN}/redirects/{w.redirect.pk}/", old_path="/stary-adres", redirect_link="https://example.org/")),
    Door("redirect_delete", posts(lambda w: f"{ADMIN}/redirects/{w.redirect.pk}/delete/")),
    Door("redirect_import", posts(lambda w: f"{ADMIN}/redirects/import/", import_file=lambda w: SimpleUploadedFile("r.csv", b"from,to\n/a,https://example.org/\n"))),
    Door("locale_add", posts(lambda w: f"{ADMIN}/locales/new/", **{
        "language_code": "uk", "component-wagtail_localize_localesynchronization-enabled": "on",
        "component-wagtail_localize_localesynchronization-sync_from": lambda w: w.card.locale_id,
    })),
    Door("locale_edit", posts(lambda w: f"{ADMIN}/locales/edit/{w.card.locale_id}/", language_code="uk")),
    Door("locale_delete", posts(lambda w: f"{ADMIN}/locales/delete/{w.translation.target_locale_id}/")),
    # Channels.
    Door("channel_rules", posts(_channel_form, **CHANNEL), lawful=CHIEF),
    Door("channel_opened", posts(_channel_form, **(CHANNEL | {"is_active": "on", "is_open": "on"})), lawful=CHIEF),
    Door("channel_added", posts(lambda w: f"{ADMIN}/channels/new/", **(CHANNEL | {"code": "nowy", "is_active": "on", "is_open": "on"})), lawful=CHIEF),
    Door("hand_over_answer", posts(lambda w: f"{ADMIN}/hand-over/document/{_handed(w).pk}/", state="published", external_url="https://example.org/", etag="0" * 64)),
    # Translations.
    Door("localize_submit", posts(lambda w: f"{ADMIN}/localize/submit/page/{w.card.pk}/", locales=lambda w: w.translation.target_locale_id)),
    Door("localize_update", posts(lambda w: f"{ADMIN}/localize/update/{w.translation.source_id}/", publish_translations="on")),
    Door("localize_publish", posts(lambda w: f"{PAGES}/{w.translation.get_target_instance().pk}/edit/", **{"action": "publish", "action-publish": "1"})),
    Door("localize_stop", posts(lambda w: f"{ADMIN}/localize/translate/{w.translation.pk}/disable/")),
    Door("localize_convert_to_alias", posts(lambda w: f"{ADMIN}/localize/page/{w.translation.get_target_instance().pk}/convert_to_alias/")),
    # Code of a host, a shell, a task.
    Door("code_publish", code(lambda w: fresh(w.card).latest_revision.publish()), parts=CODE),
    Door("code_save", code(lambda w: fresh(w.card).save()), parts=CODE),
    Door("code_unpublish", code(lambda w: fresh(w.card).unpublish()), parts=CODE),
    Door("code_unpublish_stock", code(lambda w: UnpublishPageAction(fresh(w.stock), user=w.city.chief, include_descendants=True).execute(skip_permission_checks=True)), parts=CODE),
    Door("code_delete", code(lambda w: fresh(w.card).delete()), parts=CODE),
    Door("code_delete_withdrawn", code(lambda w: fresh(w.kept).delete()), parts=CODE),
    Door("code_delete_stock", code(lambda w: fresh(w.stock).delete()), parts=CODE),
    Door("code_move_stock", code(lambda w: fresh(w.stock).move(w.other_stock, pos="last-child")), parts=CODE),
    Door("code_rename_stock", code(_renamed_stock), parts=CODE),
    Door("code_copy_stock", code(lambda w: fresh(w.stock).copy(recursive=True, update_attrs={"slug": "kopia"})), parts=CODE),
    Door("code_alias_stock", code(lambda w: fresh(w.stock).create_alias(recursive=True, update_slug="alias")), parts=CODE),
    Door("code_restrict", code(_restriction("card")), parts=CODE),
    Door("code_restrict_stock", code(_restriction("stock")), parts=CODE),
    Door("code_stock_below_ours", code(_stock_below_ours), parts=CODE),
    Door("code_slug_of_withdrawn", code(_slug_of_withdrawn), parts=CODE),
    Door("code_rewrite_kept_text", code(_revision_rewritten), parts=CODE),
    Door("code_rewrite_reviewed_text", code(_review_rewritten), parts=CODE),
    Door("code_schedule", code(_scheduled_by_hand), parts=CODE),
    Door("code_channel", code(_channel_narrowed), parts=CODE),
    Door("code_channel_delete", code(lambda w: PublicationChannel.objects.get(code="public").delete()), parts=CODE),
    Door("code_site", code(_site_renamed), parts=CODE),
    Door("code_site_delete", code(lambda w: Site.objects.all().delete()), parts=CODE),
    Door("code_redirect", code(lambda w: Redirect.objects.create(old_path="/x", redirect_link="https://example.org/")), parts=CODE),
    Door("code_redirect_delete", code(lambda w: w.redirect.delete()), parts=CODE),
    Door("code_translate", code(_translate), parts=CODE),
    # Stock commands.
    Door("command_publish_scheduled", command("publish_scheduled"), parts=CODE),
    Door("command_move_pages", command("move_pages", lambda w: w.city.folder.pk, lambda w: w.city.other_folder.pk), parts=CODE),
    Door("command_move_pages_of_stock", command("move_pages", lambda w: w.stock.pk, lambda w: w.other_stock.pk), parts=CODE),
    Door("command_fixtree", command("fixtree", "--noinput"), parts=CODE),
    Door("command_set_url_paths", command("set_url_paths"), parts=CODE),
    Door("command_purge_revisions", command("purge_revisions"), parts=CODE),
    Door("command_purge_embeds", command("purge_embeds"), parts=CODE),
    Door("command_create_log_entries", command("create_log_entries_from_revisions"), parts=CODE),
    Door("command_update_index", command("update_index"), parts=CODE),
    Door("command_sync_locale_trees", command("sync_locale_trees"), parts=CODE),
]  # fmt: skip
