"""A sentence encoder like the packaged one, but tiny and with random weights, for tests that train."""

import hashlib
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import torch
from sentence_transformers import SentenceTransformer
from sentence_transformers.sentence_transformer.modules import Pooling, Transformer
from transformers import BertConfig, BertModel, BertTokenizer

from matcher.matching import tuning
from matcher.matching.embedding import Base

LAYERS = 4


def a_base(folder: Path, words: Sequence[str], seed: int = 0, width: int = 32) -> Base:
    """A BERT of LAYERS layers that knows those words (in lower case), in a folder of its own."""
    folder.mkdir()
    vocabulary = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *dict.fromkeys(words)]
    (folder / "vocab.txt").write_text("\n".join(vocabulary))
    BertTokenizer(vocab=str(folder / "vocab.txt")).save_pretrained(folder)
    torch.manual_seed(seed)
    config = BertConfig(
        vocab_size=len(vocabulary),
        hidden_size=width,
        num_hidden_layers=LAYERS,
        num_attention_heads=2,
        intermediate_size=2 * width,
        max_position_embeddings=64,
        hidden_dropout_prob=0.0,
        attention_probs_dropout_prob=0.0,
    )
    BertModel(config).save_pretrained(folder)
    transformer = Transformer(str(folder), max_seq_length=64)
    SentenceTransformer(modules=[transformer, Pooling(width, "mean")], device="cpu").save(str(folder))
    weights = (folder / "model.safetensors").read_bytes()
    return Base("tiny", folder, hashlib.sha256(weights).hexdigest())


def write_tuning(folder: Path, base: Base, layers: bytes, **changes: Any) -> Path:
    """A folder with those layers and their card."""
    (folder / tuning.LAYERS).write_bytes(layers)
    card = {"format": 2, "name": "mine", "base_sha256": base.sha256, "further": "told to readers"}
    card |= {"layers_sha256": hashlib.sha256(layers).hexdigest()}
    (folder / tuning.CARD).write_text(json.dumps(card | changes))
    return folder
