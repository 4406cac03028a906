"""Says in plain words, field by field, what pydantic found wrong; never what the value was."""

from collections.abc import Iterable
from difflib import get_close_matches
from typing import get_args

from pydantic import ValidationError
from pydantic_core import ErrorDetails, core_schema

from matcher.errors import Problem
from matcher.texts import Phrase

LONGEST_NAME = 60
"""Characters of an unknown field's name that are repeated."""

HALF_CHARACTER = Phrase("contains half of a character; send valid Unicode")

_NUMBER = Phrase("must be a number such as 12.5").message
_WHOLE_NUMBER = Phrase("must be a whole number").message
_TOO_LONG = Phrase("is longer than %(max_length)s characters").message
_TRUTH = Phrase("must be true or false").message

_WORDS = {
    "missing": Phrase("is required"),
    "model_type": Phrase("must be an object"),
    "dict_type": Phrase("must be an object"),
    "extra_forbidden": Phrase("is not a field that belongs here"),
    "tuple_type": Phrase("must be a list"),
    "string_type": Phrase("must be text"),
    "bool_type": _TRUTH,
    "bool_parsing": _TRUTH,
    "int_type": _WHOLE_NUMBER,
    "int_parsing": _WHOLE_NUMBER,
    "int_parsing_size": _WHOLE_NUMBER,
    "int_from_float": _WHOLE_NUMBER,
    "float_type": _NUMBER,
    "float_parsing": _NUMBER,
    "decimal_type": _NUMBER,
    "is_instance_of": _NUMBER,  # Text for an amount: the only class that is asked for is Decimal.
    "decimal_parsing": _NUMBER,
    "finite_number": Phrase("must be a finite number"),
    "greater_than_equal": Phrase("must be at least %(ge)s"),
    "less_than_equal": Phrase("must be at most %(le)s"),
    "multiple_of": Phrase("must be a multiple of %(multiple_of)s"),
    "decimal_max_digits": Phrase("has more than %(max_digits)s digits"),
    "decimal_max_places": Phrase("has more than %(decimal_places)s decimal places"),
    "decimal_whole_digits": Phrase("has more than %(whole_digits)s digits before the decimal point"),
    "string_unicode": HALF_CHARACTER,
    "json_invalid": HALF_CHARACTER,  # The text that pydantic reads was written from a document that is valid otherwise.
    "string_too_long": _TOO_LONG,
    "too_long": _TOO_LONG,  # Lists that are too long are told before they are validated.
    "too_short": Phrase("has too few entries"),
    "literal_error": Phrase("must be %(expected)s"),
}
_PYDANTICS_OWN = frozenset(get_args(core_schema.ErrorType))


def pointer_to(*steps: str | int) -> str:
    """RFC 6901 pointer to a place in a document; "" is the document itself.

    >>> pointer_to("availability", "weekly", 0), pointer_to("a/b~c"), pointer_to()
    ('/availability/weekly/0', '/a~1b~0c', '')
    """
    return "".join("/" + str(step).replace("~", "~0").replace("/", "~1") for step in steps)


def shown_name(name: str) -> str:
    """The name of an unknown field as it may be repeated: cut, and without what does not print.

    >>> shown_name("shoe\\nsize"), len(shown_name("x" * 1000))
    ('shoe?size', 61)
    """
    cut = name[:LONGEST_NAME] + "…" if len(name) > LONGEST_NAME else name
    return "".join(character if character.isprintable() else "?" for character in cut)


def unknown_field(name: str, known: Iterable[str], whole: str) -> str:
    """What is wrong with a field that `whole` ("a coach profile") does not have, with the nearest that it has.

    >>> unknown_field("langages", ["languages", "name"], "a need")
    'is not a field of a need; did you mean languages?'
    """
    near = get_close_matches(name[:LONGEST_NAME].lower(), known, n=1)
    if near:
        return Phrase("is not a field of %(whole)s; did you mean %(near)s?", whole=Phrase(whole), near=near[0])
    return Phrase("is not a field of %(whole)s", whole=Phrase(whole))


def _of_the_domain(error: ErrorDetails) -> str:
    """What an error of the domain's own says: a phrase that it carries, or words that the catalogues know."""
    carried: str | None = error.get("ctx", {}).get("said")
    message = error["msg"]
    return carried or Phrase(message)


def _detail(error: ErrorDetails) -> str:
    kind = error["type"]
    if kind not in _PYDANTICS_OWN:
        return _of_the_domain(error)
    if error["input"] is None:
        return Phrase("is empty; leave it out")
    found = _WORDS.get(kind)
    return Phrase(found, **error.get("ctx", {})) if found else Phrase("is not valid")


def _problem(error: ErrorDetails) -> Problem:
    steps = error["loc"]
    named = error.get("ctx", {}).get("field")
    return Problem(pointer_to(*((*steps[:-1], named) if named else steps)), _detail(error))


def problems_of(error: ValidationError) -> list[Problem]:
    """One problem for each error of pydantic's, in its order.

    An error of the domain's own may name, as `field` in its context, the sibling that it is about.
    """
    errors = error.errors(include_url=False)
    # A list whose entries are all wrong counts as too short, too; one without entries is absent.
    return [_problem(details) for details in errors if details["type"] != "too_short" or len(errors) == 1]
