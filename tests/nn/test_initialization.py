"""How SkipGram and CBOW begin, and what memory they may be given."""

from __future__ import annotations

import copy
from pathlib import Path

import numpy as np
import pytest
import torch

from torchw2v.nn import CBOW, SkipGram

V, D = 9, 4


@pytest.mark.parametrize("kind", [SkipGram, CBOW])
def test_a_model_begins_as_word2vec_does(kind: type[SkipGram | CBOW]) -> None:
    model = kind(1000, 50, generator=torch.Generator().manual_seed(1))
    rows = model.in_embeddings.detach()
    assert rows.abs().max() <= 0.5 / 50
    assert rows.std().item() == pytest.approx(1 / 50 / np.sqrt(12), rel=0.02)
    assert not model.out_embeddings.any()
    assert torch.equal(rows, kind(1000, 50, generator=torch.Generator().manual_seed(1)).in_embeddings)
    assert set(model.state_dict()) == {"in_embeddings", "out_embeddings"}


@pytest.mark.parametrize("kind", [SkipGram, CBOW])
def test_rows_may_have_room_behind_them(kind: type[SkipGram | CBOW], tmp_path: Path) -> None:
    def with_room(rows: int, columns: int) -> torch.Tensor:
        return torch.zeros(rows, 16)[:, :columns]

    plain, roomy = (
        kind(V, D, generator=torch.Generator().manual_seed(1), allocate=a) for a in (torch.empty, with_room)
    )
    assert roomy.in_embeddings.stride() == roomy.out_embeddings.stride() == (16, 1)
    assert torch.equal(roomy.in_embeddings, plain.in_embeddings)
    assert not roomy.in_embeddings.detach().as_strided((V, 16 - D), (16, 1), D).any()
    assert torch.equal(copy.deepcopy(roomy).in_embeddings, plain.in_embeddings)
    torch.save(roomy.state_dict(), tmp_path / "state")
    before = roomy.in_embeddings.data_ptr()
    with torch.no_grad():
        roomy.in_embeddings.zero_()
    roomy.load_state_dict(torch.load(tmp_path / "state", weights_only=True))
    assert torch.equal(roomy.in_embeddings, plain.in_embeddings)
    assert roomy.in_embeddings.data_ptr() == before
    assert roomy.in_embeddings.stride() == (16, 1)
