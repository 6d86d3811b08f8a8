"""Nothing that is not public is told to the public: not a word, a title, a file's name or a picture.

A page stands in every state a draft can be in; each hides words of its own. Then the whole public
surface is read, by a stranger and by every person of the cast, and searched for those words.
"""

from datetime import timedelta
from urllib.parse import unquote

import pytest
from django.test import Client
from wagtail.models import Page

from kpum.core import clock
from kpum.pages import actions as door
from kpum.pages.authority import Authority
from kpum.pages.enums import WithdrawalReason
from tests import surface
from tests.cast import PASSWORD
from tests.factories.media import new_document, new_image
from tests.factories.pages import edit, publish
from workflows import actions as path

pytestmark = [
    pytest.mark.django_db,
    # A served file is closed when its response is collected.
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]
PARTS = [
    "nobody", "operator", "coordinator", "head", "manager", "chief", "editor", "stranger",
    "administrator",
]  # fmt: skip
#: They hold no mandate to see SA's drafts; the others are served SA's files, as in the admin.
OUTSIDERS = {"nobody", "stranger"}
FILES = ("/documents/", "/media/")
BY_MANDATE = Authority.of_mandate()


def word(state: str) -> str:
    """A word that stands nowhere but in the draft in this state."""
    return f"Sekretnik{state}"


def paragraph(state: str, document=None) -> list:
    link = f'<a linktype="document" id="{document.pk}">plik</a>' if document else ""
    return [("paragraph", f"<p>{word(state)} {link}</p>")]


class Drafts:
    """A page in every state, and what became of it."""

    def __init__(self, city) -> None:
        self.city = city
        self.document = new_document(title="tajnyplik", name="tajnyplik.txt", content=b"tajnyplik")
        new_image(title="tajnyobraz")
        self.states = [name for name in dir(self) if name.startswith("a_")]
        for state in self.states:
            getattr(self, state)(state)

    @property
    def words(self) -> list[str]:
        return [word(state) for state in self.states] + ["tajnyplik", "tajnyobraz", "tajne-zdjecie"]

    def new(self, state: str):
        return self.city.new_page(
            word(state), slug=word(state).lower(), body=paragraph(state, self.document)
        )

    def changed(self, state: str, title: str):
        page = publish(self.city.new_page(title))
        return edit(
            page,
            author=self.city.operator,
            title=word(state),
            slug=word(state).lower(),
            lead=word(state),
            body=paragraph(state, self.document),
        )

    def submitted(self, state: str, *approvers: str):
        page = self.changed(state, f"Strona {state}")
        run = path.submit(page=page, user=self.city.operator)
        for part in approvers:
            run = path.approve(task_state=run.current_task_state, user=self.city.person(part))
        return Page.objects.get(pk=page.pk).specific, run

    def a_new_draft(self, state):
        self.new(state)

    def a_change_of_a_public_page(self, state):
        self.changed(state, "Strona zmieniana")

    def a_child_of_a_draft(self, state):
        parent = self.new(state)
        self.city.new_page(f"{word(state)} niżej", parent=parent)

    def a_text_waiting_for_the_unit(self, state):
        self.submitted(state)

    def a_text_waiting_for_the_chief(self, state):
        self.submitted(state, "coordinator")

    def a_returned_text(self, state):
        _page, run = self.submitted(state)
        path.send_back(
            task_state=run.current_task_state, user=self.city.coordinator, comment=word(state)
        )

    def a_cancelled_text(self, state):
        _page, run = self.submitted(state)
        run.cancel(user=self.city.operator)

    def a_scheduled_text(self, state):
        later = clock.now() + timedelta(days=3)
        page = edit(self.new(state), author=self.city.operator, go_live_at=later)
        run = path.submit(page=page, user=self.city.operator)
        for part in ("coordinator", "chief"):
            run = path.approve(task_state=run.current_task_state, user=self.city.person(part))
        assert Page.objects.get(pk=page.pk).approved_schedule

    def a_draft_of_a_withdrawn_page(self, state):
        page = self.changed(state, "Strona wycofana")
        door.withdraw(
            page_id=page.pk,
            reason=WithdrawalReason.OBSOLETE,
            explanation="Nieaktualne.",
            authority=BY_MANDATE,
            actor=self.city.chief,
        )

    def a_draft_of_a_page_whose_old_text_stays(self, state):
        page = self.changed(state, "Strona z banerem")
        door.withdraw(
            page_id=page.pk,
            reason=WithdrawalReason.OBSOLETE,
            explanation="Nieaktualne.",
            authority=BY_MANDATE,
            actor=self.city.chief,
            keep_text=True,
        )
        edit(page, author=self.city.operator, lead=word(state))

    def a_draft_of_a_page_taken_down(self, state):
        page = self.changed(state, "Strona zdjęta")
        door.take_down(
            page_id=page.pk, explanation="Naruszenie.", authority=BY_MANDATE, actor=self.city.chief
        )

    def a_copy(self, state):
        page = self.new(state)
        door.copy(
            page_id=page.pk,
            target_id=self.city.folder.pk,
            title=f"{word(state)} kopia",
            slug=f"{word(state).lower()}-kopia",
            authority=BY_MANDATE,
            actor=self.city.operator,
        )

    def a_deleted_draft(self, state):
        page = self.new(state)
        door.delete(page_id=page.pk, authority=BY_MANDATE, actor=self.city.operator)

    def a_service_card(self, state):
        self.city.new_card("SA-91", word(state), summary=word(state), keywords=word(state))


@pytest.fixture
def drafts(city, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    return Drafts(city)


def told_to(part: str, secrets: list[str]) -> list[tuple[str, str, str]]:
    """Return (who, address, word) for each secret word that this person is told on a public address."""
    client = Client(raise_request_exception=False)
    if part != "nobody":
        assert client.login(username=part, password=PASSWORD)
    return [
        (part, address, secret)
        for address, (_status, body) in surface.public_bytes(client).items()
        if part in OUTSIDERS or not address.startswith(FILES)
        for secret in secrets
        if secret.lower() in (body.decode(errors="replace") + unquote(address)).lower()
    ]


def test_no_draft_in_any_state_is_told_to_anybody_on_the_public_pages(drafts):
    assert [found for part in PARTS for found in told_to(part, drafts.words)] == []


def test_the_crawl_finds_a_word_that_became_public(drafts):
    publish(drafts.new("nic"))

    assert {address for _part, address, _word in told_to("nobody", [word("nic")])} >= {
        "/sitemap.xml",
        "/uslugi/sa/sekretniknic/",
    }
