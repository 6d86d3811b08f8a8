"""Nothing of the admin is left in English: what Wagtail has not translated is translated here."""

from pathlib import Path

import polib
import pytest
from django.apps import apps
from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext

#: Apps whose screens no editor of ours meets.
UNSEEN = {"wagtail_localize.locales"}
OURS = Path(settings.BASE_DIR) / "locale" / "pl" / "LC_MESSAGES" / "django.po"


def words_of(file):
    return {(entry.msgctxt, entry.msgid): entry for entry in polib.pofile(str(file))}


def catalogues():
    """Return the folder of each catalogue of Wagtail's apps that has an English source, by the app."""
    found = {app.name: Path(app.path) / "locale" for app in apps.get_app_configs()}
    return {
        name: folder
        for name, folder in found.items()
        if name.startswith("wagtail") and (folder / "en/LC_MESSAGES/django.po").exists()
    }


def seen():
    """Return (app, folder) of those whose screens an editor meets."""
    return [(name, folder) for name, folder in catalogues().items() if name not in UNSEEN]


def test_each_app_that_is_left_out_is_there():
    assert set(catalogues()) > UNSEEN


@pytest.mark.parametrize("folder", [pytest.param(folder, id=name) for name, folder in seen()])
def test_every_text_has_its_polish(folder):
    sources = folder / "en/LC_MESSAGES/django.po"
    theirs = folder / "pl/LC_MESSAGES/django.po"
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
