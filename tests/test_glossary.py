"""Texts in other languages are told in English words, and English ones are left as they are."""

import re
import unicodedata
from importlib.resources import files

import pytest

from matcher.matching.glossary import COMPOUNDING, LANGUAGES, Glossary, in_english

TEXTS = {
    "de": ("Sie gibt ihrem Team nie Rückmeldung.", {"she", "gives", "never", "feedback"}),
    "fr": ("Elle ne délègue rien et travaille tous les soirs.", {"she", "delegates", "nothing", "evenings"}),
    "nl": ("Zij zegt nooit nee tegen haar collega's.", {"she", "says", "never", "colleague"}),
    "es": ("Ella nunca habla con su equipo de los errores.", {"she", "never", "team", "mistakes"}),
    "it": ("Lei non delega mai e lavora ogni sera.", {"she", "delegates", "never", "evening"}),
}


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_text_is_told_in_english_words(language: str) -> None:
    text, expected = TEXTS[language]
    assert expected <= set(in_english(text).rstrip(".").split())


@pytest.mark.parametrize(
    "text",
    [
        "She leads a team in Hamburg and was in so many rows.",
        "Die casting, an old trade: the son also ran it.",
        "Prowadzi dwudziestu handlowców i nie deleguje.",
        "12 %",
        "",
    ],
)
def test_a_text_in_english_or_a_language_without_glosses_is_left_as_it_is(text: str) -> None:
    assert in_english(text) == text


def test_what_is_no_word_stays_where_it_was() -> None:
    assert in_english("Am Abend, um 20 Uhr: nein!").endswith("!")
    assert "20" in in_english("Am Abend, um 20 Uhr: nein!")


def test_a_letter_lost_before_an_apostrophe_does_not_join_two_words() -> None:
    assert in_english("L'équipe n'arrive pas à l'heure.").split()[:2] == ["the", "team"]


def test_a_word_without_a_gloss_has_that_of_another_form_before_that_of_its_parts() -> None:
    german = Glossary(
        {"rückmeldung": "feedback", "rück": "back", "meldung": "report", "gespräch": "talk", "team": "team"},
        compounding=True,
    )
    assert german.of("rückmeldungen") == "feedback"
    assert german.of("teamgespräch") == "team talk"
    assert german.of("rückmeldungsgespräch") == "feedback talk"
    assert german.of("teamfremd") == "teamfremd"
    assert german.of("gespannt") == "gespannt"


def test_of_all_forms_the_one_that_shares_most_letters_is_taken_wherever_it_stands() -> None:
    glosses = {"licence": "licence", "licenciement": "layoff", "licencié": "laid off"}
    assert Glossary(glosses, compounding=False).of("licencier") == "laid off"


def test_a_word_for_the_lack_of_something_is_no_form_of_it() -> None:
    german = Glossary({"verantwortung": "responsibility", "rücksichtslose": "ruthless"}, compounding=True)
    assert german.of("verantwortungen") == "responsibility"
    assert german.of("verantwortungslos") == "verantwortungslos"
    assert german.of("rücksichts") == "rücksichts"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Der Kaufmann führt sie.", "Die Kauffrau führt sie."),
        ("Der Geschäftsmann führt sie.", "Die Geschäftsfrau führt sie."),
        ("Der Feuerwehrmann führt sie.", "Die Feuerwehrfrau führt sie."),
        ("Der Verkäufer führt sie.", "Die Verkäuferin führt sie."),
        ("Le vendeur ne délègue rien.", "La vendeuse ne délègue rien."),
        ("L'administrateur ne délègue rien.", "L'administratrice ne délègue rien."),
        ("De baas zegt nooit nee.", "De bazin zegt nooit nee."),
        ("El vendedor nunca habla con nadie.", "La vendedora nunca habla con nadie."),
        ("Il sindaco non delega mai niente.", "La sindaca non delega mai niente."),
    ],
)
def test_a_trade_is_told_alike_of_men_and_women(one: str, other: str) -> None:
    assert in_english(one).split() == in_english(other).split()
    assert in_english(one) != one


def test_code_points_and_apostrophes_make_no_difference() -> None:
    for text in ("Sie übernimmt alles selbst und führt zwölf Leute.", "L’équipe n’avance pas, elle fait tout."):
        english = in_english(text)
        assert english != text
        assert in_english(unicodedata.normalize("NFD", text)) == english
        assert in_english(text.replace("’", "'")) == english
        assert in_english(text.replace("’", "\N{MODIFIER LETTER APOSTROPHE}")) == english
    parted = in_english("Sie hat zwölf Führungs\N{SOFT HYPHEN}kräfte.")
    assert parted == in_english("Sie hat zwölf Führungskräfte.")


def test_words_that_are_the_same_in_english_do_not_count_against_a_language() -> None:
    assert in_english("Lead artist devenu manager de douze personnes.").endswith("twelve people.")
    assert in_english("Zo'n baas wil z'n team niet kwijt, maar 't gaat mis met z'n planning.").startswith("such a boss")
    assert in_english("Coach, manager and team workshop.") == "Coach, manager and team workshop."


def test_only_languages_that_join_words_take_them_apart() -> None:
    glosses = {"rendez": "go", "vous": "you"}
    assert Glossary(glosses, compounding=False).of("rendezvous") == "rendezvous"
    assert Glossary(glosses, compounding=True).of("rendezvous") == "go you"
    assert set(LANGUAGES) >= COMPOUNDING


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_word_of_a_file_stands_there_once_in_order_with_one_short_gloss(language: str) -> None:
    lines = files("matcher.matching").joinpath("glossaries", f"{language}.tsv").read_text("utf-8").splitlines()
    words, glosses = zip(*(line.split("\t") for line in lines), strict=True)
    assert list(words) == sorted(set(words))
    assert all(word == word.lower().strip() for word in words)
    assert all(1 <= len(gloss.split()) <= 5 and gloss == gloss.strip() for gloss in glosses)
    assert len(words) > 4000


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_trade_or_office_is_told_as_a_man_s_or_a_woman_s(language: str) -> None:
    lines = files("matcher.matching").joinpath("glossaries", f"{language}.tsv").read_text("utf-8").splitlines()
    told = {part.lower() for line in lines for part in line.split("\t")[1].split() if line.split("\t")[0] != part}
    found = {one for one in told if re.search(r"\w(man|men)$", one)}
    assert found <= {"woman", "women", "human", "german", "roman", "gentleman", "gentlemen", "superhuman"}
