"""Memory that is freed is used again as it is, which is counted in processes of their own."""

import os
import platform
import subprocess
import sys

import pytest

from matcher.freed_memory import keep_freed_memory

PAGES_OF_ROUNDS = """
import resource
import sys
import numpy as np
from matcher.freed_memory import keep_freed_memory

if sys.argv[1] == "kept":
    keep_freed_memory()

def several_arrays():
    together = [np.ones(1 << 20) for _ in range(4)]

several_arrays()
before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
for _ in range(10):
    several_arrays()
print(resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before)
"""


def pages_handed_out(how: str) -> int:
    # Pages of one size, or how many are handed out depends on the machine.
    settings = os.environ | {"NUMPY_MADVISE_HUGEPAGE": "0"}
    found = subprocess.run(
        [sys.executable, "-c", PAGES_OF_ROUNDS, how], capture_output=True, text=True, check=True, env=settings
    )
    return int(found.stdout)


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="another C library keeps memory in its own way")
def test_the_kernel_hands_out_no_page_twice() -> None:
    given_back = pages_handed_out("given back")
    assert given_back > 1_000, "or there is nothing to keep"
    assert pages_handed_out("kept") < given_back / 10


def test_without_glibc_nothing_happens(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ctypes.CDLL", lambda _: object())
    keep_freed_memory()
