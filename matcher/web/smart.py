"""Which letters of SMART a hoped-for result seems to lack: a few rules that anybody can follow, in English and German.

They look for words, not for sense. Whether a result is achievable no rule says.
"""

import re
from dataclasses import dataclass

from matcher.texts import Phrase

ALONE = Phrase("Whether it is achievable, no machine can judge: that is for you and the manager.")
"""What is said of the letter without a rule."""


@dataclass(frozen=True)
class Lacking:
    """A letter of SMART that nothing was found for, what it stands for, and what would help."""

    letter: str
    name: str
    advice: str


_IN_ENGLISH = re.compile(
    r"\b(?:the|and|to|of|an?|in|is|his|her|their|she|he|they|will|with|for|by|at|be|more|better)\b", re.IGNORECASE
)
_IN_GERMAN = re.compile(
    r"\b(?:der|die|das|den|dem|und|ein|eine|einen|zu|mit|für|ist|wird|bis|im|am|sie|er|ihr|ihre|sein|seine|mehr|besser)\b",
    re.IGNORECASE,
)

_UNITS = (
    r"days?|weeks?|months?|quarters?|years?|sessions?|tag(?:e|en)?|wochen?|monat(?:e|en)?|quartal(?:e|en)?|"
    r"jahr(?:e|en)?|sitzung(?:en)?"
)
_MONTHS = (
    r"january|february|march|april|june|july|august|september|october|november|december|"
    r"januar|jänner|februar|märz|juni|juli|oktober|dezember"
)
_NUMBERS = (
    r"one|two|three|four|five|six|seven|eight|nine|ten|twelve|ein(?:e[mnrs]?)?|zwei|drei|vier|fünf|sechs|sieben|acht|"
    r"neun|zehn|zwölf"
)

_DEADLINE = re.compile(
    rf"\b(?:within|in|after|over|innerhalb(?:\s+von)?|binnen|nach)\s+(?:the\s+next\s+|den\s+nächsten\s+)?"
    rf"(?:\d+|a|an|{_NUMBERS})\s+(?:{_UNITS})\b"
    rf"|\b(?:{_MONTHS})\b|\b(?:by|until|before|till)\s+(?:may|the\s+end|year.?end|christmas|easter|summer|autumn|spring|"
    r"winter|next|then|monday|friday)\b"
    r"|\b(?:bis|vor)\s+(?:zum\s+|zur\s+|ende|anfang|mitte|mai|weihnachten|ostern|sommer|herbst|frühjahr|frühling|nächste)"
    r"|\b(?:end|beginning|middle)\s+of\s+(?:the\s+|this\s+|next\s+)?(?:year|month|quarter|q[1-4])\b"
    r"|\b(?:jahres|monats|quartals)ende\b|\bq[1-4]\b|\b20\d\d\b|\b\d{1,2}\.\s?\d{1,2}\.|\b\d{1,2}/\d{1,2}\b",
    re.IGNORECASE,
)
_MEASURE = re.compile(
    rf"\d|%|\b(?:{_NUMBERS})\b"
    r"|\b(?:once|twice|half|third|quarter|double|every|each|no|none|zero|all|weekly|daily|monthly|percent)\b"
    r"|\b(?:einmal|zweimal|dreimal|hälfte|halb\w*|drittel|doppelt\w*|jede[mnrs]?|kein\w*|null|alle[mnrs]?|wöchentlich\w*|"
    r"täglich\w*|monatlich\w*|prozent)\b",
    re.IGNORECASE,
)
_OBSERVABLE = re.compile(
    r"\b(?:hand|delegat|decid|ask|say|said|tell|told|speak|spoke|talk|hold|held|lead|led|run|ran|meet|met|write|wrote|"
    r"present|chair|propos|negotiat|leav|left|finish|deliver|give|gave|hire|agree|publish|stop|start|answer|listen|"
    r"invit|plan|review|report|train|promot|take|took|go|goes|work|interrupt|send|sent|call|visit|complet|reduc|"
    r"increas|fall|rise|stay|free)(?:s|es|e|ed|d|ing|ting|ning|ped|ping)?\b"
    r"|\b(?:ab|über)(?:gibt|gegeben|geben)\b|\b(?:delegier|entscheid|frag|sag|sprich|sprech|führ|leit|hält|halt|trifft|"
    r"treff|schreib|präsentier|moderier|verhandel|verläss|verlass|beend|liefer|gibt|stell|hör|plan|bericht|nimm|nehm|"
    r"geht|geh|arbeit|unterbrich|unterbrech|send|ruf|besuch|senk|sink|steig|bleib|schließ|schick|bittet|lädt|übernimm|"
    r"übernehm|übergib|übergeb)\w*",
    re.IGNORECASE,
)
_PURPOSE = re.compile(
    r"\b(?:so that|so the|because|in order to|since|for the|for (?:his|her|their)|which (?:lets|frees|helps))\b"
    r"|\b(?:damit|weil|sodass|so dass|um\b.*\bzu)\b",
    re.IGNORECASE,
)
_WORD = re.compile(r"[^\W\d_]{5,}")
_STEM = 5
"""So many letters that two words have in common are taken for the same word in another form."""

_COMMON = re.compile(
    r"about|after|being|could|every|other|still|their|there|these|those|where|which|would"
    r"|alles|diese|einen|einer|ihrer|immer|jeder|nicht|seine|werde|wurde"
)
"""Stems of words that any two texts may have in common."""

_ADVICE = (
    (
        "S",
        Phrase("Specific"),
        Phrase("say what one will see or hear, as in “holds a weekly talk with each of the five”"),
    ),
    (
        "M",
        Phrase("Measurable"),
        Phrase("name a number or how often, as in “two evenings a week” or “no decision later than a week”"),
    ),
    ("R", Phrase("Relevant"), Phrase("say what for, as in “so that the team …”, or take up a word of the situation")),
    ("T", Phrase("Time-bound"), Phrase("say by when, as in “by the end of June” or “within six months”")),
)


def lacking(outcome: str, situation: str) -> tuple[Lacking, ...] | None:
    """The letters that nothing was found for; none when all were. None for a blank result, or one in a language that
    the rules do not know.

    >>> [one.letter for one in lacking("She communicates better with the team.", "") or ()]
    ['S', 'M', 'R', 'T']
    >>> lacking("By June she hands over two of the five reports, so that her evenings are free.", "")
    ()
    >>> lacking("Er gibt bis Ende Juni zwei Berichte ab.", "Er macht alle Berichte selbst.")
    ()
    """
    if not outcome.strip() or not (_IN_ENGLISH.search(outcome) or _IN_GERMAN.search(outcome)):
        return None
    found = {
        "S": _OBSERVABLE.search(outcome),
        # A deadline has a number too, and measures nothing.
        "M": _MEASURE.search(_DEADLINE.sub(" ", outcome)),
        "R": _PURPOSE.search(outcome) or _stems(outcome) & _stems(situation),
        "T": _DEADLINE.search(outcome),
    }
    return tuple(Lacking(*letter) for letter in _ADVICE if not found[letter[0]])


def _stems(text: str) -> set[str]:
    stems = (word.lower()[:_STEM] for word in _WORD.findall(text))
    return {stem for stem in stems if not _COMMON.fullmatch(stem)}
