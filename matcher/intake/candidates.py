"""A document becomes a candidate for the ranker in use, or the list of all that is wrong with it."""

import json

from pydantic import ValidationError

from matcher.domain import Candidate
from matcher.errors import InvalidInput
from matcher.intake.wording import problems_of


def candidate_from(document: object) -> Candidate:
    """The candidate that a JSON document describes; whether its ranker fits this version is not asked here.

    Raises InvalidInput with every problem, unknown fields among them. Here null is a value, as ranker files have it.
    """
    try:
        # Strict validation takes a tuple from JSON text only.
        return Candidate.model_validate_json(json.dumps(document), strict=True)
    except ValidationError as error:
        raise InvalidInput(problems_of(error)) from None
