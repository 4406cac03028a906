"""The packaged encoder's upper layers, trained on texts about coaching (`tuned_encoder.safetensors`).

`tuned_encoder.json` is their model card. `make train` makes both; the embeddings and lower layers stay
those of the package.
"""

import hashlib
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import TYPE_CHECKING, Literal

from pydantic import BaseModel, ConfigDict, ValidationError

from matcher.errors import ConfigurationError

if TYPE_CHECKING:
    from torch import nn

CARD, WEIGHTS = "tuned_encoder.json", "tuned_encoder.safetensors"

_SHOWN_DIGITS = 8


class TuningCard(BaseModel):
    """What the service needs of the model card; the rest is for its readers."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    format: Literal[1]
    name: str
    base_sha256: str
    weights_sha256: str


class Tuning:
    """Trained weights that replace some of the packaged encoder's.

    Raises ConfigurationError when a file of the folder is missing or broken, or fits other weights
    than those of that SHA-256.
    """

    def __init__(self, base_sha256: str, folder: Traversable | None = None) -> None:
        folder = folder or files("matcher.matching")
        try:
            card = TuningCard.model_validate_json(folder.joinpath(CARD).read_bytes())
            self._weights = folder.joinpath(WEIGHTS).read_bytes()
        except (OSError, ValidationError) as error:
            raise _refused("a file is missing or is no model card") from error
        if card.base_sha256 != base_sha256:
            raise _refused("it was trained on other weights than the packaged ones")
        if hashlib.sha256(self._weights).hexdigest() != card.weights_sha256:
            raise _refused(f"{WEIGHTS} is not the file that {CARD} describes")
        self.name = f"{card.name}@{card.weights_sha256[:_SHOWN_DIGITS]}"

    def apply(self, transformer: "nn.Module") -> None:
        """Puts the trained weights, kept in 16 bits, in the place of those of the same name."""
        from safetensors.torch import load  # noqa: PLC0415

        weights = {name: weight.float() for name, weight in load(self._weights).items()}
        unknown = transformer.load_state_dict(weights, strict=False).unexpected_keys
        if unknown:
            raise _refused(f"the packaged encoder has no weights named {', '.join(unknown)}")


def _refused(why: str) -> ConfigurationError:
    return ConfigurationError(
        f"The trained encoder ({CARD}, {WEIGHTS}) cannot be used: {why}. Install the package anew, or run make train."
    )
