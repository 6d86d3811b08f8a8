"""The message catalogue: what is gathered, what is kept, and what the check refuses."""

import polib
import pytest
from django.core.management import CommandError, call_command

from kpum.core import catalogue

CODE = """
from django.utils.translation import gettext_lazy as _, ngettext, pgettext

# Translators: a button
NAME = _("Publish")
LONG = _("One sentence "
         "in two literals.")
def days(number, word):
    _(word)
    pgettext("month", "May")
    return ngettext("%(count)d day", "%(count)d days", number) % {"count": number}
"""
TEMPLATE = """
{% load i18n %}
{# _("not a text") #}
<h1 title="{% translate "Opening 100% hours" %}">{{ name|default:_("No name") }}</h1>
{% translate "May" context "month" %}
{% blocktranslate trimmed count counter=units|length %}
  One unit of {{ city }}
{% plural %}
  {{ counter }} units of {{ city }}
{% endblocktranslate %}
{% include "kpum/x.html" with label=_("Label") %}
<p>It's {{ "an 'odd' text" }}, (unbalanced</p>
"""


@pytest.fixture
def project(tmp_path, settings):
    """A small project of one package and one template, with nothing translated."""
    settings.BASE_DIR = tmp_path
    write(tmp_path / "kpum/__init__.py", "")
    write(tmp_path / "kpum/org/models.py", CODE)
    write(tmp_path / "kpum/org/migrations/0001_initial.py", 'from x import _\n_("Not ours")\n')
    write(tmp_path / "templates/kpum/org/unit.html", TEMPLATE)
    return tmp_path


@pytest.fixture
def translated(project):
    """The same with every text translated, compiled and in order."""
    call_command("update_catalogue", verbosity=0)
    with edited(project) as texts:
        for entry in texts:
            if entry.msgid_plural:
                entry.msgstr_plural = dict.fromkeys(entry.msgstr_plural, entry.msgid_plural)
            else:
                entry.msgstr = entry.msgid
    call_command("update_catalogue", verbosity=0)
    return project


class edited:  # noqa: N801 - reads as a verb
    """Open the Polish texts for a change and write them back, compiled or not."""

    def __init__(self, project, *, compiled=True):
        self.file = project / "locale/pl/LC_MESSAGES/django.po"
        self.compiled = compiled

    def __enter__(self):
        self.texts = polib.pofile(str(self.file), wrapwidth=100)
        return self.texts

    def __exit__(self, *_error):
        self.file.write_text(f"{self.texts}", encoding="utf-8")
        if self.compiled:
            self.file.with_suffix(".mo").write_bytes(self.texts.to_binary())


def write(file, text):
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, encoding="utf-8")


def gathered(project):
    return catalogue.gather(project, {"kpum"})


def refusal(project):
    with pytest.raises(CommandError) as refused:
        call_command("update_catalogue", check=True)
    return str(refused.value)


def test_every_text_of_code_and_templates_is_gathered(project):
    assert set(gathered(project)) == {
        (None, "%(count)d day"),
        (None, "Label"),
        (None, "No name"),
        (None, "One sentence in two literals."),
        (None, "One unit of %(city)s"),
        (None, "Opening 100%% hours"),
        (None, "Publish"),
        ("month", "May"),
    }


def test_a_text_keeps_its_plural_its_places_and_its_comment(project):
    found = gathered(project)

    assert found[None, "One unit of %(city)s"].plural == "%(counter)s units of %(city)s"
    assert found["month", "May"].files == {"kpum/org/models.py", "templates/kpum/org/unit.html"}
    assert found[None, "Publish"].comments == {"a button"}


def test_two_plurals_of_one_text_are_refused(project):
    write(project / "kpum/org/views.py", 'ngettext("%(count)d day", "%(count)d dayes", 2)')

    with pytest.raises(catalogue.ConflictingPluralsError, match="two plurals"):
        gathered(project)


def test_an_update_writes_polish_with_its_three_plurals(project, capsys):
    call_command("update_catalogue")

    texts = polib.pofile(str(project / "locale/pl/LC_MESSAGES/django.po"))
    assert "pl: 8 texts, 8 without a translation" in capsys.readouterr().out
    assert texts.metadata["Plural-Forms"].startswith("nplurals=3;")
    assert texts.find("%(count)d day").msgstr_plural == {0: "", 1: "", 2: ""}
    assert texts.find("%(count)d day").flags == ["python-format"]


def test_an_update_keeps_translations_and_drops_what_is_gone(translated):
    write(translated / "kpum/org/models.py", '_("Publish")\n_("Withdraw")\n')
    call_command("update_catalogue", verbosity=0)

    texts = polib.pofile(str(translated / "locale/pl/LC_MESSAGES/django.po"))
    assert texts.find("Publish").msgstr == "Publish"
    assert texts.find("Withdraw").msgstr == ""
    assert texts.find("%(count)d day") is None


def test_a_second_update_changes_nothing(translated):
    files = [translated / f"locale/pl/LC_MESSAGES/django.{kind}" for kind in ("po", "mo")]
    before = [file.read_bytes() for file in files]
    call_command("update_catalogue", verbosity=0)

    assert [file.read_bytes() for file in files] == before


def test_a_complete_catalogue_passes(translated):
    call_command("update_catalogue", check=True)


def test_polish_is_asked_for_before_it_exists(project):
    assert "pl: missing: “Publish”" in refusal(project)


def test_a_text_without_a_translation_is_refused(translated):
    with edited(translated) as texts:
        texts.find("Publish").msgstr = ""

    assert refusal(translated).startswith("pl: not translated: “Publish”")


def test_one_plural_without_a_translation_is_refused(translated):
    with edited(translated) as texts:
        texts.find("%(count)d day").msgstr_plural[2] = ""

    assert "pl: not translated: “%(count)d day”" in refusal(translated)


def test_a_doubtful_translation_is_refused(translated):
    with edited(translated) as texts:
        texts.find("Publish").flags.append("fuzzy")

    assert "pl: doubtful (fuzzy): “Publish”" in refusal(translated)


def test_a_translation_that_loses_a_placeholder_is_refused(translated):
    with edited(translated) as texts:
        texts.find("One unit of %(city)s").msgstr_plural[0] = "Jedna jednostka"

    assert "pl: placeholders differ: “One unit of %(city)s”" in refusal(translated)


def test_a_form_for_one_may_say_it_without_a_figure(translated):
    with edited(translated) as texts:
        texts.find("One unit of %(city)s").msgstr_plural[0] = "Jedna jednostka: %(city)s"

    call_command("update_catalogue", check=True)


def test_a_text_that_is_no_longer_used_is_refused(translated):
    write(translated / "kpum/org/models.py", '_("Publish")\n_("One sentence in two literals.")\n')

    assert "pl: no longer in use: “%(count)d day”" in refusal(translated)


def test_a_changed_plural_is_a_missing_text(translated):
    write(translated / "kpum/org/models.py", CODE.replace("%(count)d days", "%(count)d whole days"))

    assert "pl: missing: “%(count)d day”" in refusal(translated)


def test_a_text_that_only_moved_is_in_order(translated):
    (translated / "kpum/org/models.py").rename(translated / "kpum/org/views.py")

    call_command("update_catalogue", check=True)


def test_a_stale_compiled_file_is_refused(translated):
    with edited(translated, compiled=False) as texts:
        texts.find("Publish").msgstr = "Opublikuj"

    assert "pl: the compiled file is stale" in refusal(translated)


def test_another_language_may_wait_for_its_translator(translated):
    write(translated / "locale/uk/LC_MESSAGES/django.po", f"{catalogue.new_catalogue('uk')}")
    call_command("update_catalogue", verbosity=0)

    call_command("update_catalogue", check=True)
    assert polib.pofile(str(translated / "locale/uk/LC_MESSAGES/django.po")).find("Publish")


def test_without_the_developers_packages_the_command_says_so(project, monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "kpum.core.catalogue", None)
    monkeypatch.delattr("kpum.core.catalogue", raising=False)

    assert "requirements/dev.txt" in refusal(project)
