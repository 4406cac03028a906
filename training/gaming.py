"""Whether the ranking can be gamed, and whether it is fair: `python -m training.gaming`."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import click
import numpy as np

from matcher.domain import Need
from matcher.matching.embedding import Encoder, load_encoder
from matcher.matching.facets import Candidates
from matcher.matching.facets.goals import goals_evidenced
from matcher.matching.scoring import load_scorer
from matcher.settings import Settings
from training import fairness, judgements, report
from training.deletion import Deletion, deletions
from training.document import replace_block
from training.evaluate import with_progress
from training.metrics import SHOWN
from training.stuffing import STUFFINGS, Stuffing
from training.what_if import WhatIf

POOR = 1.0
"""Coaches with a mean grade below this are those who must not gain by stuffing."""


@dataclass(frozen=True)
class Stuffed:
    """What stuffing one profile did for one need: how many places the coach rose (below 0: fell), whether it
    brought the coach among the first three, and the coach's mean grade by the readers."""

    rose: int
    came_in: bool
    grade: float


def best_passages(candidates: Candidates) -> list[str]:
    """The passage of each candidate that shows most of the need's goals; empty where none does."""
    best = goals_evidenced(candidates)
    places = [best.passages(candidate)[:1] for candidate in range(len(candidates.rows))]
    return [candidates.index.passage(place[0]).text if place else "" for place in places]


def stuffed(world: WhatIf, need: Need, stuffing: Stuffing) -> list[Stuffed]:
    """What the stuffing does for every eligible coach of the need, one coach stuffed at a time."""
    candidates = world.candidates(need)
    before = world.standing(candidates)
    profiles = [
        world.profile(stuffing(world.judged.coaches[coach], need, best))
        for coach, best in zip(before.ids, best_passages(candidates), strict=True)
    ]
    ranks = before.ranks
    after = world.standing(world.candidates(need, profiles)).ranks_among(before)
    grades = world.judged.gains[str(need.id)]
    return [
        Stuffed(int(rank - then), bool(then <= SHOWN < rank), grades[coach])
        for coach, rank, then in zip(before.ids, ranks, after, strict=True)
    ]


def stuffing_table(found: Mapping[str, Sequence[Stuffed]]) -> str:
    """A row for each kind of stuffing: how far coaches rise by it, in Markdown; "-" where there are none."""
    header = [
        "One profile stuffed with",
        "Mean change of rank",
        "Rise",
        "Come among the first three",
        f"Mean change, graded below {POOR:g}",
        f"Rise, graded below {POOR:g}",
    ]
    return report.table(header, [_row(kind, outcomes) for kind, outcomes in found.items()])


def _row(kind: str, outcomes: Sequence[Stuffed]) -> list[str]:
    poor = [one for one in outcomes if one.grade < POOR]
    return [
        kind,
        _mean(outcomes),
        _share([one.rose > 0 for one in outcomes]),
        _share([one.came_in for one in outcomes]),
        _mean(poor),
        _share([one.rose > 0 for one in poor]),
    ]


def _mean(outcomes: Sequence[Stuffed]) -> str:
    return f"{np.mean([one.rose for one in outcomes]):+.2f}" if outcomes else "-"


def _share(holds: Sequence[bool]) -> str:
    return f"{100 * np.mean(holds):.0f} %" if holds else "-"


def deletion_sentence(found: Sequence[Deletion]) -> str:
    """What deleting the passages that the scores rest on showed, in one sentence."""
    if not found:
        return "No coach shown has a passage that shows a goal."
    falls = [one.fall for one in found]
    return (
        f"Of {len(found)} coaches shown, the passage that most shows the goals was taken out of the profile: the score "
        f"falls by {np.mean(falls):.4f} on average ({max(falls):.4f} at most), and by what the passage is said to add "
        f"to within {max(one.error for one in found):.0e}."
    )


def gaming(world: WhatIf) -> str:
    """The whole report in Markdown, over all judged needs."""
    needs = [world.judged.needs[need] for need in sorted(world.judged.gains)]
    by_kind: dict[str, list[Stuffed]] = {kind: [] for kind in STUFFINGS}
    removed: list[Deletion] = []
    for need in with_progress(needs, "Stuffing profiles"):
        for kind, stuffing in STUFFINGS.items():
            by_kind[kind] += stuffed(world, need, stuffing)
        removed += deletions(world, need)
    pairs = sum(len(grades) for grades in world.judged.gains.values())
    return "\n\n".join(
        [
            f"For {len(needs)} needs and every coach eligible for each ({pairs} pairs), one profile stuffed at a time; "
            "above 0 is a rise:",
            stuffing_table(by_kind),
            "The same pairs, one profile reworded at a time:",
            fairness.table(world, needs),
            deletion_sentence(removed),
            f"Ranker {world.scorer.name}, judgements {world.judged.digest[:12]}.",
        ]
    )


@click.command()
@click.option("--judged", "folder", type=click.Path(exists=True, file_okay=False, path_type=Path), help="Judged set.")
@click.option("--write-readme", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="Put it there too.")
@click.pass_obj
def main(encoder: Encoder | None, folder: Path | None, write_readme: Path | None) -> None:
    """Stuff and reword judged profiles and see who rises; Markdown on stdout."""
    settings = Settings()
    encoder = encoder or load_encoder(settings.encoder)
    scorer = load_scorer(settings.ranker, encoder.name)
    result = gaming(WhatIf(judgements.load(folder or judgements.JUDGED), encoder, scorer))
    click.echo(result)
    if write_readme:
        replace_block(write_readme, "gaming", result)


if __name__ == "__main__":
    main()
