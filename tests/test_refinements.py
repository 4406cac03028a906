"""A shortlist refined through the API: what is asked for anew, what stays, and who moved and why; on both databases."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from apiflask import APIFlask
from sqlalchemy import select
from werkzeug.test import TestResponse

from matcher.store import database, shortlists
from matcher.store.tables import NeedRow, ShortlistRow
from tests.clients import ApiCaller, a_caller, pointers, row_counts, service, told
from tests.factories import a_coach, a_need
from tests.strategies import ABOUT

GOALS = {"summary": "", "focus_areas": [{"area": "delegation", "importance": 3}, {"area": "boundaries"}]}
OTHER = {"timezone": "Europe/Amsterdam"}


def fees(amount: float, currency: str = "EUR") -> dict[str, Any]:
    return {"amount": amount, "currency": currency, "per": "session", "minutes": 60}


@pytest.fixture
def caller(api: ApiCaller) -> ApiCaller:
    """A directory in which Ada shows delegation, Ben claims it, Cleo claims boundaries and Dora neither."""
    api.put(
        a_coach(
            id="a", name="Ada Bell", bio=ABOUT["delegation"]["profile"], focus_areas=["delegation"], fees=fees(260)
        ),
        a_coach(id="b", name="Ben Ode", focus_areas=["delegation"]),
        a_coach(id="c", name="Cleo Öz", focus_areas=["boundaries"], languages=["nl"]),
        a_coach(id="d", name="Dora Hay", focus_areas=["negotiation"], languages=["en", "nl"]),
    )
    return api


def refine(caller: ApiCaller, shortlist: Any, **refinement: Any) -> Any:
    answer = send(caller, shortlist, refinement)
    assert answer.status_code == 201, answer.text
    return answer.json


def send(caller: ApiCaller, shortlist: Any, refinement: Any, **options: Any) -> TestResponse:
    return caller.send("POST", f"/shortlists/{shortlist['id']}/refinements", refinement, **options)


def ranks(shortlist: Any) -> list[tuple[str, int]]:
    return [(coach["coach_id"], coach["rank"]) for coach in shortlist["coaches"]]


def moved(shortlist: Any) -> dict[str, tuple[int | None, int | None]]:
    return {one["coach_id"]: (one["from"], one["to"]) for one in shortlist["moved"]}


def why(shortlist: Any, coach: str) -> list[str]:
    (found,) = (one["why"] for one in shortlist["moved"] if one["coach_id"] == coach)
    return list(found)


def test_a_first_shortlist_refines_none_and_nobody_moved(caller: ApiCaller) -> None:
    first = caller.shortlist(a_need(**GOALS))
    assert (first["refines"], first["pinned"], first["dropped"], first["moved"]) == (None, [], [], [])


def test_a_refinement_is_a_list_of_its_own_and_the_one_before_stays_byte_for_byte(caller: ApiCaller) -> None:
    first = caller.shortlist(a_need(**GOALS))
    before = caller.send("GET", f"/shortlists/{first['id']}").data
    answer = send(caller, first, {"limits": {"budget": {"per_session": 250, "currency": "EUR"}}})
    assert answer.headers["Location"].endswith(answer.json["id"])
    assert answer.json["id"] != answer.json["refines"] == first["id"]
    assert answer.json["need"] == first["need"] | {"budget": {"per_session": 250, "currency": "EUR"}}
    assert caller.send("GET", f"/shortlists/{answer.json['id']}").data == answer.data
    assert caller.send("GET", f"/shortlists/{first['id']}").data == before


@pytest.mark.parametrize(("currency", "kept"), [("EUR", {"total": 2000}), ("USD", {})])
def test_a_ceiling_for_all_sessions_stays_when_a_session_may_cost_another_amount_of_the_same_currency(
    caller: ApiCaller, currency: str, kept: dict[str, int]
) -> None:
    first = caller.shortlist(a_need(**GOALS, budget={"per_session": 300, "currency": "EUR", "total": 2000}))
    budget = {"per_session": 250, "currency": currency}
    assert refine(caller, first, limits={"budget": budget})["need"]["budget"] == budget | kept


def test_a_coach_over_the_new_budget_is_out_by_the_numbers_and_those_behind_rise(caller: ApiCaller) -> None:
    first = caller.shortlist(a_need(**GOALS))
    assert ranks(first) == [("a", 1), ("b", 2), ("c", 3)]
    refined = refine(caller, first, limits={"budget": {"per_session": 220.5, "currency": "EUR"}})
    assert moved(refined) == {"b": (2, 1), "c": (3, 2), "d": (4, 3), "a": (1, None)}
    assert why(refined, "a") == ["€260 a session is over the limit of €220.50."]
    assert why(refined, "b") == ["Ada Bell, who was ahead, is out."]
    back = refine(caller, refined, lift=["budget"])
    assert why(back, "a") == ["There is no limit to the price any more."]
    assert why(back, "b") == ["Ada Bell, who was out, is ahead."]
    raised = refine(caller, refined, limits={"budget": {"per_session": 300, "currency": "EUR"}})
    assert why(raised, "a") == ["€260 a session is within the limit of €300."]


@pytest.mark.parametrize(
    ("changes", "limits", "out", "sentence"),
    [
        ({"languages": ["nl"]}, {"languages": ["en"]}, "x", "Speaks none of the languages asked for."),
        ({"modalities": ["phone"]}, {"modalities": ["video"]}, "x", "Cannot meet in any of the ways asked for."),
        (
            {"availability": {"capacity": 1, "accepting_from": "2027-01-03"}},
            {"start_by": "2027-01-02"},
            "x",
            "Is free from 3 January 2027 on, after the start on 2 January 2027.",
        ),
        (
            {"references": [{"rating": 5, "verified": True}]},
            {"requirements": {"min_verified_references": 2}},
            "x",
            "Has 1 verified reference; 2 are asked for.",
        ),
        (
            {},
            {"requirements": {"min_credential_rank": 1}},
            "x",
            "Has no verified credential of the rank asked for that is valid on the day of the start.",
        ),
        (
            {"availability": {"capacity": 1, "weekly": [{"day": "fri", "from": "09:00", "to": "17:00"}]}},
            {"availability": {"weekly": [{"day": "mon", "from": "09:00", "to": "12:00"}]}} | OTHER,
            "x",
            "Has no time in common with the manager that is long enough for a session.",
        ),
        (
            {"fees": fees(200, "GBP")},
            {"budget": {"per_session": 200, "currency": "EUR"}},
            "x",
            "Costs more per session",
        ),
    ],
)
def test_each_limit_shuts_out_with_its_reason(
    api: ApiCaller, changes: Any, limits: Any, out: str, sentence: str
) -> None:
    api.put(a_coach(id=out, **changes))
    refined = refine(api, api.shortlist(a_need()), limits=limits)
    assert moved(refined) == {out: (1, None)}
    assert why(refined, out)[0].startswith(sentence)


def test_a_goal_that_counts_more_moves_who_has_it_up_and_the_facets_tell_by_how_much(caller: ApiCaller) -> None:
    first = caller.shortlist(a_need(**GOALS))
    goals = [{"area": "boundaries", "importance": 3}, {"area": "delegation", "importance": 1}]
    refined = refine(caller, first, goals=goals)
    assert moved(refined)["c"][1] == 1
    said = why(refined, "c")
    assert said[:2] == ["“delegation” counts 25% now, 60% before.", "“boundaries” counts 75% now, 40% before."]
    gained = float(said[2].split("goals named as focus areas (+")[1].split(")")[0])
    change = {
        coach_id: added(refined, coach_id, "goals_claimed") - added(first, coach_id, "goals_claimed")
        for coach_id in ("a", "b", "c")
    }
    assert said[2].startswith("Passed Ada Bell and Ben Ode: gained on them by ")
    assert gained == pytest.approx(change["c"] - (change["a"] + change["b"]) / 2, abs=0.0006)
    assert any(one.startswith("Was passed by Cleo Öz: lost to them by ") for one in why(refined, "b"))


def added(shortlist: Any, coach_id: str, facet: str) -> float:
    (coach,) = (coach for coach in shortlist["coaches"] if coach["coach_id"] == coach_id)
    (entry,) = (entry for entry in coach["contributions"] if entry["facet"] == facet)
    return float(entry["contribution"])


def test_pinning_shows_a_coach_at_the_true_rank_and_moves_nobody(caller: ApiCaller) -> None:
    first = caller.shortlist(a_need(**GOALS), limit=2)
    refined = refine(caller, first, pin=["d"])
    whole = caller.shortlist(a_need(**GOALS), limit=4)
    assert ranks(refined) == [("a", 1), ("b", 2), ("d", 4)]
    assert (refined["pinned"], refined["moved"]) == (["d"], [])
    (pinned,) = (coach for coach in whole["coaches"] if coach["coach_id"] == "d")
    for field in ("score", "contributions", "reasons", "reservation", "band"):
        assert refined["coaches"][2][field] == pinned[field]
    assert [cell["coach_id"] for cell in refined["grid"][0]["cells"]] == ["a", "b", "d"]
    asked = caller.send("GET", f"/shortlists/{refined['id']}/coaches/d").json
    assert "Is shown all the same, at this rank, because somebody pinned this coach." in asked["explanation"]
    assert ranks(refine(caller, refined, unpin=["d"])) == [("a", 1), ("b", 2)]


def test_a_pinned_coach_who_meets_a_limit_no_longer_is_out_and_comes_back_with_the_pin(caller: ApiCaller) -> None:
    pinned = refine(caller, caller.shortlist(a_need(**GOALS), limit=1), pin=["c"])
    english = refine(caller, pinned, limits={"languages": ["en"]})
    assert ranks(english) == [("a", 1)]
    assert (english["pinned"], moved(english)) == (["c"], {"c": (3, None)})
    assert ranks(refine(caller, english, lift=["languages"])) == [("a", 1), ("c", 3)]


def test_a_dropped_coach_is_excluded_with_the_reason_and_can_be_brought_back(caller: ApiCaller) -> None:
    first = caller.shortlist(a_need(**GOALS))
    dropped = [{"coach_id": "a", "reason": "known", "words": ""}]
    refined = refine(caller, refine(caller, first, pin=["a"]), drop=[{"coach_id": "a", "reason": "known"}])
    assert (refined["dropped"], refined["pinned"]) == (dropped, [])
    assert refined["need"]["requirements"]["exclude_coaches"] == ["a"]
    assert refined["excluded_counts"]["excluded"] == 1
    assert why(refined, "a") == ["Was dropped: known already and not wanted."]
    back = refine(caller, refined, bring_back=["a"])
    assert (back["dropped"], back["need"]) == ([], first["need"])
    assert why(back, "a") == ["Is left out by name no longer."]


def test_words_go_with_another_reason_alone_and_are_kept(caller: ApiCaller) -> None:
    first = caller.shortlist(a_need(**GOALS))
    for wrong in ({"reason": "other"}, {"reason": "price", "words": "far"}):
        assert pointers(send(caller, first, {"drop": [{"coach_id": "a"} | wrong]})) == ["/drop/0/words"]
    refined = refine(caller, first, drop=[{"coach_id": "a", "reason": "other", "words": "Sits on our board."}])
    assert refined["dropped"][0]["words"] == "Sits on our board."


def test_a_goal_that_was_read_is_weighed_with_the_others_stated_as_they_were_read(caller: ApiCaller) -> None:
    text = f"{ABOUT['delegation']['need']}\n\n{ABOUT['boundaries']['need']}"
    first = caller.shortlist(a_need(summary=text))
    read = {goal["area"]: goal["weight"] for goal in first["grid"]}
    assert "delegation" in read and not any(goal["stated"] for goal in first["grid"])
    refined = refine(caller, first, goals=[{"area": "delegation", "importance": 1}])
    stated = {goal["area"]: goal["importance"] for goal in refined["need"]["focus_areas"]}
    assert stated.keys() == read.keys()
    assert stated["delegation"] == 1
    assert max(importance for area, importance in stated.items() if area != "delegation") == 3


def test_a_goal_that_was_read_and_is_dropped_is_not_read_again(caller: ApiCaller) -> None:
    first = caller.shortlist(a_need(summary=ABOUT["delegation"]["need"]))
    assert "delegation" in [goal["area"] for goal in first["grid"]]
    refined = refine(caller, first, goals=[{"area": "delegation", "importance": 0}])
    assert "delegation" not in [goal["area"] for goal in refined["grid"]]
    assert "focus_areas" not in refined["need"] or refined["need"]["focus_areas"] == []
    added = refine(caller, refined, goals=[{"area": "negotiation", "importance": 3}])
    assert "negotiation" in [goal["area"] for goal in added["grid"]]
    assert "delegation" not in [goal["area"] for goal in added["grid"]]


@pytest.mark.parametrize(
    ("refinement", "wrong"),
    [
        ({}, [""]),
        ({"lift": ["budget"]}, [""]),
        ({"unpin": ["a"]}, [""]),
        ({"pin": ["nobody"]}, ["/pin/0"]),
        ({"drop": [{"coach_id": "nobody", "reason": "price"}]}, ["/drop/0/coach_id"]),
        ({"drop": [{"coach_id": "a", "reason": "ugly"}]}, ["/drop/0/reason"]),
        ({"pin": ["a"], "drop": [{"coach_id": "a", "reason": "price"}]}, ["/drop/0/coach_id"]),
        ({"bring_back": ["a"]}, ["/bring_back/0"]),
        ({"goals": [{"area": "delegation", "importance": 4}]}, ["/goals/0/importance"]),
        ({"goals": [{"area": area, "importance": 0} for area in ("delegation", "boundaries")]}, ["/goals"]),
        (
            {"limits": {"availability": {"weekly": [{"day": "mon", "from": "09:00", "to": "12:00"}]}}},
            ["/limits/timezone"],
        ),
        ({"limits": {"budget": {"per_session": -1, "currency": "EUR"}}}, ["/limits/budget/per_session"]),
        ({"limits": {"summary": "x"}, "lift": ["conflict"]}, ["/lift/0", "/limits/summary"]),
    ],
)
def test_what_cannot_be_refined_so_is_told_by_its_place_and_nothing_is_stored(
    caller: ApiCaller, refinement: Any, wrong: list[str]
) -> None:
    first = caller.shortlist(a_need(**GOALS))
    before = row_counts(caller.app)
    assert pointers(send(caller, first, refinement)) == wrong
    assert row_counts(caller.app) == before


def test_the_same_refinement_sent_again_is_the_same_list(caller: ApiCaller) -> None:
    first = caller.shortlist(a_need(**GOALS))
    body = {"pin": ["d"], "limits": {"languages": ["en"]}}
    once, before = send(caller, first, body), row_counts(caller.app)
    again = send(caller, first, body)
    assert (again.status_code, again.data) == (201, once.data)
    assert row_counts(caller.app) == before
    keyed = [send(caller, first, body, headers={"Idempotency-Key": '"k"'}) for _ in range(2)]
    assert [answer.data for answer in keyed] == [once.data] * 2
    assert keyed[1].headers["Idempotency-Replayed"] == "true"


def test_a_list_of_somebody_else_cannot_be_refined(caller: ApiCaller) -> None:
    first = caller.shortlist(a_need(**GOALS))
    other = a_caller(caller.app, "rival", "Corvus")
    told(send(other, first, {"pin": ["d"]}), 404, "not-found")


@pytest.mark.parametrize("of", [0, 1, 2])
def test_deleting_one_deletes_the_whole_chain_with_every_need(caller: ApiCaller, of: int) -> None:
    other = caller.shortlist(a_need(summary="Another need."))
    chain = [caller.shortlist(a_need(**GOALS))]
    chain.append(refine(caller, chain[0], pin=["d"]))
    chain.append(refine(caller, chain[1], limits={"languages": ["en"]}))
    refine(caller, chain[0], limits={"languages": ["nl"]})
    with database.sessions(service(caller.app).engine).begin() as session:
        assert shortlists.forget(session, chain[of]["id"])
    with database.snapshots(service(caller.app).engine).begin() as session:
        assert session.scalars(select(ShortlistRow.id)).all() == [other["id"]]
        assert [json.loads(document)["summary"] for document in session.scalars(select(NeedRow.document))] == [
            "Another need."
        ]


def test_a_change_of_the_directory_between_two_lists_is_told_as_such(
    caller: ApiCaller, start: Callable[..., APIFlask]
) -> None:
    first = caller.shortlist(a_need(**GOALS))
    caller.put(a_coach(id="e", name="Eve Ash", focus_areas=["delegation", "boundaries"]))
    caller.send("DELETE", "/coaches/b")
    refined = refine(caller, first, pin=["d"])
    assert why(refined, "e") == ["Was not in the directory when the list before was drawn up."]
    assert why(refined, "b") == ["Is not in the directory any more."]
