"""Writes the main figures of the evaluation beside the ranker that they are of: `python -m training.figures`."""

from collections.abc import Mapping
from datetime import UTC, date, datetime
from pathlib import Path

import click
import numpy as np

import matcher.matching
from matcher.domain import Need
from matcher.matching.embedding import Encoder, load_encoder
from matcher.matching.evaluation import EVALUATION, Evaluation, Figure, View, weights_sha256
from matcher.matching.reading import Reader
from matcher.matching.remembering_encoder import RememberingEncoder
from matcher.matching.scoring import Scorer, load_scorer
from training import baselines, judgements
from training.evaluate import (
    READERS,
    SERVICE,
    encode_profiles,
    evaluate,
    measured_needs,
    reader_agreement,
    service_ranker,
    text_only,
)
from training.judgements import Judgements
from training.metrics import MEASURES, SHOWN, Values, estimate_mean
from training.report import SEED

OUT = Path(matcher.matching.__path__[0]) / EVALUATION
"""Where the package has the file."""

_CHANCE = "random"


def figures(judged: Judgements, encoder: Encoder, scorer: Scorer, on: date) -> Evaluation:
    """What the service with that encoder and scorer achieves on the judged needs, as measured on that day."""
    encoder = RememberingEncoder(encoder)
    reader = Reader(encoder)
    service = service_ranker(encode_profiles(judged, encoder, reader.areas), reader, scorer)
    rankers = {_CHANCE: baselines.any_order, SERVICE: service}
    needs = measured_needs(judged)

    def view(goals: str, own: list[Need]) -> View:
        values = evaluate(rankers, judged, own) | {READERS: reader_agreement(judged, own)}
        return View(goals=goals, needs=len(own), hit=_figure(values, "hit@3"), order=_figure(values, "nDCG@5"))

    return Evaluation(
        format=1,
        measured_on=on,
        encoder=encoder.name,
        areas=reader.areas.name,
        ranker=scorer.name,
        weights_sha256=weights_sha256(scorer),
        judgements=judged.digest,
        coaches=len(judged.coaches),
        readers=len(judged.readers),
        shown=SHOWN,
        views=(view("stated", needs), view("read", text_only(needs))),
    )


def _figure(values: Mapping[str, Values], measure: str) -> Figure:
    of = {name: own[:, list(MEASURES).index(measure)] for name, own in values.items()}
    estimate = estimate_mean(of[SERVICE], np.random.default_rng(SEED))
    chance, reader = (float(np.nanmean(of[name])) for name in (_CHANCE, READERS))
    return Figure(mean=estimate.mean, low=estimate.low, high=estimate.high, chance=chance, reader=reader)


@click.command()
@click.option("--judged", "folder", type=click.Path(exists=True, file_okay=False, path_type=Path), help="Judged set.")
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), default=OUT, help="File; else the package's.")
@click.pass_obj
def main(encoder: Encoder | None, *, folder: Path | None, out: Path) -> None:
    """Measure the packaged ranking on judged needs and keep the figures with the package."""
    encoder = encoder or load_encoder()
    judged = judgements.load(folder or judgements.JUDGED)
    found = figures(judged, encoder, load_scorer("", encoder.name), datetime.now(UTC).date())
    out.write_text(found.model_dump_json(indent=2) + "\n", "utf-8")
    click.echo(f"Wrote {out.name}: the figures of {found.ranker}.")


if __name__ == "__main__":
    main()
