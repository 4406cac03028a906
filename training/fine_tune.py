"""Teaches the packaged encoder how needs and profiles tell of focus areas, and needs of wishes: its upper layers, and
a classifier of each side on its vectors, learn together from labelled texts."""

import hashlib
import random
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional

from matcher.matching.area_classifier import CLASSES, Side, VectorClassifier
from matcher.matching.embedding import SentenceEncoder
from training.annotations import Example
from training.quantise import quantised

Vectors = NDArray[np.float32]
Done = Callable[[], None]


@dataclass(frozen=True)
class Lessons:
    """How the encoder is taught; the defaults suit two cores and half an hour."""

    seed: int = 1
    epochs: float = 1.7
    batch: int = 32
    frozen_layers: int = 3
    """Lower layers that stay as they are, so that what they make of a text is computed but once."""
    rate_of_layers: float = 3e-4
    rate_of_classifiers: float = 1e-2
    steepness: float = 8.0
    """Unit vectors are multiplied by this before they are classified, so that small coefficients will do."""
    warm_up: float = 0.06
    most_tokens: int = 96
    bucket: int = 50
    """Batches that are sorted by length together, which saves padding."""
    looked_at: int = 400
    """Texts, evenly chosen from all, on which it is seen how active the channels are that are then kept in 8 bits."""


@dataclass(frozen=True)
class Taught:
    """What the encoder learned: its layers in 8 bits as a file, and the classifiers on its vectors, by side."""

    layers: bytes
    classifiers: Mapping[Side, VectorClassifier]

    @property
    def digest(self) -> str:
        """The SHA-256 of the file."""
        return hashlib.sha256(self.layers).hexdigest()


@dataclass(frozen=True)
class _Lesson:
    """One text: what the frozen layers make of it, shape (tokens, width), and for each side that it is an example of
    the shares of the classes, each times what the example counts."""

    hidden: Tensor
    shares: Mapping[Side, Tensor]


def teach(
    encoder: SentenceEncoder,
    examples: Mapping[Side, Sequence[Example]],
    lessons: Lessons,
    done: Callable[[int, int], None],
) -> Taught:
    """Trains the encoder in place on the examples of all sides; a text that is one of several sides goes through it
    once for all of them. `done` is told the step and how many there are.

    The same examples and seed give the same weights on one machine with as many threads.
    """
    torch.manual_seed(lessons.seed)
    rng = random.Random(lessons.seed)
    transformer = encoder.transformer
    layers = transformer.encoder.layer
    known = list(_frozen_part(encoder, examples, lessons))
    classifiers = nn.ModuleDict({side: nn.Linear(encoder.dimension, size) for side, size in CLASSES.items()})
    trained = layers[lessons.frozen_layers :]
    parameters = [parameter for layer in trained for parameter in layer.parameters()]
    optimiser = torch.optim.AdamW(
        [
            {"params": parameters, "weight_decay": 0.01, "rate": lessons.rate_of_layers},
            {"params": classifiers.parameters(), "weight_decay": 0.0, "rate": lessons.rate_of_classifiers},
        ],
        # A step in one pass over the weights, which unfused takes a third of the time of training.
        fused=True,
    )
    steps = int(lessons.epochs * -(-len(known) // lessons.batch))
    trained.train()
    for step, batch in zip(range(steps), _batches(known, lessons, rng), strict=False):
        for group in optimiser.param_groups:
            group["lr"] = group["rate"] * min(1.0, step / (lessons.warm_up * steps)) * (1 - step / steps)
        optimiser.zero_grad()
        _loss(batch, trained, classifiers, lessons).backward()  # type: ignore[no-untyped-call]
        nn.utils.clip_grad_norm_(parameters, 1.0)
        optimiser.step()
        done(step + 1, steps)
    trained.eval()
    every = [text for text, _ in _together(examples)]
    return Taught(
        quantised(encoder, every[:: -(-len(every) // lessons.looked_at)]),
        {side: _classifier(classifiers[side], lessons) for side in CLASSES},
    )


def _frozen_part(
    encoder: SentenceEncoder, examples: Mapping[Side, Sequence[Example]], lessons: Lessons
) -> Iterator[_Lesson]:
    """Every example with what the frozen layers make of it."""
    transformer = encoder.transformer
    every = _together(examples)
    tokens = [
        encoder.model.tokenizer(text, truncation=True, max_length=lessons.most_tokens)["input_ids"] for text, _ in every
    ]
    order = sorted(range(len(every)), key=lambda place: len(tokens[place]))
    for start in range(0, len(order), 2 * lessons.batch):
        places = order[start : start + 2 * lessons.batch]
        ids = nn.utils.rnn.pad_sequence([torch.tensor(tokens[place]) for place in places], batch_first=True)
        mask = _mask([len(tokens[place]) for place in places])
        with torch.no_grad():
            hidden = transformer.embeddings(input_ids=ids)
            for layer in transformer.encoder.layer[: lessons.frozen_layers]:
                hidden = _through(layer, hidden, mask)
        for row, place in enumerate(places):
            shares = {side: _weighed(side, example) for side, example in every[place][1].items()}
            yield _Lesson(hidden[row, : len(tokens[place])].clone(), shares)


def _together(examples: Mapping[Side, Sequence[Example]]) -> list[tuple[str, dict[Side, Example]]]:
    """Each text with what it is an example of, by side; what is twice an example of one side is there twice."""
    found: dict[tuple[str, int], dict[Side, Example]] = {}
    for side in CLASSES:
        before: Counter[str] = Counter()
        for example in examples[side]:
            found.setdefault((example.text, before[example.text]), {})[side] = example
            before[example.text] += 1
    return [(text, sides) for (text, _), sides in found.items()]


def _weighed(side: Side, example: Example) -> Tensor:
    shares = torch.zeros(CLASSES[side])
    for one, share in example.shares.items():
        shares[one] = share * example.weight
    return shares


def _batches(known: Sequence[_Lesson], lessons: Lessons, rng: random.Random) -> Iterator[list[_Lesson]]:
    """Batches of texts of about one length, epoch after epoch, without end."""
    order, size = list(range(len(known))), lessons.batch * lessons.bucket
    while True:
        rng.shuffle(order)
        for start in range(0, len(order), size):
            near = sorted(order[start : start + size], key=lambda place: len(known[place].hidden))
            batches = [near[at : at + lessons.batch] for at in range(0, len(near), lessons.batch)]
            rng.shuffle(batches)
            for batch in batches:
                yield [known[place] for place in batch]


def _loss(batch: Sequence[_Lesson], layers: nn.ModuleList, classifiers: nn.ModuleDict, lessons: Lessons) -> Tensor:
    """Cross-entropy of the classes' shares, weighted, added up over the sides and averaged over the batch."""
    hidden = nn.utils.rnn.pad_sequence([lesson.hidden for lesson in batch], batch_first=True)
    lengths = [len(lesson.hidden) for lesson in batch]
    mask = _mask(lengths)
    for layer in layers:
        hidden = _through(layer, hidden, mask)
    there = (mask == 0).squeeze(1).transpose(1, 2).float()
    vectors = functional.normalize((hidden * there).sum(1) / there.sum(1), dim=1) * lessons.steepness
    losses = []
    for side in CLASSES:
        own = [row for row, lesson in enumerate(batch) if side in lesson.shares]
        if own:
            chances = functional.log_softmax(classifiers[side](vectors[own]), dim=1)
            losses.append(-(torch.stack([batch[row].shares[side] for row in own]) * chances).sum())
    return torch.stack(losses).sum() / len(batch)


def _mask(lengths: Sequence[int]) -> Tensor:
    """What is added to attention: 0 where there is a token, else as little as can be; shape (texts, 1, 1, tokens)."""
    there = torch.arange(max(lengths))[None, :] < torch.tensor(lengths)[:, None]
    return torch.where(there, 0.0, torch.finfo(torch.float32).min)[:, None, None, :]


def _through(layer: nn.Module, hidden: Tensor, mask: Tensor) -> Tensor:
    result: Tensor | tuple[Tensor, ...] = layer(hidden, attention_mask=mask)
    return result[0] if isinstance(result, tuple) else result


def _classifier(linear: nn.Module, lessons: Lessons) -> VectorClassifier:
    weight, bias = (parameter.detach().numpy().astype(np.float64) for parameter in linear.parameters())
    return VectorClassifier.rounded(np.hstack([weight * lessons.steepness, bias[:, np.newaxis]]))
