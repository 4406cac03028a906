"""Finds the few directions in which vectors of passages are kept, and makes the product of matrices of 8 bits."""

import numpy as np
from onnx import TensorProto, helper, numpy_helper

from matcher.matching.embedding import Vectors
from matcher.matching.vector_form import ZERO, Directions
from training.quantise import IR_VERSION, OPSET

NUMBER = 64
"""Directions; on graded pairs 64 rank as well as all 384 in 32 bits (nDCG@5 within .001), and 48 hardly worse."""

LOOKED_AT = 4000
"""Passages that the directions are found from; every one of them has a say, so that more would change little."""


def most_telling(vectors: Vectors, number: int = NUMBER) -> Directions:
    """The directions that hold most of the length of those vectors: their first right singular vectors, with the
    component of largest size above 0, since the sign of one is chance."""
    _, _, found = np.linalg.svd(vectors.astype(np.float64), full_matrices=False)
    along = found[:number].T
    signs = np.sign(along[np.abs(along).argmax(axis=0), np.arange(along.shape[1])])
    # As the file keeps them, so that nothing changes when it is read.
    return Directions((along * signs).astype(np.float16).astype(np.float32))


def product() -> bytes:
    """An ONNX model: the product of the queries, given by columns, with kept vectors; shape (queries, vectors)."""
    takes = [
        helper.make_tensor_value_info("kept", TensorProto.UINT8, ["passages", "directions"]),
        helper.make_tensor_value_info("queries", TensorProto.INT8, ["directions", "queries"]),
    ]
    gives = helper.make_tensor_value_info("products", TensorProto.INT32, ["queries", "passages"])
    nodes = [
        helper.make_node("MatMulInteger", ["kept", "queries", "zero"], ["by_passage"]),
        helper.make_node("Transpose", ["by_passage"], ["products"]),
    ]
    zero = numpy_helper.from_array(np.array(ZERO, np.uint8), "zero")
    graph = helper.make_graph(nodes, "products", takes, [gives], [zero])
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", OPSET)], ir_version=IR_VERSION)
    content: bytes = model.SerializeToString(deterministic=True)
    return content
