"""In what form the vectors of passages are kept and compared: as the encoder gives them, or in few directions and
8 bits, which takes a twenty-fourth of the memory, and as much less time."""

import hashlib
import io
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
from numpy.typing import NDArray

from matcher.errors import ConfigurationError
from matcher.matching.embedding import Encoder, Vectors

if TYPE_CHECKING:
    import onnxruntime

DIRECTIONS, PRODUCTS = "directions.npz", "products.onnx"
"""The directions that the packaged encoder's vectors are kept in, with the name of that encoder, and the product of
two matrices of 8 bits. `make train` makes both."""

UNIT = 127
"""What a component of 1 is in a kept vector."""

LARGEST = 63
"""What the largest component of a query is: with 7 bits no sum of products overflows on processors that add them in
pairs of 16 bits, so that all processors give the same sums."""

ZERO = 128
"""What a component of 0 is in a kept vector, whose 8 bits have no sign: products are twice as fast so."""

Kept = NDArray[Any]
"""Vectors in the form that they are kept in, shape (passages, width)."""

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Products:
    """The inner product of each query with each kept vector: `whole`, shape (queries, passages), in a `unit` of each
    query's own, shape (queries, 1)."""

    whole: NDArray[Any]
    unit: Floats

    def reach(self, likeness: float) -> NDArray[np.bool_]:
        """Which of them are that likeness or more."""
        least = likeness / self.unit
        if np.issubdtype(self.whole.dtype, np.integer):
            # The same of whole numbers, which are then not turned into broken ones to be compared.
            kind = self.whole.dtype
            least = np.minimum(np.ceil(least), np.iinfo(kind).max).astype(kind)
        reached: NDArray[np.bool_] = self.whole >= least
        return reached


class VectorForm(Protocol):
    """How vectors are kept, and how alike a kept one is to a query, which depends on those two alone, to the last
    bit."""

    @property
    def name(self) -> str:
        """What identifies the form: what is kept in one cannot be read in another."""

    @property
    def nothing(self) -> Kept:
        """No kept vector, shape (0, width)."""

    def kept(self, vectors: Vectors) -> Kept:
        """Those vectors as they are kept."""

    def products(self, kept: Kept, queries: Vectors) -> Products:
        """How alike each query is to each kept vector."""

    def comparing(self, queries: Vectors) -> Callable[[Kept], Products]:
        """The products of those queries with whatever is kept, for whoever compares them with several parts of it."""


@dataclass(frozen=True)
class AsEncoded:
    """Vectors as an encoder gives them."""

    dimension: int

    @property
    def name(self) -> str:
        """By its width."""
        return f"{self.dimension} x 32 bits"

    @property
    def nothing(self) -> Kept:
        """Shape (0, dimension)."""
        return np.empty((0, self.dimension), np.float32)

    def kept(self, vectors: Vectors) -> Kept:
        """The vectors themselves."""
        return vectors

    def products(self, kept: Kept, queries: Vectors) -> Products:
        """One by one, since a product by `@` depends on where a row stands: of two equal coaches one would be nearer.

        >>> AsEncoded(2).products(np.eye(2, dtype=np.float32), np.array([[0.5, 0.25]], np.float32)).whole
        array([[0.5 , 0.25]])
        """
        products = np.einsum("qd,pd->qp", queries, kept).astype(np.float64)
        return Products(products, np.ones((len(queries), 1)))

    def comparing(self, queries: Vectors) -> Callable[[Kept], Products]:
        """As one by one."""
        return lambda kept: self.products(kept, queries)


@dataclass(frozen=True)
class Directions:
    """Vectors by their components along a few directions, each in 8 bits; `along` has shape (dimension, directions).

    Integers are added up without rounding, so in whatever order they come.
    """

    along: Vectors

    @property
    def name(self) -> str:
        """By what the directions are."""
        return f"{self.along.shape[1]} x 8 bits@{hashlib.sha256(self.along.tobytes()).hexdigest()[:8]}"

    @property
    def nothing(self) -> Kept:
        """Shape (0, directions)."""
        return np.empty((0, self.along.shape[1]), np.uint8)

    def kept(self, vectors: Vectors) -> Kept:
        """The components in units of 1 / UNIT, from ZERO."""
        return (np.rint(self._components(vectors) * UNIT) + ZERO).astype(np.uint8)

    def products(self, kept: Kept, queries: Vectors) -> Products:
        """Of queries that are rounded too, each in units of its own largest component."""
        return self.comparing(queries)(kept)

    def comparing(self, queries: Vectors) -> Callable[[Kept], Products]:
        """Of queries that are rounded once."""
        components = self._components(queries)
        unit = np.abs(components).max(axis=1, keepdims=True) / LARGEST
        unit[unit == 0] = 1.0
        rounded = np.ascontiguousarray(np.rint(components / unit).astype(np.int8).T)

        def products(kept: Kept) -> Products:
            if not len(queries) or not len(kept):
                return Products(np.zeros((len(queries), len(kept)), np.int32), np.ones((len(queries), 1)))
            return Products(_session().run(None, {"kept": kept, "queries": rounded})[0], unit / UNIT)

        return products

    def _components(self, vectors: Vectors) -> Floats:
        # Vector by vector, as above.
        components: Floats = np.einsum("vd,dc->vc", vectors, self.along).astype(np.float64)
        return components


@cache
def _session() -> "onnxruntime.InferenceSession":
    # Not before it is needed: what it starts in a process that then forks does not survive in the workers.
    import onnxruntime  # noqa: PLC0415

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    content = files("matcher.matching").joinpath(PRODUCTS).read_bytes()
    return onnxruntime.InferenceSession(content, options, providers=["CPUExecutionProvider"])


def vector_form(encoder: Encoder, folder: Traversable | None = None) -> VectorForm:
    """The directions of that folder (the packaged ones by default) if they were made for that encoder, else its vectors
    as they are.

    Raises ConfigurationError when the file is missing or broken.
    """
    content = (folder or files("matcher.matching")).joinpath(DIRECTIONS)
    try:
        with np.load(io.BytesIO(content.read_bytes()), allow_pickle=False) as file:
            name, along = str(file["encoder"]), file["along"].astype(np.float32)
    except (OSError, ValueError, KeyError) as error:
        raise ConfigurationError(
            f"The directions of vectors ({DIRECTIONS}) cannot be used. Install the package anew, or run make train."
        ) from error
    return Directions(along) if name == encoder.name else AsEncoded(encoder.dimension)


def to_bytes(directions: Directions, encoder: str) -> bytes:
    """The file of directions for that encoder; the same ones give the same bytes."""
    file = io.BytesIO()
    np.savez(file, along=directions.along.astype(np.float16), encoder=np.array(encoder))
    return file.getvalue()
