"""The packaged encoder's layers, trained on texts about coaching and kept in 8 bits (`tuned_encoder.onnx`).

`tuned_encoder.json` is their model card. `make train` makes both; the embeddings of word pieces stay those of the
package.
"""

import hashlib
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Literal

from pydantic import BaseModel, ConfigDict, ValidationError

from matcher.errors import ConfigurationError
from matcher.matching import glossary

CARD, LAYERS = "tuned_encoder.json", "tuned_encoder.onnx"

_SHOWN_DIGITS = 8


class TuningCard(BaseModel):
    """What the service needs of the model card; the rest is for its readers."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    format: Literal[2]
    name: str
    base_sha256: str
    layers_sha256: str


class Tuning:
    """Trained layers in place of the packaged encoder's.

    Raises ConfigurationError when a file of the folder is missing or broken, or fits other embeddings
    than those of the base with that SHA-256.
    """

    def __init__(self, base_sha256: str, folder: Traversable | None = None) -> None:
        folder = folder or files("matcher.matching")
        try:
            card = TuningCard.model_validate_json(folder.joinpath(CARD).read_bytes())
            self.layers = folder.joinpath(LAYERS).read_bytes()
        except (OSError, ValidationError) as error:
            raise refused("a file is missing or is no model card") from error
        if card.base_sha256 != base_sha256:
            raise refused("it was trained on other weights than the packaged ones")
        if hashlib.sha256(self.layers).hexdigest() != card.layers_sha256:
            raise refused(f"{LAYERS} is not the file that {CARD} describes")
        # What the layers are given of a text in another language depends on its glossary.
        both = hashlib.sha256(f"{card.layers_sha256}{glossary.digest()}".encode()).hexdigest()
        self.name = f"{card.name}@{both[:_SHOWN_DIGITS]}"


def refused(why: str) -> ConfigurationError:
    """The error that says why the trained encoder cannot be used, and what to do."""
    return ConfigurationError(
        f"The trained encoder ({CARD}, {LAYERS}) cannot be used: {why}. Install the package anew, or run make train."
    )
