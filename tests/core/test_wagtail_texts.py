"""Nothing of the admin is left in English: what Wagtail has not translated is translated here."""

from pathlib import Path

import polib
import pytest
from django.apps import apps
from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext

#: Apps whose screens no editor of ours meets.
UNSEEN = {
    "wagtail.contrib.search_promotions",
    "wagtail.contrib.styleguide",
    "wagtail_localize.locales",
}
OURS = Path(settings.BASE_DIR) / "locale" / "pl" / "LC_MESSAGES" / "django.po"


def words_of(file):
    return {(entry.msgctxt, entry.msgid): entry for entry in polib.pofile(str(file))}


def catalogues():
    """Return (app, folder of its catalogues) of everything of Wagtail's that is installed."""
    found = [(app.name, Path(app.path) / "locale") for app in apps.get_app_configs()]
    return [(name, path) for name, path in found if name.startswith("wagtail") and path.is_dir()]


@pytest.mark.parametrize(
    ("name", "folder"), catalogues(), ids=lambda value: str(value).split("/")[-1]
)
def test_every_text_has_its_polish(name, folder):
    if name in UNSEEN:
        assert name in {app.name for app in apps.get_app_configs()}
        return
    sources = folder / "en" / "LC_MESSAGES" / "django.po"
    if not sources.exists():
        return
    theirs = folder / "pl" / "LC_MESSAGES" / "django.po"
    known = {
        key
        for file in (theirs, OURS)
        if file.exists()
        for key, entry in words_of(file).items()
        if entry.translated()
    }

    assert set(words_of(sources)) - known == set(), "name them in kpum/core/wagtail_texts.py"


def test_ours_goes_before_theirs():
    with translation.override("pl"):
        said = gettext("The page could not be created due to validation errors.")

    assert said == "Nie zapisano: w formularzu są błędy. Popraw pola zaznaczone na czerwono."
