"""Trains the classifiers that read focus areas: `python -m training.read_areas`.

What is left open (regularisation, what texts on no area and those of the other side count) is settled
by cross-validation over whole needs and whole profiles; judged needs and profiles take no part in it.
"""

import hashlib
import io
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import product
from pathlib import Path
from typing import Any

import click
import numpy as np
import sklearn
from rich.console import Console
from rich.progress import Progress
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import average_precision_score
from sklearn.model_selection import GroupKFold
from threadpoolctl import threadpool_limits

from matcher.domain.vocabulary import FOCUS_AREAS
from matcher.matching.area_classifier import CARD, COEFFICIENTS, AreaClassifier
from matcher.matching.areas import PASSAGES_AN_AREA, Strengths
from matcher.matching.embedding import Encoder, load_encoder
from matcher.matching.reading import MOST_AREAS_READ
from training import annotations
from training.annotations import FIXTURES, NONE, Annotated, Annotations, Example
from training.metrics import Values
from training.remembering import RememberingEncoder

ARTEFACT = Path(__file__).resolve().parents[1] / "matcher" / "matching"
NAME = "areas-1"
SEED = 1
FOLDS = 4
ENCODED_AT_ONCE = 256

INVERSE_REGULARISATION = (3.0, 5.0, 10.0)
"""scikit-learn's C, the first the strongest."""
WEIGHT_OF_NONE = (0.5, 1.0)
"""What a text on no area counts beside one on an area."""
WEIGHT_OF_OTHER_SIDE = (0.0, 0.5)
"""What a profile's text on an area counts for the classifier of needs, and a need's for that of profiles."""

Done = Callable[[], None]
Measure = Callable[[Sequence[Annotated], Values], float]
"""How well the areas of documents are found by scores of shape (documents, areas)."""


@dataclass(frozen=True)
class Choice:
    """What cross-validation settles."""

    inverse_regularisation: float
    weight_of_none: float
    weight_of_other_side: float


CHOICES = [Choice(*each) for each in product(INVERSE_REGULARISATION, WEIGHT_OF_NONE, WEIGHT_OF_OTHER_SIDE)]


def stated_among_read(needs: Sequence[Annotated], scores: Values) -> float:
    """The share of the areas stated by the needs, all together, that are among the five read from each."""
    read = np.argsort(-scores, axis=1, kind="stable")[:, :MOST_AREAS_READ]
    stated = _are_there(needs)
    return float(np.take_along_axis(stated, read, axis=1).sum() / stated.sum())


def mean_average_precision(profiles: Sequence[Annotated], scores: Values) -> float:
    """How well the scores of an area rank the profiles that have a concrete case of it before the others:
    average precision, averaged over the areas that some profile shows."""
    there = _are_there(profiles)
    shown = np.flatnonzero(there.any(axis=0))
    return float(np.mean([average_precision_score(there[:, area], scores[:, area]) for area in shown]))


def _are_there(documents: Sequence[Annotated]) -> Values:
    return np.array([[area in document.areas for area in FOCUS_AREAS] for document in documents], np.float64)


def of_document(strengths: Strengths) -> Values:
    """How much the best passages of one document tell of each area together; shape (areas,)."""
    best: Values = np.sort(strengths, axis=0)[-PASSAGES_AN_AREA:].sum(axis=0, dtype=np.float64)
    return best


def fit(side: Annotations, encoder: Encoder, choice: Choice, without: Sequence[str] = ()) -> AreaClassifier:
    """The classifier learned from all examples but those from some documents."""
    examples = _weighted(side, choice, without)
    regression = LogisticRegression(C=choice.inverse_regularisation, max_iter=1000, tol=1e-3)
    # With one thread sums are added in one order, so that the same data give the same bytes.
    with threadpool_limits(1):
        regression.fit(
            encoder.encode([example.text for example in examples]),
            [example.area for example in examples],
            sample_weight=[example.weight for example in examples],
        )
    if len(regression.classes_) != NONE + 1:
        raise ValueError("the examples must cover every focus area, and texts on none")
    return AreaClassifier.rounded(np.hstack([regression.coef_, regression.intercept_[:, np.newaxis]]))


def _weighted(side: Annotations, choice: Choice, without: Sequence[str]) -> list[Example]:
    """The examples, each with the weight that the choice gives it."""
    own = [(example, choice.weight_of_none if example.area == NONE else 1.0) for example in side.examples(without)]
    others = [(example, choice.weight_of_other_side) for example in side.other_side]
    return [replace(example, weight=example.weight * times) for example, times in (*own, *others) if times > 0]


def cross_validated(side: Annotations, encoder: Encoder, choice: Choice, measure: Measure, done: Done) -> float:
    """The measure over all documents, each scored by a classifier that saw neither it nor others of its fold."""
    documents = side.documents
    scores = np.zeros((len(documents), len(FOCUS_AREAS)))
    folds = GroupKFold(FOLDS, shuffle=True, random_state=SEED)
    for _, held_out in folds.split(documents, groups=range(len(documents))):
        classifier = fit(side, encoder, choice, without=[documents[place].id for place in held_out])
        for place in held_out:
            scores[place] = of_document(classifier.probabilities(encoder.encode(documents[place].passages)))
        done()
    return measure(documents, scores)


def learn(
    side: Annotations, encoder: Encoder, measure: Measure, choices: Sequence[Choice], done: Done
) -> tuple[AreaClassifier, dict[str, Any]]:
    """The classifier of the best choice, the first of equals, and what its card says of it."""
    found = {choice: round(cross_validated(side, encoder, choice, measure, done), 4) for choice in choices}
    best = max(choices, key=lambda choice: found[choice])
    return fit(side, encoder, best), {
        "chosen": vars(best),
        "measure": measure.__name__,
        "cross_validated": [vars(choice) | {"value": value} for choice, value in found.items()],
        "documents": len(side.documents),
        "examples": len(side.examples(())),
    }


def card(encoder: str, folder: Path, content: bytes, sides: Mapping[str, dict[str, Any]]) -> dict[str, Any]:
    """The model card of classifiers whose file has that content."""
    return {
        "format": 1,
        "name": NAME,
        "what": "Two multinomial logistic regressions on sentence vectors: which of the focus areas a passage of a "
        "need, or of a profile, is about, or none.",
        "encoder": encoder,
        "coefficients_sha256": hashlib.sha256(content).hexdigest(),
        "data_sha256": annotations.digests(folder),
        "seed": SEED,
        "folds": FOLDS,
        "scikit_learn": sklearn.__version__,
        "sides": sides,
        "limits": [
            "Learned from fictional texts, nearly all of them English; other languages only as far as the encoder "
            "brings them together.",
            "The figures are those of the best of the choices listed, so slightly too good.",
            "A probability orders areas; it is not calibrated.",
            "What speaks against an area is told from what speaks for it only roughly.",
        ],
        "areas": FOCUS_AREAS,
    }


def _file(classifiers: Mapping[str, AreaClassifier]) -> bytes:
    file = io.BytesIO()
    np.savez(file, **{side: one.coefficients.astype(np.float32) for side, one in classifiers.items()})  # type: ignore[arg-type]
    return file.getvalue()


def _write(file: Path, content: bytes) -> None:
    """All of it or nothing."""
    partial = file.with_name(f".{file.name}.part")
    partial.write_bytes(content)
    partial.replace(file)


def train(folder: Path, target: Path, encoder: Encoder, choices: Sequence[Choice] = CHOICES) -> dict[str, Any]:
    """Trains on the annotated texts of a folder and writes both files to another; the card."""
    remembering = RememberingEncoder(encoder)
    need, profile = annotations.both_sides(folder)
    sides = {"need": (need, stated_among_read), "profile": (profile, mean_average_precision)}
    texts = sorted({text for side, _ in sides.values() for text in side.texts})
    classifiers, told = {}, {}
    with Progress(console=Console(stderr=True), transient=True) as progress:
        for start in progress.track(range(0, len(texts), ENCODED_AT_ONCE), description="Encoding"):
            remembering.encode(texts[start : start + ENCODED_AT_ONCE])
        task = progress.add_task("Training", total=len(sides) * len(choices) * FOLDS)
        for name, (side, measure) in sides.items():
            classifiers[name], told[name] = learn(side, remembering, measure, choices, lambda: progress.advance(task))
    content = _file(classifiers)
    written = card(encoder.name, folder, content, told)
    _write(target / COEFFICIENTS, content)
    _write(target / CARD, f"{json.dumps(written, indent=2)}\n".encode())
    return written


@click.command()
@click.option("--data", type=click.Path(exists=True, file_okay=False, path_type=Path), default=FIXTURES)
@click.option("--target", type=click.Path(exists=True, file_okay=False, path_type=Path), default=ARTEFACT)
@click.pass_obj
def main(encoder: Encoder | None, data: Path, target: Path) -> None:
    """Train the classifiers that read focus areas, and write them with their model card."""
    written = train(data, target, encoder or load_encoder(threads=1))
    for name, side in written["sides"].items():
        best = max(choice["value"] for choice in side["cross_validated"])
        click.echo(f"{name}: {side['measure']} {best:.3f} over {side['documents']} documents, cross-validated")


if __name__ == "__main__":
    main()
