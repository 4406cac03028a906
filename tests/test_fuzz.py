"""All that the OpenAPI document describes, tried by schemathesis with every check it has.

It takes the operations from the document. A run of the tests tries a few examples of each and a few ways through them;
`make fuzz` adds the phase that goes through every constraint, and tries more.
"""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from apiflask import APIFlask

from tests.clients import a_caller
from tests.factories import a_coach
from tests.served_api import served

ROOT = Path(__file__).parents[1]
CONFIGURATION = Path(__file__).with_name("schemathesis.toml")
EXAMPLES = int(os.environ.get("FUZZ_EXAMPLES", "2"))
FEW = 5
"""So many examples are few: the phase over every constraint, which takes a minute or more, is for more of them."""


@pytest.mark.fuzz
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_every_operation_keeps_to_its_description_whatever_is_sent(
    start: Callable[..., APIFlask], tmp_path: Path
) -> None:
    caller = a_caller(start())
    caller.put(a_coach(), a_coach(id="c2", focus_areas=["delegation"]))
    phases = "examples,fuzzing,stateful" if EXAMPLES < FEW else "examples,coverage,fuzzing,stateful"
    with served(caller.app) as address:
        run = subprocess.run(
            [
                *(sys.executable, "-m", "schemathesis.cli", f"--config-file={CONFIGURATION}", "run", "--no-color"),
                *(f"{address}/api/v1/openapi.json", f"--header=Authorization: Bearer {caller.key}", "--checks=all"),
                *(f"--phases={phases}", f"--max-examples={EXAMPLES}", "--seed=5"),
            ],
            capture_output=True,
            text=True,
            check=False,
            cwd=tmp_path,
            env=os.environ | {"SCHEMATHESIS_HOOKS": "tests.json_lines_for_schemathesis", "PYTHONPATH": str(ROOT)},
        )
    assert run.returncode == 0, run.stdout + run.stderr
    assert "Test cases:" in run.stdout
