"""Turns the layers of a trained sentence encoder into an ONNX model that multiplies in 8 bits."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import count
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from onnx import ModelProto, NodeProto, TensorProto, helper, numpy_helper
from torch import Tensor, nn

from matcher.matching.embedding import SentenceEncoder
from matcher.matching.quantised_encoder import EMBEDDED, MOST_TOKENS, VECTOR

Matrix = NDArray[np.float32]

LARGEST = 63
"""Weights are rounded to whole numbers from -63 to 63: with 7 bits no sum of products overflows on processors that
add them in pairs of 16 bits, so that all processors give the same sums."""

LARGEST_INPUT = 127
"""What goes into a matrix is rounded to whole numbers from -127 to 127, and kept as unsigned ones, which is what
processors multiply fastest."""

SMOOTHING = 0.5
"""How much of the spread between channels of what goes into a matrix is moved into the matrix, which is rounded column
by column (SmoothQuant's alpha; Xiao et al. 2023, arXiv:2211.10438, equation 4)."""

LEAST = 1e-4
"""What the largest value of a channel counts as at least, so that nothing is divided by 0."""

OPSET, IR_VERSION = 20, 10
_OF_RUNTIME = "com.microsoft"


def quantised(encoder: SentenceEncoder, texts: Sequence[str]) -> bytes:
    """The layers of the encoder as an ONNX model from embedded word pieces to the unit vector of the text.

    Matrices are kept and multiplied in 8 bits, and what goes into them is rounded to 8 bits, after its channels were
    evened out by how active they are on the texts given: what is more active on another text is cut off. What goes
    into the last matrix of a layer differs most from word piece to word piece, and is rounded for each by itself. The
    same encoder and texts give the same bytes.
    """
    transformer = encoder.transformer
    graph = _Graph(_activity(encoder, texts), transformer.config.layer_norm_eps)
    hidden = graph.normalised(transformer.embeddings.LayerNorm, EMBEDDED)
    for layer in transformer.encoder.layer:
        hidden = graph.layer(layer, hidden, transformer.config.num_attention_heads)
    model = graph.model(hidden, encoder.dimension)
    helper.set_model_props(model, {MOST_TOKENS: str(encoder.model.max_seq_length)})
    content: bytes = model.SerializeToString(deterministic=True)
    return content


def _activity(encoder: SentenceEncoder, texts: Sequence[str]) -> dict[nn.Module, Matrix]:
    """For every matrix of the layers the largest absolute value of each channel that goes into it."""
    found: dict[nn.Module, Tensor] = {}

    def look(module: nn.Module, inputs: tuple[Tensor, ...]) -> None:
        largest = inputs[0].detach().abs().flatten(end_dim=-2).amax(dim=0)
        found[module] = torch.maximum(found[module], largest) if module in found else largest

    with _watched(encoder.transformer.encoder, look):
        for text in texts:
            # By itself, so that no padding counts.
            encoder.model.encode([text], show_progress_bar=False)
    return {module: np.maximum(largest.numpy(), LEAST) for module, largest in found.items()}


@contextmanager
def _watched(module: nn.Module, look: Any) -> Iterator[None]:
    handles = [one.register_forward_pre_hook(look) for one in module.modules() if isinstance(one, nn.Linear)]
    try:
        yield
    finally:
        for handle in handles:
            handle.remove()


class _Graph:
    """An ONNX graph under construction; methods add nodes and give the name of what they compute."""

    def __init__(self, activity: dict[nn.Module, Matrix], epsilon: float) -> None:
        self._activity = activity
        self._epsilon = epsilon
        self._names = (f"n{number}" for number in count())
        self._nodes: list[NodeProto] = []
        self._constants: list[TensorProto] = []

    def layer(self, layer: Any, hidden: str, heads: int) -> str:
        """One layer of BERT: attention, then the feed-forward network, each added to what went in and normalised."""
        attention = layer.attention
        attended = self._product([attention.output.dense], self._attended(attention.self, hidden, heads))
        hidden = self.normalised(attention.output.LayerNorm, self._node("Add", attended, hidden))
        inner = self._node("Gelu", self._product([layer.intermediate.dense], hidden))
        outer = self._product_by_row([layer.output.dense], inner)
        return self.normalised(layer.output.LayerNorm, self._node("Add", outer, hidden))

    def normalised(self, norm: Any, hidden: str) -> str:
        """Layer normalisation."""
        weights = (self._constant(_array(one)) for one in (norm.weight, norm.bias))
        return self._node("LayerNormalization", hidden, *weights, axis=-1, epsilon=self._epsilon)

    def model(self, hidden: str, width: int) -> ModelProto:
        """The graph with the mean over the tokens, scaled to unit length, as what it gives."""
        mean = self._node("ReduceMean", hidden, self._shape(0), keepdims=1)
        self._nodes.append(helper.make_node("LpNormalization", [mean], [VECTOR], axis=-1, p=2))
        takes = helper.make_tensor_value_info(EMBEDDED, TensorProto.FLOAT, ["tokens", width])
        gives = helper.make_tensor_value_info(VECTOR, TensorProto.FLOAT, [1, width])
        graph = helper.make_graph(self._nodes, "layers", [takes], [gives], self._constants)
        versions = [helper.make_opsetid("", OPSET), helper.make_opsetid(_OF_RUNTIME, 1)]
        return helper.make_model(graph, opset_imports=versions, ir_version=IR_VERSION)

    def _attended(self, attention: Any, hidden: str, heads: int) -> str:
        """Scaled dot-product attention of all heads, shape (tokens, width)."""
        width = attention.query.out_features
        together = self._product([attention.query, attention.key, attention.value], hidden)
        apart = self._node("Reshape", together, self._shape(-1, 3, heads, width // heads))
        query, key, value = self._nodes_of_split(self._node("Transpose", apart, perm=[1, 2, 0, 3]), 3)
        scale = self._constant(np.array((width // heads) ** -0.5, np.float32))
        scores = self._node("MatMul", self._node("Mul", query, scale), self._node("Transpose", key, perm=[0, 1, 3, 2]))
        mixed = self._node("MatMul", self._node("Softmax", scores, axis=-1), value)
        return self._node("Reshape", self._node("Transpose", mixed, perm=[0, 2, 1, 3]), self._shape(-1, width))

    def _product(self, linears: Sequence[nn.Linear], hidden: str) -> str:
        """What these linear layers make of the same input, side by side; the input is rounded by one step for all
        texts."""
        hidden, whole, unit, largest = self._evened(linears, hidden)
        step = self._constant(np.array(largest / LARGEST_INPUT, np.float32))
        zero = self._constant(np.array(LARGEST_INPUT + 1, np.uint8))
        rounded = self._node("QuantizeLinear", hidden, step, zero)
        bias = self._constant(_biases(linears))
        return self._node("MatMulIntegerToFloat", rounded, whole, step, unit, zero, "", bias, domain=_OF_RUNTIME)

    def _product_by_row(self, linears: Sequence[nn.Linear], hidden: str) -> str:
        """The same, with each row of the input rounded by its own largest value: divided by that first, all are rounded
        together."""
        hidden, whole, unit, _ = self._evened(linears, hidden)
        largest = self._node("ReduceMax", self._node("Abs", hidden), self._shape(-1), keepdims=1)
        rows = self._node("Div", hidden, largest)
        product = self._node("DynamicQuantizeMatMul", rows, whole, unit, domain=_OF_RUNTIME)
        return self._node("Add", self._node("Mul", product, largest), self._constant(_biases(linears)))

    def _evened(self, linears: Sequence[nn.Linear], hidden: str) -> tuple[str, str, str, float]:
        """The input with its channels evened out, the weights for that as whole numbers with the unit of each column,
        and the largest value that the input had."""
        weights = np.concatenate([_array(linear.weight) for linear in linears]).T
        active = self._activity[linears[0]]
        even = active**SMOOTHING / np.maximum(np.abs(weights).max(axis=1), LEAST) ** (1 - SMOOTHING)
        hidden = self._node("Mul", hidden, self._constant((1 / even).astype(np.float32)))
        whole, unit = (self._constant(one) for one in _rounded(weights * even[:, np.newaxis]))
        return hidden, whole, unit, float((active / even).max())

    def _node(self, operator: str, *inputs: str, domain: str = "", **attributes: Any) -> str:
        name = next(self._names)
        self._nodes.append(helper.make_node(operator, inputs, [name], domain=domain, **attributes))
        return name

    def _nodes_of_split(self, whole: str, parts: int) -> list[str]:
        names = [next(self._names) for _ in range(parts)]
        self._nodes.append(helper.make_node("Split", [whole], names, axis=0, num_outputs=parts))
        return names

    def _shape(self, *sizes: int) -> str:
        return self._constant(np.array(sizes, np.int64))

    def _constant(self, values: NDArray[Any]) -> str:
        name = next(self._names)
        self._constants.append(numpy_helper.from_array(np.ascontiguousarray(values), name))
        return name


def _array(parameter: Tensor) -> Matrix:
    array: Matrix = parameter.detach().numpy()
    return array


def _biases(linears: Sequence[nn.Linear]) -> Matrix:
    return np.concatenate([_array(linear.bias) for linear in linears])


def _rounded(weights: Matrix) -> tuple[NDArray[np.int8], Matrix]:
    """Whole numbers and the unit of each column, whose product is nearly the weights.

    >>> whole, unit = _rounded(np.array([[0.63, 2.0], [-0.1, 0.5]], np.float32))
    >>> whole.tolist(), [f"{each:.4f}" for each in unit]
    ([[63, 63], [-10, 16]], ['0.0100', '0.0317'])
    """
    unit = (np.maximum(np.abs(weights).max(axis=0), LEAST) / LARGEST).astype(np.float32)
    return np.rint(weights / unit).astype(np.int8), unit
