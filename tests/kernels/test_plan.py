"""How the work of a pass is cut."""

from __future__ import annotations

import pytest

from torchw2v.kernels.cpu.plan import Plan


@pytest.mark.parametrize("inputs", ["window", "pair", "mean"])
@pytest.mark.parametrize("lanes", [4, 8, 16])
def test_a_block_fits_into_a_vector_and_all_rows_into_the_blocks(lanes: int, inputs: str) -> None:
    """Float64 where vectors are 32 bytes, 64 bytes or float32, float32 with 64 bytes."""
    for num_negatives in (None, *range(41)):
        plan = Plan(inputs, num_negatives, lanes, bits=64 if lanes == 4 else 32, stripes=1)
        assert 1 <= plan.rows <= plan.block.slots == lanes // plan.at_once
        if num_negatives is not None:
            assert plan.blocks * plan.rows >= num_negatives + 1 > (plan.blocks - 1) * plan.rows
