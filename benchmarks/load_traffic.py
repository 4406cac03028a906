"""What the portals of a load test send: read by Locust, started by `benchmarks.load`.

Each portal has a caller of its own and draws what it does next from a seed and its number, so its order of requests is
the same each time. What it asks for, and what was accepted, goes to a file, a line of JSON each, against which
`benchmarks.load_checks` holds the database.
"""

import json
import os
import time
from collections import deque
from collections.abc import Callable
from http import HTTPStatus
from itertools import count, cycle
from pathlib import Path
from random import Random
from typing import Any
from urllib.parse import quote
from uuid import UUID

from locust import HttpUser, task
from locust.exception import StopUser

SEED = os.environ["LOAD_SEED"]
KEYS = json.loads(os.environ["LOAD_KEYS"])
SURVIVES_KILLS = os.environ["LOAD_KILLS"] == "1"
SECONDS = float(os.environ["LOAD_SECONDS"])
NEEDS = [json.loads(line) for line in Path(os.environ["LOAD_NEEDS"]).read_text("utf-8").splitlines()]
SHARED_COACHES = [f"g{number:05}" for number in range(1, 41)]
"""Whose profiles all portals change, so that some of them meet."""

_API = "/api/v1"
_LONGEST = 180
"""Seconds for which an answer is asked for again when workers are killed; a claim lapses after one minute."""

_LEFT_TO_ANSWER = (0, HTTPStatus.CONFLICT, HTTPStatus.SERVICE_UNAVAILABLE)
"""No answer at all, or that of a worker that is told of an earlier attempt, or is about to end."""

_OUTCOMES: dict[str, dict[str, Any]] = {
    "first_talk": {},
    "talk_rated": {"rating": 4},
    "talk_rated_by_coach": {"rating": 5},
    "chosen": {},
    "declined": {"reason": "times"},
}
_REMEMBERED = 20
_NEEDS_A_BATCH = 8

_numbers = count()
_present: set[int] = set()
_begun = time.monotonic()
_file = Path(os.environ["LOAD_RECORD"]).open("a", encoding="utf-8", buffering=1)  # noqa: SIM115 open for the whole run


def _note(what: str, **told: object) -> None:
    _file.write(json.dumps({"what": what, **told}) + "\n")


class Portal(HttpUser):  # type: ignore[misc]
    """Asks for shortlists, refines them, records outcomes, keeps profiles and follows what changes."""

    def on_start(self) -> None:
        """Takes a number, and what comes of it."""
        self.number = next(_numbers)
        self.rng = Random(f"{SEED}-{self.number}")
        self.asked = count()
        # In turn, since a refinement that changes nothing is refused.
        self.budgets = cycle(range(600, 1000))
        self.shown: deque[dict[str, Any]] = deque(maxlen=_REMEMBERED)
        self.since = ""
        self.after = ""
        _present.add(self.number)
        self.client.headers["Authorization"] = f"Bearer {KEYS[self.number % len(KEYS)]}"

    def wait_time(self) -> float:
        """Seconds until the next thing."""
        return self.rng.uniform(0.1, 0.9)

    @task  # type: ignore[untyped-decorator]
    def anything(self) -> None:
        """One of all the things, as often as each comes; none is begun when the time is up."""
        if time.monotonic() - _begun > SECONDS:
            self._leave()
        actions: dict[Callable[[], None], int] = {
            self.ask: 30,
            self.refine: 8,
            self.record_outcome: 24,
            self.change_profile: 12,
            self.read_coaches: 10,
            self.follow_changes: 10,
            self.look_again: 5,
            self.send_batch: 1,
        }
        (action,) = self.rng.choices(list(actions), list(actions.values()))
        action()

    def _leave(self) -> None:
        # Not stopped from without, which would cut off what is under way.
        _present.discard(self.number)
        if not _present:
            self.environment.runner.quit()
        raise StopUser

    def ask(self) -> None:
        """A shortlist for a need in words that no other one has."""
        need = self._new_need()
        _note("shortlist.asked", need=need["id"])
        answer = self._sent("POST", "/shortlists", "POST /shortlists", json=need, key=True)
        if answer is not None:
            _note("shortlist.accepted", need=need["id"], shortlist=answer["id"])
            self._remember(answer)

    def refine(self) -> None:
        """Another list for a need, each list refined once at most."""
        fresh = [one for one in self.shown if not one["refined"]]
        if not fresh:
            self.ask()
            return
        one = self.rng.choice(fresh)
        one["refined"] = True
        _note("refinement.asked", of=one["id"])
        change = {"limits": {"budget": {"per_session": next(self.budgets), "currency": "EUR"}}}
        path = f"/shortlists/{one['id']}/refinements"
        answer = self._sent("POST", path, "POST /shortlists/{id}/refinements", json=change, key=True)
        if answer is not None:
            _note("refinement.accepted", of=one["id"], shortlist=answer["id"])
            self._remember(answer)

    def record_outcome(self) -> None:
        """What became of a coach, each event of each coach once."""
        open_ones = [one for one in self.shown if one["coaches"]]
        if not open_ones:
            self.ask()
            return
        one = self.rng.choice(open_ones)
        coach, event = one["coaches"].pop()
        outcome = {"shortlist": one["id"], "coach": coach, "event": event}
        _note("outcome.asked", **outcome)
        path = f"/shortlists/{one['id']}/coaches/{quote(coach, safe='')}/outcomes/{event}"
        name = "PUT /shortlists/{id}/coaches/{id}/outcomes/{event}"
        if self._sent("PUT", path, name, json=_OUTCOMES[event]) is not None:
            _note("outcome.accepted", **outcome)

    def change_profile(self) -> None:
        """One hour more of a coach whose profile nobody else has changed in between."""
        coach = self.rng.choice(SHARED_COACHES)
        seen = self._answer("GET", f"/coaches/{coach}", "GET /coaches/{id}")
        if seen is None:
            return
        profile = seen.json()
        profile["experience"]["coaching_hours"] = profile["experience"].get("coaching_hours", 0) + 1
        if self.rng.random() < 0.2:
            profile["headline"] = f"{profile['headline'].partition(' (')[0][:90]} ({self.number}-{next(self.asked)})"
        _note("change.asked", coach=coach)
        headers = {"If-Match": seen.headers["ETag"]}
        path, name = f"/coaches/{coach}", "PUT /coaches/{id} If-Match"
        changed = self._answer("PUT", path, name, json=profile, headers=headers, also=HTTPStatus.PRECONDITION_FAILED)
        if changed is not None and changed.status_code == HTTPStatus.OK:
            _note("change.accepted", coach=coach)

    def read_coaches(self) -> None:
        """The next page of profiles, from the first one on after the last."""
        query = f"?limit=50&language=en&fields=name,fees&after={quote(self.after)}"
        page = self._sent("GET", f"/coaches{query}", "GET /coaches")
        self.after = (page or {}).get("next") or ""

    def follow_changes(self) -> None:
        """What has changed since the last time."""
        page = self._sent("GET", f"/changes?limit=200&since={quote(self.since)}", "GET /changes")
        if page is not None:
            self.since = str(page["next"])

    def look_again(self) -> None:
        """A shortlist that was asked for before."""
        if self.shown:
            self._sent("GET", f"/shortlists/{self.rng.choice(self.shown)['id']}", "GET /shortlists/{id}")

    def send_batch(self) -> None:
        """Some needs together, which are answered apart from requests."""
        needs = [self._new_need() for _ in range(_NEEDS_A_BATCH)]
        _note("batch.asked", needs=[need["id"] for need in needs])
        answer = self._sent("POST", "/shortlist-batches", "POST /shortlist-batches", json={"needs": needs}, key=True)
        if answer is not None:
            _note("batch.accepted", needs=[need["id"] for need in needs])

    def _new_need(self) -> dict[str, Any]:
        mark = f"load-{self.number}-{next(self.asked)}"
        need: dict[str, Any] = self.rng.choice(NEEDS)
        # Said anew in each passage, so that it has to be encoded.
        passages = [f"{passage} ({mark})" for passage in need.get("summary", "").split("\n\n")]
        return need | {"id": mark, "summary": "\n\n".join(passages)}

    def _remember(self, answer: dict[str, Any]) -> None:
        events = list(_OUTCOMES)
        coaches = [(coach["coach_id"], event) for coach in answer["coaches"] for event in events]
        self.rng.shuffle(coaches)
        self.shown.append({"id": answer["id"], "coaches": coaches, "refined": False})

    def _sent(self, method: str, path: str, name: str, **options: Any) -> dict[str, Any] | None:
        answer = self._answer(method, path, name, **options)
        return None if answer is None else dict(answer.json())

    def _answer(
        self, method: str, path: str, name: str, *, key: bool = False, also: int = 0, **options: Any
    ) -> Any | None:
        """The answer of success, or with the status `also`; None where there is none, which Locust then counts."""
        if key:
            idempotency_key = UUID(int=self.rng.getrandbits(128), version=4)
            options["headers"] = {"Idempotency-Key": f'"{idempotency_key}"'}
        until = time.monotonic() + _LONGEST
        while True:
            with self.client.request(method, _API + path, name=name, catch_response=True, **options) as answer:
                # Not `answer.ok`, which raises where there is no answer.
                if 0 < answer.status_code < HTTPStatus.BAD_REQUEST or (also and answer.status_code == also):
                    answer.success()
                    return answer
                if not (SURVIVES_KILLS and answer.status_code in _LEFT_TO_ANSWER and time.monotonic() < until):
                    answer.failure(f"{answer.status_code} {(answer.text or '')[:300]}")
                    return None
                # Counted apart: this is what the client is there for.
                answer.request_meta["name"] = "asked again"
                answer.success()
            time.sleep(1)
