"""Trains all that the service has learned: `python -m training.train`.

The encoder and the classifiers of focus areas and wishes learn to read from annotated texts; then the ranker learns
from graded pairs of profiles and needs that took no part in that, so that it sees readings as good as
those of new texts. Judged needs and profiles take no part in anything.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import click
import sklearn
import torch
from rich.console import Console
from rich.progress import Progress

from matcher.domain.backgrounds import BACKGROUNDS
from matcher.domain.vocabulary import FOCUS_AREAS, STYLES
from matcher.errors import ConfigurationError
from matcher.matching import area_classifier, glossary, tuning
from matcher.matching.area_classifier import (
    CLASSES,
    ClassifiedAreas,
    PassageClassifier,
    Side,
    VectorClassifier,
    area_reading,
)
from matcher.matching.embedding import Base, Encoder, packaged_base
from matcher.matching.index import CoachIndex
from matcher.matching.reading import Reader
from matcher.matching.remembering_encoder import RememberingEncoder
from matcher.matching.scoring import Scorer, load_scorer
from training import annotations, fine_tune, graded, learn_to_rank, read_areas
from training.annotations import FIXTURES
from training.evaluate import encode_profiles
from training.fine_tune import Lessons, Taught
from training.learn_to_rank import PRIOR

ARTEFACT = Path(__file__).resolve().parents[1] / "matcher" / "matching"
NAME = "coaching-1"
THREADS = 2


@dataclass(frozen=True)
class Reading:
    """Which annotated texts are learned from, and which are kept back for the ranker."""

    sides: Mapping[Side, annotations.Annotations]
    held_out: frozenset[str]

    def examples(self, side: Side) -> list[annotations.Example]:
        """What that side is learned from."""
        return self.sides[side].examples(without=self.held_out)

    def kept_back(self, side: Side) -> list[annotations.Annotated]:
        """That side's documents that are not learned from."""
        return self.sides[side].among(self.held_out)


def reading(folder: Path) -> Reading:
    """The texts of a folder; those with graded pairs are kept back."""
    sides: dict[Side, annotations.Annotations] = {
        "need": annotations.need_side(folder),
        "profile": annotations.profile_side(folder),
        "wish": annotations.wish_side(folder),
        "background": annotations.background_side(folder),
    }
    return Reading(sides, frozenset(graded.documents(folder)))


def train_encoder(
    base: Base, texts: Reading, folder: Path, target: Path, *, lessons: Lessons, progress: Progress
) -> Taught:
    """Fine-tunes the base and writes its trained layers, in 8 bits, with their card."""
    torch.set_num_threads(THREADS)
    task = progress.add_task("Teaching the encoder", total=None)
    encoder = base.untrained(THREADS)
    taught = fine_tune.teach(
        encoder,
        {side: annotations.glossed(texts.examples(side)) for side in texts.sides},
        lessons,
        lambda step, steps: progress.update(task, completed=step, total=steps),
    )
    card = {
        "format": 2,
        "name": NAME,
        "what": f"The layers of {base.name}, trained to tell of which focus areas and backgrounds passages of needs "
        "and profiles tell, and what needs wish of the coach; kept and multiplied in 8 bits.",
        "base_sha256": base.sha256,
        "layers_sha256": taught.digest,
        "data_sha256": annotations.digests(folder),
        "examples": {side: len(texts.examples(side)) for side in texts.sides},
        "lessons": asdict(lessons),
        "arithmetic": str(fine_tune.arithmetic()).removeprefix("torch."),
        "torch": torch.__version__,
        "threads": THREADS,
        "limits": [
            "Learned from fictional texts, most of them English; some German, Dutch, French, Spanish and Italian, "
            "glossed word by word.",
            "The same data and seed give the same weights on one kind of processor with as many threads; elsewhere "
            "sums are added in another order, and the weights differ in their last digits.",
        ],
    }
    _write(target / tuning.LAYERS, taught.layers)
    _write(target / tuning.CARD, _json(card))
    unseen = [passage for side in texts.sides for document in texts.kept_back(side) for passage in document.passages]
    card["cosine_to_32_bits"] = nearness(encoder, base.trained(THREADS, target), unseen)
    _write(target / tuning.CARD, _json(card))
    return taught


def nearness(exact: Encoder, rounded: Encoder, texts: Sequence[str]) -> dict[str, float]:
    """The cosine between the vectors that an encoder gives the texts, glossed, and those that its rounded form gives
    them: the least and the mean."""
    texts = list(dict.fromkeys(texts))
    glossed = [glossary.in_english(text) for text in texts]
    cosines = (exact.encode(glossed) * rounded.encode(texts)).sum(axis=1)
    return {"texts": len(texts), "least": round(float(cosines.min()), 4), "mean": round(float(cosines.mean()), 4)}


def train_classifiers(
    base: Base,
    texts: Reading,
    folder: Path,
    target: Path,
    *,
    by_meaning: Mapping[Side, VectorClassifier],
    progress: Progress,
) -> None:
    """Learns the classifiers by words, joins them with those by meaning, and writes them with their card."""
    encoder = RememberingEncoder(base.trained(THREADS, target))
    task = progress.add_task("Learning words", total=len(texts.sides) + 1)
    classifiers: dict[Side, PassageClassifier] = {}
    told: dict[str, Any] = {}
    for side in texts.sides:
        classifiers[side], told[side] = read_areas.learn_side(
            side,
            texts.examples(side),
            texts.kept_back(side),
            by_meaning=by_meaning[side],
            encoder=encoder,
            words=read_areas.WORDS[side],
        )
        progress.advance(task)
    wholes = texts.sides["need"].wholes(without=texts.held_out)
    whole = read_areas.learn_words(wholes, len(FOCUS_AREAS), read_areas.WHOLE_WORDS)
    progress.advance(task)
    content = area_classifier.to_bytes(classifiers, whole)
    digest = hashlib.sha256(content).hexdigest()
    card = {
        "format": 7,
        "name": f"areas-7@{digest[:8]}",
        "what": "For passages of needs and of profiles two multinomial logistic regressions each, on the encoder's "
        "vectors and on words, multiplied: which focus areas the passage tells of, or none, or for a profile which "
        "it speaks against. Two more for passages of needs: which styles of coaching they wish for, which they wish "
        "to avoid, whether they wish for a background of the coach, or none of it. Two more for passages of both, the "
        "words in English: which backgrounds of a coach they tell of. And one, by words, for whole needs: which areas "
        "such a need is about.",
        "encoder": encoder.name,
        "coefficients_sha256": digest,
        "data_sha256": annotations.digests(folder),
        "say": {side: {"meaning": one.say_of_meaning, "words": one.say_of_words} for side, one in classifiers.items()},
        "sides": told,
        "whole": {"examples": len(wholes), "terms": len(whole.terms.frequencies)},
        "scikit_learn": sklearn.__version__,
        "limits": [
            "Learned from fictional texts, most of them English.",
            "Where another way to weigh meaning and words than the usual one reads clearly better, its figure is the "
            "best of sixteen, so slightly too good.",
            "A probability orders areas; it is not calibrated.",
        ],
        "areas": FOCUS_AREAS,
        "styles": STYLES,
        "backgrounds": BACKGROUNDS,
    }
    _write(target / area_classifier.COEFFICIENTS, content)
    _write(target / area_classifier.CARD, _json(card))


def classifiers_by_meaning(base: Base, target: Path) -> Mapping[Side, VectorClassifier]:
    """Those that the encoder of that folder was taught with. Raises ConfigurationError when there are none."""
    areas = area_reading(base.trained(THREADS, target), target)
    if not isinstance(areas, ClassifiedAreas):
        raise ConfigurationError(f"The classifiers in {target} are of another encoder; train the reading as a whole.")
    return {side: getattr(areas, side).by_meaning for side in CLASSES}


def train_ranker(base: Base, folder: Path, target: Path) -> Scorer:
    """Learns the weights from the graded pairs and writes them as the packaged ranker."""
    encoder = RememberingEncoder(base.trained(THREADS, target))
    reader = Reader(encoder, area_reading(encoder, target))
    pairs = graded.load(folder)
    index = CoachIndex.build(encode_profiles(pairs, encoder, reader.areas))
    prior = load_scorer(str(PRIOR), encoder.name)
    measured = graded.measured(pairs, index, reader, prior)
    learned = learn_to_rank.learn(prior, measured, "ranker-1")
    document = learn_to_rank.to_document(learned, encoder.name, pairs.digest)
    _write(target / "ranker.json", _json(learn_to_rank.named_by_content(document, reader.areas.name)))
    return learned


def _json(document: object) -> bytes:
    return f"{json.dumps(document, indent=2)}\n".encode()


def _write(file: Path, content: bytes) -> None:
    """All of it or nothing."""
    partial = file.with_name(f".{file.name}.part")
    partial.write_bytes(content)
    partial.replace(file)


@click.command()
@click.option("--data", type=click.Path(exists=True, file_okay=False, path_type=Path), default=FIXTURES)
@click.option("--target", type=click.Path(exists=True, file_okay=False, path_type=Path), default=ARTEFACT)
@click.option("--epochs", type=float, default=Lessons().epochs, help="How often each text is seen.")
@click.option(
    "--only",
    type=click.Choice(["reading", "words", "ranker"]),
    help="Train but one of encoder and classifiers, the classifiers by words, and the ranker.",
)
@click.pass_obj
def main(base: Base | None, data: Path, target: Path, epochs: float, only: str | None) -> None:
    """Train the encoder, the classifiers of focus areas and wishes, and the ranker, each with its model card."""
    base = base or packaged_base()
    if only != "ranker":
        with Progress(console=Console(stderr=True), transient=True) as progress:
            texts = reading(data)
            if only == "words":
                by_meaning = classifiers_by_meaning(base, target)
            else:
                lessons = Lessons(epochs=epochs)
                by_meaning = train_encoder(base, texts, data, target, lessons=lessons, progress=progress).classifiers
            train_classifiers(base, texts, data, target, by_meaning=by_meaning, progress=progress)
    if only in (None, "ranker"):
        for facet in train_ranker(base, data, target).facets:
            click.echo(f"{facet.facet}: {facet.weight:.3f}")


if __name__ == "__main__":
    main()
