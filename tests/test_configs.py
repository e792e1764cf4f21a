"""Every combination of the configuration groups can be composed, and holds the keys that everything relies on."""

from __future__ import annotations

from itertools import product
from pathlib import Path

import pytest

from torchw2v.training import EngineSettings, ModelSettings

pytest.importorskip("hydra", reason="train.py needs the package hydra-core")
from hydra import compose, initialize_config_dir
from hydra.utils import instantiate
from omegaconf import OmegaConf

CONFIGS = Path(__file__).parents[1] / "configs"
GROUPS = sorted(folder.name for folder in CONFIGS.iterdir() if any(folder.glob("*.yaml")))
CHOICES = {
    group: sorted(path.stem for path in (CONFIGS / group).glob("*.yaml") if path.stem != "default") for group in GROUPS
}
COMBINATIONS = list(product(*CHOICES.values()))


def test_the_groups_that_are_promised():
    assert {f"{kind}_{loss}" for kind in ("skipgram", "cbow") for loss in ("neg", "softmax", "hs")} <= set(
        CHOICES["model"]
    )
    assert {"pydocs", "text", "text8"} <= set(CHOICES["data"])
    assert "autograd" in CHOICES["engine"]
    assert {"auto", "cpu", "gpu"} <= set(CHOICES["trainer"])


@pytest.mark.parametrize("combination", COMBINATIONS, ids="-".join)
def test_every_combination_composes(combination):
    with initialize_config_dir(str(CONFIGS), version_base="1.3"):
        config = compose("train", [f"{group}={choice}" for group, choice in zip(GROUPS, combination, strict=True)])
    resolved = OmegaConf.to_container(config, resolve=True)
    assert ModelSettings(**{key: value for key, value in resolved["model"].items() if key != "name"})
    engine = {key: value for key, value in resolved["engine"].items() if key != "name"}
    assert EngineSettings(**engine | {"optimizer": instantiate(config.engine.optimizer)})
    assert {"corpus", "min_count", "max_size", "cache_dir"} <= set(resolved["data"])
    assert resolved["trainer"]["max_epochs"] >= 1
    assert resolved["seed"] == 0
    trainer = instantiate(config.trainer)
    trainer(accelerator="cpu", logger=False)


def test_a_model_picks_its_data_unless_told_otherwise():
    with initialize_config_dir(str(CONFIGS), version_base="1.3"):
        assert "pydocs" in compose("train", ["model=skipgram_neg"]).data.corpus.source._target_
        assert "text8" in compose("train", ["data=text8", "model=skipgram_neg"]).data.corpus.source._target_
