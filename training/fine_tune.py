"""Teaches the packaged encoder how needs and profiles tell of focus areas and backgrounds, and needs of wishes: its
layers, and a classifier of each side on its vectors, learn together from labelled texts."""

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
    epochs: float = 2.0
    batch: int = 32
    rate_of_layers: float = 2e-4
    rate_of_classifiers: float = 1e-2
    weight_of_backgrounds: float = 0.5
    """What an example of a background counts beside one of an area or a wish, on which lists rest more."""
    steepness: float = 8.0
    """Unit vectors are multiplied by this before they are classified, so that small coefficients will do."""
    warm_up: float = 0.06
    most_tokens: int = 96
    bucket: int = 50
    """Batches that are sorted by length together, which saves padding."""
    looked_at: int = 1000
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
    """One text as its word pieces, and for each side that it is an example of the shares of the classes, each times
    what the example counts."""

    pieces: Tensor
    shares: Mapping[Side, Tensor]


def arithmetic() -> torch.dtype:
    """What matrices are multiplied in: bfloat16, which teaches as well in half the time, where this processor has
    instructions for it, else float32."""
    able = torch.cpu.get_capabilities()
    return torch.bfloat16 if able.get("avx512_bf16") or able.get("amx_bf16") else torch.float32


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
    known = _lessons(encoder, examples, lessons)
    classifiers = nn.ModuleDict({side: nn.Linear(encoder.dimension, size) for side, size in CLASSES.items()})
    trained = nn.ModuleList([transformer.embeddings.LayerNorm, transformer.encoder])
    transformer.requires_grad_(requires_grad=False)
    trained.requires_grad_()
    parameters = list(trained.parameters())
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
        _loss(batch, transformer, classifiers, lessons).backward()  # type: ignore[no-untyped-call]
        nn.utils.clip_grad_norm_(parameters, 1.0)
        optimiser.step()
        done(step + 1, steps)
    trained.eval()
    every = [text for text, _ in _together(examples)]
    return Taught(
        quantised(encoder, every[:: -(-len(every) // lessons.looked_at)]),
        {side: _classifier(classifiers[side], lessons) for side in CLASSES},
    )


def _lessons(encoder: SentenceEncoder, examples: Mapping[Side, Sequence[Example]], lessons: Lessons) -> list[_Lesson]:
    """Every text with what it is an example of."""
    cut = {"truncation": True, "max_length": lessons.most_tokens}
    return [
        _Lesson(
            torch.tensor(encoder.model.tokenizer(text, **cut)["input_ids"]),
            {side: _weighed(side, example, lessons) for side, example in sides.items()},
        )
        for text, sides in _together(examples)
    ]


def _together(examples: Mapping[Side, Sequence[Example]]) -> list[tuple[str, dict[Side, Example]]]:
    """Each text with what it is an example of, by side; what is twice an example of one side is there twice."""
    found: dict[tuple[str, int], dict[Side, Example]] = {}
    for side in CLASSES:
        before: Counter[str] = Counter()
        for example in examples[side]:
            found.setdefault((example.text, before[example.text]), {})[side] = example
            before[example.text] += 1
    return [(text, sides) for (text, _), sides in found.items()]


def _weighed(side: Side, example: Example, lessons: Lessons) -> Tensor:
    weight = example.weight * (lessons.weight_of_backgrounds if side == "background" else 1)
    shares = torch.zeros(CLASSES[side])
    for one, share in example.shares.items():
        shares[one] = share * weight
    return shares


def _batches(known: Sequence[_Lesson], lessons: Lessons, rng: random.Random) -> Iterator[list[_Lesson]]:
    """Batches of texts of about one length, epoch after epoch, without end."""
    order, size = list(range(len(known))), lessons.batch * lessons.bucket
    while True:
        rng.shuffle(order)
        for start in range(0, len(order), size):
            near = sorted(order[start : start + size], key=lambda place: len(known[place].pieces))
            batches = [near[at : at + lessons.batch] for at in range(0, len(near), lessons.batch)]
            rng.shuffle(batches)
            for batch in batches:
                yield [known[place] for place in batch]


def _loss(batch: Sequence[_Lesson], transformer: nn.Module, classifiers: nn.ModuleDict, lessons: Lessons) -> Tensor:
    """Cross-entropy of the classes' shares, weighted, added up over the sides and averaged over the batch."""
    vectors = _vectors([lesson.pieces for lesson in batch], transformer) * lessons.steepness
    losses = []
    for side in CLASSES:
        own = [row for row, lesson in enumerate(batch) if side in lesson.shares]
        if own:
            chances = functional.log_softmax(classifiers[side](vectors[own]), dim=1)
            losses.append(-(torch.stack([batch[row].shares[side] for row in own]) * chances).sum())
    return torch.stack(losses).sum() / len(batch)


def _vectors(texts: Sequence[Tensor], transformer: nn.Module) -> Tensor:
    """The unit vector of each text, given as its word pieces: the mean over them, shape (texts, dimension)."""
    pieces = nn.utils.rnn.pad_sequence(list(texts), batch_first=True)
    there = torch.arange(pieces.shape[1])[None, :] < torch.tensor([len(text) for text in texts])[:, None]
    with torch.autocast("cpu", arithmetic(), enabled=arithmetic() != torch.float32):
        hidden = transformer(input_ids=pieces, attention_mask=there.long()).last_hidden_state
    counted = there[:, :, None].float()
    return functional.normalize((hidden.float() * counted).sum(1) / counted.sum(1), dim=1)


def _classifier(linear: nn.Module, lessons: Lessons) -> VectorClassifier:
    weight, bias = (parameter.detach().numpy().astype(np.float64) for parameter in linear.parameters())
    return VectorClassifier.rounded(np.hstack([weight * lessons.steepness, bias[:, np.newaxis]]))
