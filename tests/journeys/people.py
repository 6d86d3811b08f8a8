"""A person at his own browser: signs in, looks, clicks; every step is photographed."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.cast import PASSWORD


class Person:
    """One member of the cast in a browser session of his own."""

    def __init__(
        self, part: str, new_session: Callable[..., Any], screenshots: Path, journey: str
    ) -> None:
        self.part = part
        self._folder = screenshots / journey
        self._folder.mkdir(parents=True, exist_ok=True)
        self._steps = 0
        self.page = new_session().new_page()

    def sign_in(self) -> None:
        self.page.goto("/admin/login/")
        self.page.locator("input[name=username]").fill(self.part)
        self.page.locator("input[name=password]").fill(PASSWORD)
        self.page.get_by_role("button", name="Zaloguj").click()
        self.page.wait_for_url(re.compile(r"/admin/$"))
        self.look("po zalogowaniu")

    def look(self, what: str) -> None:
        """Take a picture of what the person sees now."""
        self._steps += 1
        name = re.sub(r"[^a-z0-9]+", "-", what.lower().translate(_ASCII)).strip("-")
        self.page.screenshot(path=self._folder / f"{self.part}-{self._steps:02d}-{name}.png")

    def look_whole(self, what: str, size: Any) -> None:
        """Take a picture of everything the person could scroll to: the admin scrolls inside its frame."""
        before = self.page.viewport_size
        self.page.set_viewport_size(size)
        self.page.wait_for_timeout(500)
        self.look(what)
        if before is not None:
            self.page.set_viewport_size(before)

    def open_page(self, title: str) -> None:
        """Find a page with the dashboard's search and open it in the editor."""
        self.page.goto("/admin/")
        search = self.page.get_by_role("search").get_by_role("textbox").last
        search.fill(title)
        search.press("Enter")
        self.page.get_by_role("link", name=title).first.click()
        self.page.wait_for_url(re.compile(r"/edit/"))

    def open_menu(self) -> None:
        """Unfold the editor's other actions."""
        self.page.get_by_role("button", name=re.compile("Więcej akcji|More actions")).last.click()

    def decide(self, title: str, decision: str, comment: str = "") -> None:
        """Open the text from the dashboard's own list, read it, and decide on the review's screen."""
        self.page.goto("/admin/")
        self.look("czeka na decyzje")
        self.page.get_by_role("link", name=title).first.click()
        self.page.wait_for_url(re.compile(r"/kpum/review/\d+/"))
        self.look("tekst do oceny")
        form = self.page.locator("form").filter(has=self.page.get_by_role("button", name=decision))
        if comment:
            form.get_by_role("textbox").fill(comment)
        self.look(decision)
        form.get_by_role("button", name=decision).click()
        self.page.wait_for_load_state("networkidle")
        self.look("po decyzji")


_ASCII = str.maketrans("ąćęłńóśźżĄĆĘŁŃÓŚŹŻ", "acelnoszzACELNOSZZ")
