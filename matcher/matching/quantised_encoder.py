"""The packaged encoder with its trained layers, computed in 8 bits by ONNX Runtime: what the service runs by default.

It gives the vectors of the PyTorch model that it was made from to a cosine of .99 and more (the model card tells how
near), in a fraction of the time, and needs no PyTorch. `training.quantise` makes its layers.
"""

from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from safetensors.numpy import load_file
from tokenizers import Tokenizer

from matcher.matching.glossary import in_english
from matcher.matching.thread_team import ThreadTeam, team
from matcher.matching.tuning import Tuning, refused

if TYPE_CHECKING:
    import onnxruntime

EMBEDDED, VECTOR = "embedded", "vector"
"""What the layers take, the embedded word pieces of one text, shape (tokens, width), and what they give, its unit
vector, shape (1, width)."""

MOST_TOKENS = "most_tokens"
"""What the layers call the number of tokens after which a text is cut."""

Floats = NDArray[np.float32]


class QuantisedEncoder:
    """The embeddings of an English BERT sentence encoder's folder, and trained layers above them; texts in some other
    languages are glossed for it.

    Each text goes through the layers by itself, so that its vector does not depend on what it is encoded together
    with, although activations are rounded by what they are; several texts share a team of threads.
    """

    def __init__(self, folder: Path, name: str, tuning: Tuning, threads: int | None = None) -> None:
        """`threads` bounds the cores that it uses; None for the team of the process."""
        self.name = name
        self._folder = folder
        self._tuning = tuning
        self._team = ThreadTeam(threads) if threads else team()

    @property
    def dimension(self) -> int:
        """Length of a vector."""
        return int(self._of_words.shape[1])

    def encode(self, texts: Sequence[str]) -> Floats:
        """One unit vector a text, shape (texts, dimension); shape (0, dimension) for no text."""
        vectors = np.empty((len(texts), self.dimension), np.float32)
        # The longest first, so that no thread has a long one left when the others are done.
        places = sorted(range(len(texts)), key=lambda place: -len(texts[place]))
        for place, vector in zip(
            places, self._team.each(self._vector, [texts[place] for place in places]), strict=True
        ):
            vectors[place] = vector
        return vectors

    def _vector(self, text: str) -> Floats:
        pieces = self._tokenizer.encode(in_english(text)).ids
        embedded = self._of_words[pieces] + self._of_places[: len(pieces)]
        vector: Floats = self._layers.run([VECTOR], {EMBEDDED: embedded})[0][0]
        return vector

    @cached_property
    def _tokenizer(self) -> Tokenizer:
        tokenizer = Tokenizer.from_file(str(self._folder / "tokenizer.json"))
        tokenizer.no_padding()
        tokenizer.enable_truncation(int(self._layers.get_modelmeta().custom_metadata_map[MOST_TOKENS]))
        return tokenizer

    @cached_property
    def _layers(self) -> "onnxruntime.InferenceSession":
        # Not before it is needed: what it starts in a process that then forks does not survive in the workers.
        import onnxruntime  # noqa: PLC0415

        options = onnxruntime.SessionOptions()
        # One thread a text: two would be slower on texts this short, and threads do not survive a fork.
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        try:
            return onnxruntime.InferenceSession(self._tuning.layers, options, providers=["CPUExecutionProvider"])
        except Exception as error:
            # What it raises for a broken file depends on where it is broken.
            raise refused("ONNX Runtime does not take its layers") from error

    @cached_property
    def _embeddings(self) -> tuple[Floats, Floats]:
        """Of word pieces, and of places in the text, with that of the only segment."""
        weights = load_file(self._folder / "model.safetensors")
        words, places, segments = (
            weights[f"embeddings.{kind}_embeddings.weight"] for kind in ("word", "position", "token_type")
        )
        return words, places + segments[0]

    @property
    def _of_words(self) -> Floats:
        return self._embeddings[0]

    @property
    def _of_places(self) -> Floats:
        return self._embeddings[1]
