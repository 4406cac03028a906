"""Which backgrounds of a coach a passage tells of, and which a wish for some is about."""

import numpy as np
from numpy.typing import NDArray

from matcher.domain.backgrounds import BACKGROUNDS

NO_BACKGROUND = len(BACKGROUNDS)
"""The class of a passage that tells of none; it comes last."""

Backgrounds = NDArray[np.float32]
"""How much of each passage tells of each background, shape (passages, BACKGROUNDS); what is left of 1 tells of none."""

LEAST_OF_WISH = 0.05
"""A background that less of a wish is about is passed over. Chosen on 60 wishes of annotated needs, for which it was
judged which of 60 coaches meet them; with 0.02 and 0.1 coaches were ordered worse."""

LEAST_TOLD = 0.3
"""A passage that tells less of all backgrounds together wishes for none that is told apart, or against one. Of
sentences that nothing was learned from all that are read as wishing for one, and do, have more; of those that wish
against one, or for a person of an age, gender or faith, and are read so all the same, one in four has less."""


def wished(told: Backgrounds) -> tuple[tuple[int, float], ...]:
    """Which backgrounds one passage that wishes for some is about, with their shares, which sum to 1; none when it is
    about none that is told apart. `told` has shape (BACKGROUNDS,).

    >>> wished(np.eye(len(BACKGROUNDS), dtype=np.float32)[3] / 2)
    ((3, 1.0),)
    """
    total = float(told.sum(dtype=np.float64))
    if total < LEAST_TOLD:
        return ()
    kept = [(place, share) for place, share in enumerate((told / total).tolist()) if share >= LEAST_OF_WISH]
    together = sum(share for _, share in kept)
    return tuple((place, share / together) for place, share in kept)
