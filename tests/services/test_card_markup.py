"""Running text in files of cards: only what the editor makes goes in."""

import pytest

from kpum.org.export_cells import BadCell
from services.card_markup import RUNNING_TEXT, links_in


@pytest.mark.parametrize(
    "text",
    [
        "<script>x</script>", "<p onclick='x'>x</p>", "<img src=x onerror=x>", "<p>x",
        '<a href="javascript:x">x</a>', '<a href="https://a.pl" href="x">x</a>', "<p>x</b></p>",
        "<p>x</p><!-- y -->", '<a linktype="page" id="9"9">x</a>',
        '<embed embedtype="image" id="1"/>', "<p>x</p><!DOCTYPE html>", "<?php x ?>",
        "<p>x</p><![CDATA[y]]>", '<a href="//evil.example">x</a>', '<a href=" javascript:x">x</a>',
        '<a href="https://a.pl" onclick="x">x</a>', "<svg/onload=x>", "</p>",
    ],
)  # fmt: skip
def test_running_text_holds_only_what_the_editor_makes(text):
    with pytest.raises(BadCell):
        RUNNING_TEXT.settle(text)


@pytest.mark.parametrize(
    ("given", "stored"),
    [
        ("<p>a < b & c</p><script", "<p>a &lt; b &amp; c</p>&lt;script"),
        ("Raz, dwa.\n\nTrzy & cztery.", "<p>Raz, dwa.</p><p>Trzy &amp; cztery.</p>"),
        ("<P>a<BR>b</P>", "<p>a<br/>b</p>"),
        ('<p><a href="https://a.pl/?b&amp;c">x</a></p>', '<p><a href="https://a.pl/?b&amp;c">x</a></p>'),
        ('<a linktype="page" id="7">x</a>', '<a linktype="page" id="7">x</a>'),
        ("", ""),
    ],
)  # fmt: skip
def test_running_text_is_stored_as_it_was_understood(given, stored):
    assert RUNNING_TEXT.settle(given) == stored
    assert RUNNING_TEXT.settle(stored) == stored


def test_links_to_pages_and_files_are_found():
    text = '<p><a linktype="page" id="7">x</a><a linktype="document" id="8">y</a></p>'

    assert links_in(text) == {("page", 7), ("document", 8)}


def test_the_editors_marks_are_no_part_of_the_text():
    marked = '<p data-block-key="abc12">x</p>'

    assert RUNNING_TEXT.kept(marked) == RUNNING_TEXT.read(marked) == "<p>x</p>"
