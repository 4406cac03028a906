"""What the OpenAPI document shows by example: bodies as they are sent, and which answer leads to which request.

The tests send each example, follow each link and hold the answers against their schemas.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

_NEED = {
    "summary": "She took over the team in spring and still does half of its work herself. She corrects what others "
    "hand in at night and avoids telling them what was wrong.",
    "focus_areas": [{"area": "delegation", "importance": 3}, {"area": "giving_feedback", "importance": 2}],
    "level": "first_line",
    "languages": ["en"],
}
_PROFILE = {
    "name": "Margaret Meyer",
    "headline": "First-line leadership in technical teams",
    "bio": "I work with team leads in their first year, who hand over too little and correct too much.",
    "experience": {"coaching_years": 8, "leadership_years": 2, "levels_coached": ["first_line"]},
    "credentials": [{"body": "ICF", "level": "PCC", "valid_until": "2028-06-30", "verified": True}],
    "focus_areas": ["delegation", "giving_feedback"],
    "languages": ["en", "de"],
    "timezone": "Europe/Berlin",
    "modalities": ["video"],
    "fees": {"amount": 290, "currency": "EUR", "per": "session", "minutes": 60},
    "availability": {"capacity": 3, "weekly": [{"day": "mon", "from": "09:00", "to": "17:00"}]},
}

BODIES: Mapping[str, Mapping[str, Mapping[str, Any]]] = MappingProxyType(
    {
        "createShortlist": {
            "paragraph": {"summary": "A paragraph is enough", "value": {"summary": _NEED["summary"]}},
            "goals": {"summary": "Goals, level and language beside it", "value": _NEED},
            "limits": {
                "summary": "A budget, a date, times and five coaches",
                "value": _NEED
                | {
                    "budget": {"per_session": 350, "currency": "EUR"},
                    "start_by": "2030-01-07",
                    "timezone": "Europe/Amsterdam",
                    "availability": {"weekly": [{"day": "mon", "from": "13:00", "to": "17:00"}]},
                    "limit": 5,
                },
            },
        },
        "refineShortlist": {
            "limit": {
                "summary": "Another budget",
                "value": {"limits": {"budget": {"per_session": 300, "currency": "EUR"}}},
            },
            "goal": {
                "summary": "A goal that counts more",
                "value": {"goals": [{"area": "delegation", "importance": 3}]},
            },
        },
        "createShortlistBatch": {
            "needs": {
                "summary": "Two needs, four coaches for each",
                "value": {"needs": [{"summary": _NEED["summary"]}, _NEED], "limit": 4},
            },
        },
        "createWebhook": {
            "shortlists": {
                "summary": "Of each shortlist, and of batches",
                "value": {"url": "https://portal.example/events", "events": ["shortlist.created", "batch.done"]},
            },
        },
        "rotateWebhookSecret": {
            "overlap": {"summary": "The old secret signs too for two days", "value": {"overlap_hours": 48}},
        },
        "putCoach": {"profile": {"summary": "A profile", "value": _PROFILE}},
        "putCoaches": {
            "profiles": {"summary": "A profile, of up to 5,000", "value": {"coaches": [{"id": "c-18"} | _PROFILE]}}
        },
        "putOutcome": {
            "chosen": {"summary": "The manager chose this coach", "value": {}},
            "chosen_on": {"summary": "The same, of an earlier day", "value": {"on": "2026-10-01"}},
        },
    }
)
"""Examples of bodies, by the id of the operation, each with a word on it."""

LINES: Mapping[str, Mapping[str, Mapping[str, Any]]] = MappingProxyType(
    {
        "createShortlistBatch": {"line": {"summary": "One line of many", "value": _NEED}},
        "putCoaches": {"line": {"summary": "One line of many", "value": {"id": "c-19"} | _PROFILE}},
    }
)
"""The same of bodies that are JSON Lines, by a line of them."""

_SHORTLIST = {"shortlist_id": "$response.body#/id"}
_BATCH = {"batch_id": "$response.body#/id"}
_WEBHOOK = {"webhook_id": "$response.body#/id"}
_SAME_WEBHOOK = {"webhook_id": "$request.path.webhook_id"}
_SAME_COACH = {"coach_id": "$request.path.coach_id"}
_SAME_SHORTLIST = {"shortlist_id": "$request.path.shortlist_id"}

LINKS: Mapping[str, Mapping[str, Mapping[str, str]]] = MappingProxyType(
    {
        "createShortlist": {
            "getShortlist": _SHORTLIST,
            "getWhyNot": _SHORTLIST | {"coach_id": "$response.body#/coaches/0/coach_id"},
            "putOutcome": _SHORTLIST | {"coach_id": "$response.body#/coaches/0/coach_id"},
            "listOutcomes": _SHORTLIST,
            "refineShortlist": _SHORTLIST,
        },
        "createShortlistBatch": {
            "getShortlistBatch": _BATCH,
            "getShortlistBatchResults": _BATCH,
            "cancelShortlistBatch": _BATCH,
            "deleteShortlistBatch": _BATCH,
        },
        "createWebhook": {
            "listDeliveries": _WEBHOOK,
            "rotateWebhookSecret": _WEBHOOK,
            "deleteWebhook": _WEBHOOK,
        },
        "listDeliveries": {"replayDelivery": _SAME_WEBHOOK | {"delivery_id": "$response.body#/deliveries/0/id"}},
        "putCoach": {"getCoach": _SAME_COACH, "deleteCoach": _SAME_COACH},
        "putOutcome": {
            "listOutcomes": _SAME_SHORTLIST,
            "deleteOutcome": _SAME_SHORTLIST | _SAME_COACH | {"event": "$request.path.event"},
        },
    }
)
"""Which request an answer of success leads to, with its parameters as runtime expressions of OpenAPI."""


def show_examples(operation: dict[str, Any]) -> None:
    """Puts the examples of an operation, and the links from it, into its part of the OpenAPI document."""
    name = operation["operationId"]
    if name in BODIES:
        operation["requestBody"]["content"]["application/json"]["examples"] = dict(BODIES[name])
    if name in LINES:
        operation["requestBody"]["content"]["application/x-ndjson"]["examples"] = dict(LINES[name])
    for status, answer in operation["responses"].items():
        if name in LINKS and status in ("200", "201", "202"):
            answer["links"] = {
                target: {"operationId": target, "parameters": dict(parameters)}
                for target, parameters in LINKS[name].items()
            }
