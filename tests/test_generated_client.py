"""A client that openapi-python-client makes from the document as it is served, used as a portal would use it."""

import importlib
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from types import ModuleType

import pytest
from apiflask import APIFlask

from tests.clients import ApiCaller, a_caller
from tests.factories import a_coach
from tests.served_api import served

GUIDE = Path(__file__).parents[1] / "docs/api.md"
PACKAGE = "coach_matcher_client"

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture
def portal(start: Callable[..., APIFlask]) -> ApiCaller:
    caller = a_caller(start())
    caller.put(a_coach(id="c1", name="Ada Bell"), a_coach(id="c2", name="Dora Ek", focus_areas=["delegation"]))
    return caller


@pytest.fixture
def address(portal: ApiCaller) -> Iterator[str]:
    with served(portal.app) as address:
        yield address


@pytest.fixture
def client(address: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], ModuleType]:
    """The modules of the generated client, by name."""
    settings = tmp_path / "settings.yaml"
    # It knows nothing of JSON Lines, which are then sent and read as they are.
    settings.write_text("post_hooks: []\ncontent_type_overrides:\n  application/x-ndjson: application/octet-stream\n")
    run = subprocess.run(
        [
            *(sys.executable, "-m", "openapi_python_client", "generate", f"--url={address}/api/v1/openapi.json"),
            *(f"--config={settings}", f"--output-path={tmp_path / PACKAGE}", "--meta=none", "--fail-on-warning"),
        ],
        capture_output=True,
        text=True,
        check=False,
        cwd=tmp_path,
    )
    assert run.returncode == 0, run.stdout + run.stderr
    monkeypatch.syspath_prepend(tmp_path)
    return lambda name: importlib.import_module(f"{PACKAGE}{name}")


def test_a_generated_client_draws_up_a_shortlist_records_what_became_of_it_and_is_told_what_is_wrong(
    portal: ApiCaller,
    address: str,
    client: Callable[[str], ModuleType],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    models = client(".models")
    key = client("").AuthenticatedClient(base_url=address, token=portal.key)
    need = models.ShortlistRequest(
        summary="Still does half of the work of the team herself.",
        focus_areas=[models.GoalInput(area=models.FocusArea.DELEGATION, importance=3)],
        start_by=date(2027, 1, 4),
    )
    asked = client(".api.shortlists.create_shortlist").sync_detailed(
        client=key, body=need, idempotency_key='"8e03978e-40d5"'
    )
    assert asked.status_code == 201
    assert [coach.name for coach in asked.parsed.coaches] == ["Dora Ek", "Ada Bell"]
    first = asked.parsed.coaches[0]
    assert abs(first.base + sum(one.contribution for one in first.contributions) - first.score) < 1e-9
    assert client(".api.shortlists.get_shortlist").sync(asked.parsed.id, client=key) == asked.parsed
    client(".api.outcomes.put_outcome").sync_detailed(
        asked.parsed.id, "c2", models.PutOutcomeEvent.CHOSEN, client=key, body=models.OutcomeReport()
    )
    [outcome] = client(".api.outcomes.list_outcomes").sync(asked.parsed.id, client=key).outcomes
    assert (outcome.coach_id, outcome.event) == ("c2", "chosen")
    monkeypatch.setenv("ADDRESS", address)
    monkeypatch.setenv("KEY", portal.key)
    exec(re.findall(r"```python\n(.*?)```", GUIDE.read_text("utf-8"), re.DOTALL)[0], {})
    assert "1\n  Dora Ek" in capsys.readouterr().out
    problem = client(".api.shortlists.create_shortlist").sync(client=key, body=models.ShortlistRequest(limit=101))
    assert problem.type_ == "/problems/invalid-input"
    assert sorted(error.pointer for error in problem.errors) == ["/limit", "/summary"]
    unknown = client("").AuthenticatedClient(base_url=address, token="nobody's")
    assert client(".api.coaches.list_coaches").sync(client=unknown).status == 401
