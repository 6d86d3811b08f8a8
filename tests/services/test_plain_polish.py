"""Plain Polish: the index on texts counted by hand, sentences, words and syllables, any text."""

from dataclasses import dataclass
from math import sqrt

import pytest
from django.utils import translation
from hypothesis import given, settings
from hypothesis import strategies as st

from services.plain_polish import Level, examine, measure
from services.plain_polish.officialese import entries
from services.plain_polish.syllables import base_syllables, syllables
from services.plain_polish.words import sentences


@dataclass(frozen=True)
class Counted:
    """A text with what a person counted in it, pencil in hand, and both figures worked out.

    ``lengths`` are the words of each sentence. FOG = 0.4 × (words / sentences + 100 × hard /
    words), Pisarek = ½ × √(Ts² + Tw²).
    """

    name: str
    text: str
    lengths: tuple[int, ...]
    hard: str
    fog: float
    pisarek: float


COUNTED = (
    Counted(
        "a card in plain words",
        "Zgłoś nowy adres w ciągu 30 dni. Meldunek nic nie kosztuje. Potwierdza tylko to, że "
        "mieszkasz pod tym adresem. Nie daje prawa do lokalu.",
        (7, 4, 8, 5),
        "",
        fog=0.4 * (24 / 4 + 100 * 0 / 24),
        pisarek=sqrt((24 / 4) ** 2 + (100 * 0 / 24) ** 2) / 2,
    ),
    Counted(
        # Not hard: niniejszego (niniejszy: ni-niej-szy), formalnych, terminie, wezwania: three each.
        "a summons in officialese",
        "W związku z powyższym wzywa się wnioskodawcę do uzupełnienia braków formalnych wniosku "
        "w terminie 7 dni od dnia doręczenia niniejszego wezwania pod rygorem pozostawienia "
        "podania bez rozpoznania.",
        (27,),
        # wnio-sko-daw-cę, u-zu-peł-nie-nia, do-rę-cze-nia, po-zo-sta-wie-nia, roz-po-zna-nia
        "wnioskodawcę uzupełnienia doręczenia pozostawienia rozpoznania",
        fog=0.4 * (27 / 1 + 100 * 5 / 27),
        pisarek=sqrt((27 / 1) ** 2 + (100 * 5 / 27) ** 2) / 2,
    ),
    Counted(
        # Nowakowska is a name, napisała is of napisać (na-pi-sać), ludności is lud-noś-ci.
        "abbreviations, dates and figures",
        "Zgodnie z art. 7 ust. 1 ustawy z dnia 24 września 2010 r. o ewidencji ludności (Dz.U. 2010 "
        "nr 217 poz. 1427 ze zm.) sprawę prowadzi Urząd Miasta Krakowa, al. Powstania "
        "Warszawskiego 10. Tel. 12 616 55 55, np. w godz. 7.40–15.30. Prof. A. Nowakowska napisała, że "
        "opłata wynosi 17,00 zł, tj. tyle co w 2025 r. Kto chce, płaci przelewem.",
        (33, 7, 15, 4),
        # e-wi-den-cji
        "ewidencji",
        fog=0.4 * (59 / 4 + 100 * 1 / 59),
        pisarek=sqrt((59 / 4) ** 2 + (100 * 1 / 59) ** 2) / 2,
    ),
    Counted(
        # Not hard: dokumentami (dokument: do-ku-ment), mieszkańców, Przygotuj: three each.
        "lists",
        "Przygotuj:\n- wniosek o pozwolenie,\n- mapę, na której zaznaczysz granice działki,\n"
        "- zaświadczenie z urzędu. Może być kopia.\n\nPotem:\n1. Umów wizytę przez internet.\n"
        "2. Przyjdź z dokumentami do punktu obsługi mieszkańców.",
        (1, 3, 6, 3, 3, 1, 4, 7),
        # po-zwo-le-nie, za-świad-cze-nie
        "pozwolenie zaświadczenie",
        fog=0.4 * (28 / 8 + 100 * 2 / 28),
        pisarek=sqrt((28 / 8) ** 2 + (100 * 2 / 28) ** 2) / 2,
    ),
    Counted(
        # Not hard: najciekawsze (ciekawy), auta (au-ta), Autorzy (au-to-rzy), e-projekt; acronyms.
        "loan words, compounds and acronyms",
        "Europejska nagroda dla miasta! Czy „Klient w centrum” to dobry program? Autorzy dostaną "
        "nowe auta, a najciekawsze pomysły sfinansujemy z budżetu obywatelskiego. Nauczyciele "
        "i polsko-ukraińskie rodziny mogą zgłosić e-projekt do ZIKiT przez ePUAP albo na stronie "
        "www.krakow.pl/nagroda… Zaufanie mieszkańców zobowiązuje.",
        (4, 7, 11, 15, 3),
        # Eu-ro-pej-ska, sfi-nan-so-wać, o-by-wa-tel-ski, na-u-czy-ciel, u-kra-iń-ski, za-u-fa-nie,
        # zo-bo-wią-zu-je
        "Europejska sfinansujemy obywatelskiego Nauczyciele polsko-ukraińskie Zaufanie zobowiązuje",
        fog=0.4 * (40 / 5 + 100 * 7 / 40),
        pisarek=sqrt((40 / 5) ** 2 + (100 * 7 / 40) ** 2) / 2,
    ),
)


@pytest.mark.parametrize("counted", COUNTED, ids=lambda counted: counted.name)
def test_the_counts_are_those_made_by_hand(counted):
    assert tuple(len(one.words) for one in sentences(counted.text)) == counted.lengths
    assert [word.text for word in measure(counted.text).hard] == counted.hard.split()


@pytest.mark.parametrize("counted", COUNTED, ids=lambda counted: counted.name)
def test_the_figures_are_the_formula_worked_out_from_those_counts(counted):
    found = measure(counted.text)

    assert found.fog == pytest.approx(counted.fog, abs=1e-9)
    assert found.pisarek == pytest.approx(counted.pisarek, abs=1e-9)


def text_of(lengths, hard):
    """Return a text of so many sentences of so many words, the first ones hard."""
    words = ["zaświadczenie"] * hard + ["dom"] * (sum(lengths) - hard)
    told = iter(words)
    return " ".join(" ".join(next(told) for _ in range(n)).capitalize() + "." for n in lengths)


@pytest.mark.parametrize(
    ("lengths", "hard", "fog", "level", "advice"),
    [
        ([10] * 10, 0, 4.0, Level.VERY_SIMPLE, "Nothing to mend."),
        ([10] * 10, 12, 8.8, Level.SIMPLE, "Nothing to mend."),
        ([10] * 10, 15, 10.0, Level.FAIRLY_SIMPLE, "Good enough."),
        ([10] * 10, 20, 12.0, Level.FAIRLY_SIMPLE, "Good enough."),
        ([10] * 10, 23, 13.2, Level.FAIRLY_HARD, "Divide long sentences"),
        ([20] * 5, 21, 16.4, Level.HARD, "Divide long sentences"),
        ([20] * 5, 30, 20.0, Level.VERY_HARD, "Divide long sentences"),
        ([20], 10, 28.0, Level.VERY_HARD, "The text is short"),
    ],
)
def test_the_index_is_told_in_words(lengths, hard, fog, level, advice):
    found = measure(text_of(lengths, hard))

    assert found.fog == pytest.approx(fog)
    assert found.level is level
    with translation.override("en"):
        assert str(found.saying)
        assert str(found.advice).startswith(advice)
    assert found.is_warning == (fog >= 13 and sum(lengths) >= 100)


def test_a_text_without_words_has_zeros():
    found = measure(" …\n – 🙂")

    assert (found.sentences, found.words, found.fog, found.pisarek) == (0, 0, 0.0, 0.0)
    assert not found.is_warning


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "Umowa z 2 maja 2024 r. Nowa jest od jutra.",
            ["Umowa z 2 maja 2024 r.", "Nowa jest od jutra."],
        ),
        ("Umowa z 2024 r. nr 5 wygasa.", ["Umowa z 2024 r. nr 5 wygasa."]),
        ("Idź na os. Złotego Wieku 4, ul. T. Kościuszki i pl. Na Groblach.", 1),
        ("Weź m.in. Dowód, np. Paszport, tj. Dokument (zob. Zał. nr 3, pkt 2).", 1),
        ("Koszt to 1 000.50 zł. Płać.", 2),
        ("Sklep itd. Potem wróć.", 2),
        ("Szkoła im. Kopernika i szpital im. Rydygiera są blisko.", 1),
        ("„Idź!” Poszedł. (Wrócił?) Tak…", 4),
        ("„Czy mogę?” pyta Jan.", 1),
        ("Masz 14 dni. 3 dni to mało.", 2),
        ("Zdanie, które\nciągnie się dalej.", 1),
        ("Nagłówek\nZdanie pod nim.", 2),
        ("Opłaty:\n17 zł za odpis;\n33 zł za odpis pełny", 3),
        ("• raz,\n• dwa.\n  a) trzy\n  b) cztery", 4),
        ("1. Złóż wniosek. 2. Zapłać.", ["Złóż wniosek.", "Zapłać."]),
        ("Wniosek z 01.02.2026 złóż do 8.30 na gov.pl. Czekaj.", 2),
        ("Wejdź.\r\n\r\nUsiądź.\r\nCzekaj.", 3),
        ("To jest dom\n \t\ni ogród", ["To jest dom", "i ogród"]),
    ],
)
def test_sentences_end_where_a_reader_rests(text, expected):
    found = [text[one.start : one.end] for one in sentences(text)]

    assert (len(found) if isinstance(expected, int) else found) == expected


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Dz.U. 2003, m.in. e-usługa!", "Dz.U|2003|m.in|e-usługa"),
        ("i/lub 24/7, 1:500, 17,00 zł", "i|lub|24/7|1:500|17,00|zł"),
        ("tak – nie; art. 59–64c", "tak|nie|art|59|64c"),
        ("12 616 55 55 lub 1 000 m²", "12 616 55 55|lub|1 000|m²"),
        (
            "pisz: ala@krakow.pl, https://epuap.gov.pl/a?b=1.",
            "pisz|ala@krakow.pl|https://epuap.gov.pl/a?b=1",
        ),
    ],
)
def test_words_are_told_apart(text, words):
    assert [word.text for one in sentences(text) for word in one.words] == words.split("|")


def numbered(row):
    return [(word, int(number)) for word, number in (pair.split(":") for pair in row.split())]


@pytest.mark.parametrize(
    ("word", "expected"),
    numbered(
        "ciasto:2 miasto:2 wiosna:2 radio:2 auto:2 Europa:3 w:0 14:0 się:1 linii:2 moim:2 naiwny:3 "
        "biologia:3 niania:2 Ukraina:4 stoi:2 poinformować:5 nauka:3 zaufany:4 nieudany:4 "
        "nieuczciwy:4 muzeum:3 jubileusz:4 klauzula:3 restauracja:4 neutralny:3 klient:2 trio:2 "
        "priorytet:4 sytuacja:4 ŻÓŁĆ:1 zoologia:4 zaświadczenie:4"
    ),
)
def test_syllables_are_counted_as_a_pole_counts_them(word, expected):
    assert syllables(word) == expected


@pytest.mark.parametrize(
    ("word", "expected"),
    numbered(
        "dokumentami:3 dokumentów:3 banknotów:2 dokumencie:3 formularza:3 kalendarzami:3 urzędnikami:3 "
        "urzędnicy:3 kandydaci:3 architekci:3 kamienicy:4 miejskiego:2 budowlanego:4 "
        "najważniejsze:2 najemcami:3 informacjami:4 zaświadczeniem:4 zaświadczeniami:4 "
        "wysokości:3 nieruchomościami:4 złożyliśmy:2 otrzymała:3 zapłacimy:3 przyjmujemy:3 "
        "obywatela:4 samochodu:3 listopada:3 internetu:3 współmałżonków:4 wnioskodawca:4 procedurach:4 "
        "administracyjnego:6 w:0 dom:1"
    ),
)
def test_an_ending_does_not_make_a_word_hard(word, expected):
    assert base_syllables(word) == expected


KNOWN = st.lists(
    st.sampled_from(
        [
            "Zgłoś się z dowodem 2 maja 2026 r.",
            "Zapłać np. 17,00 zł w kasie przy ul. J. Dietla 5.",
            "Czy masz zaświadczenie?",
            "Pozwolenie na użytkowanie nieruchomości wydaje Urząd Miasta Krakowa!",
            "Weź m.in. mapę, odpis itd.",
            "„Tak”.",
            "Dołącz:\n- wniosek o ustalenie,\n- mapę.",
        ]
    ),
    min_size=1,
    max_size=8,
)


@settings(deadline=None)
@given(KNOWN, st.randoms(), st.sampled_from([" ", "\n", "\n\n"]))
def test_the_order_of_sentences_changes_nothing(parts, chance, gap):
    mixed = parts[:]
    chance.shuffle(mixed)

    one, other = measure(gap.join(parts)), measure(gap.join(mixed))

    assert (one.sentences, one.words, one.fog) == (other.sentences, other.words, other.fog)


@settings(deadline=None)
@given(st.text() | KNOWN.map(" ".join))
def test_a_sentence_of_short_words_never_raises_the_share_of_hard_ones(text):
    before, after = measure(text), measure(text + "\n\nIdź tam raz.")

    assert after.hard_share <= before.hard_share
    assert after.sentences == before.sentences + 1


PIECES = st.lists(
    st.sampled_from([*"aAżŻ1 \n\r.,:;-–—!?…()„”@/_\u00a0²İſ", "celem ", "art.", "wydano", "nie "]),
    max_size=60,
).map("".join)


@settings(deadline=None)
@given(
    st.text()
    | PIECES
    | st.lists(st.sampled_from(entries())).map(lambda all_: "\n".join(e.example for e in all_))
)
def test_any_text_is_read_and_every_place_is_that_of_what_was_found(text):
    for finding in examine(text):
        assert text[finding.start : finding.end] == finding.found
        assert finding.message
    for word in measure(text).hard:
        assert text[word.start : word.end] == word.text
    ends = [0, *(place for one in sentences(text) for place in (one.start, one.end))]
    assert ends == sorted(ends)
