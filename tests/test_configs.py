"""Every combination of the configuration groups that fits together can be composed, and gives a task and a trainer."""

from __future__ import annotations

from functools import partial
from itertools import product
from pathlib import Path

import pytest

from torchw2v import InputError
from torchw2v.data import PhraseSettings

pytest.importorskip("hydra", reason="train.py needs the package hydra-core")
from hydra import compose, initialize_config_dir
from hydra.utils import instantiate
from omegaconf import DictConfig, OmegaConf

from torchw2v.training.sentiment import SentimentSettings
from torchw2v.training.tasks import find_task

CONFIGS = Path(__file__).parents[1] / "configs"
CHOICES = {
    folder.name: sorted(path.stem for path in folder.glob("*.yaml") if path.stem != "default")
    for folder in CONFIGS.iterdir()
}
WORD2VEC = [f"{kind}_{loss}" for kind in ("skipgram", "cbow") for loss in ("neg", "softmax", "hs")]
TEXTS, IMAGES = ["pydocs", "text", "text8"], ["digits", "mnist"]
COMBINATIONS = [
    *product(WORD2VEC, TEXTS, ["fused", "autograd"]),
    *product(["mlp", "softmax_regression"], IMAGES, ["minibatch"]),
    ("cs224n_skipgram", "sst", "iterations"),
    *product(["sentiment"], ["sst", "sentences"], ["lbfgs"]),
]


def composed(*overrides: str) -> DictConfig:
    with initialize_config_dir(str(CONFIGS), version_base="1.3"):
        return compose("train", list(overrides))


def task_of(config: DictConfig) -> partial:
    return find_task(OmegaConf.to_container(config, resolve=True), instantiate)


def test_every_choice_is_tried_here():
    tried = {
        group: {combination[i] for combination in COMBINATIONS} for i, group in enumerate(("model", "data", "engine"))
    }
    assert tried == {group: set(CHOICES[group]) for group in tried}
    assert set(CHOICES["trainer"]) == {"auto", "cpu", "gpu"}
    assert set(CHOICES["logger"]) == {"tensorboard", "none"}


@pytest.mark.parametrize("combination", COMBINATIONS, ids="-".join)
def test_every_combination_gives_a_task(combination):
    model, data, engine = combination
    overrides = ["data.path=somewhere"] if data in ("text", "sst") else []
    config = composed(f"model={model}", f"data={data}", f"engine={engine}", *overrides)
    assert config.model.name == model
    task = task_of(config)
    if model != "sentiment":
        assert task.keywords["model"].learning_rate == config.model.learning_rate
    assert config.seed == 0


@pytest.mark.parametrize("data", TEXTS)
def test_phrases_are_a_number_of_passes_or_a_group(data):
    def phrases_of(*overrides: str) -> PhraseSettings | None:
        path = "somewhere" if data == "text" else "null"
        return task_of(composed(f"data={data}", f"data.path={path}", *overrides)).keywords["phrases"]

    assert phrases_of() is None
    assert phrases_of("data.phrases=2") == PhraseSettings(passes=2)
    chosen = ["data.phrases.passes=1", "data.phrases.scoring=npmi", "data.phrases.connector_words=english"]
    assert phrases_of(*chosen) == PhraseSettings(scoring="npmi", connector_words="english", passes=1, threshold=None)


@pytest.mark.parametrize("trainer", CHOICES["trainer"])
@pytest.mark.parametrize("logger", CHOICES["logger"])
def test_every_trainer_and_logger_can_be_made(trainer, logger, tmp_path):
    config = composed(f"trainer={trainer}", f"logger={logger}")
    assert instantiate(config.trainer)(accelerator="cpu", logger=False).max_epochs == 5
    assert not config.logger or instantiate(config.logger)(save_dir=tmp_path)


@pytest.mark.parametrize(
    ("model", "data"),
    [("skipgram_neg", "pydocs"), ("cbow_hs", "pydocs"), ("mlp", "digits"), ("softmax_regression", "digits")],
)
def test_a_model_picks_its_data_unless_told_otherwise(model, data):
    assert composed(f"model={model}").data == composed(f"model={model}", f"data={data}").data
    other = {"pydocs": "text8", "digits": "mnist"}[data]
    assert composed(f"data={other}", f"model={model}").data != composed(f"model={model}").data


@pytest.mark.parametrize(
    ("overrides", "message"),
    [
        (["model=mlp", "data=pydocs"], "model=mlp trains on images: add data=digits or data=mnist"),
        (["model=cbow_neg", "data=digits"], "model=cbow_neg trains on text: add data=pydocs, data=text or data=text8"),
        (["model=mlp", "engine=autograd"], "model=mlp trains with engine=minibatch, not engine=autograd"),
        (["engine=minibatch"], "model=skipgram_neg trains with engine=fused or engine=autograd, not engine=minibatch"),
        (["experiment=cs224n_sst", "data=pydocs"], "needs no other data and engine"),
        (["experiment=cs224n_sst", "seed=1"], "seed is not used by the assignment's run: set model.init_seed or"),
        (["experiment=cs224n_sst", "trainer.max_epochs=2"], "leave trainer.max_epochs at 1"),
        (
            ["model=cbow_hs", "+model.num_negatives=3"],
            "model.num_negatives is no setting of model=cbow_hs, but of",
        ),
        (
            ["model=cbow_neg", "+model.negatives=per_pair"],
            "model.negatives is no setting of model=cbow_neg, but of architecture=skipgram and loss=negative_sampling",
        ),
        (["+model.gradient=exact"], "model.gradient is no setting of model=skipgram_neg, but of architecture=cbow"),
        (["model=sentiment", "data=digits"], "model=sentiment trains on labelled sentences: add data=sst or data=sent"),
        (["model=sentiment", "engine=fused"], "model=sentiment trains with engine=lbfgs, not engine=fused"),
        (["model=sentiment", "trainer.max_epochs=2"], "leave trainer.max_epochs at 1"),
        (["model=sentiment", "seed=1"], "seed is not used by model=sentiment"),
        (["model=sentiment", "model.l2=[]"], r"model.l2 must be a list of numbers above 0"),
        (["model=sentiment", "model.l2=[1,0]"], r"model.l2 must be above 0, not 0"),
        (["experiment=cs224n_sst"], "no treebank was given; set data.root to the folder"),
        (["data.phrases.threshold=3"], "data.phrases: passes is 0, so that nothing else of it counts"),
        (["data.phrases.passes=1", "data.phrases.scoring=pmi"], "data.phrases: scoring must be one of default, npmi"),
    ],
)
def test_what_does_not_fit_together_is_one_clear_line(overrides, message):
    with pytest.raises(InputError, match=message):
        task_of(composed(*overrides))


def test_the_treebanks_folder_has_two_names():
    for key in ("data.path", "data.root"):
        assert composed("model=sentiment", f"{key}=somewhere").data.sentences.root == "somewhere"
    assert composed("model=sentiment").data.sentences.root is None


def test_strengths_may_be_one_number_or_several():
    strengths = [
        task_of(composed("model=sentiment", *o)).keywords["model"].strengths
        for o in ([], ["model.l2=0.5"], ["model.l2=[1e-3,2,1e-3]"])
    ]
    assert strengths[0] == list(SentimentSettings().l2)
    assert strengths[1:] == [[0.5], [2.0, 1e-3]]


def test_the_built_in_sets_judge_the_built_in_text_and_no_other():
    own, other = (task_of(composed(f"data={data}")).keywords["evaluation"] for data in ("pydocs", "text8"))
    assert (own.similarity, own.analogies, other.asks) == ("builtin", "builtin", False)
    files = task_of(composed("data=text", "data.path=x", "evaluation.similarity=[a.tsv,b.tsv]")).keywords["evaluation"]
    assert (list(files.similarity), files.analogies) == (["a.tsv", "b.tsv"], None)
    with pytest.raises(InputError, match="often is no setting"):
        task_of(composed("+evaluation.often=1"))


def test_the_recipes_in_print():
    softmax, mlp = (task_of(composed(f"experiment=dlsys_{name}")).keywords for name in ("softmax", "mlp"))
    for task in (softmax, mlp):
        engine = task["engine"]
        assert (engine.batch_size, engine.shuffle, engine.reduction) == (1000, False, "sum")
        assert (engine.patience, engine.keep_best) == (None, False)
        assert engine.optimizer.keywords == {"momentum": 0.0}
        assert task["model"].learning_rate == 1e-3
        assert task["model"].l2 == 0
    assert softmax["model"].initialization == "zeros"
    model = mlp["model"]
    assert (list(model.hidden), model.activation) == ([256, 100], "relu")
    assert (model.initialization, model.init_std, model.init_seed) == ("normal", 0.1, 123)
    assert composed("experiment=dlsys_mlp").trainer.max_epochs == 10
    assert "mnist" in composed("experiment=dlsys_mlp").data.images._target_


@pytest.mark.parametrize("key", ["data.path", "data.root"])
def test_the_assignments_run(key):
    config = composed("experiment=cs224n_sst", f"{key}=somewhere")
    task = task_of(config)
    assert task.args == ("somewhere",)
    model, engine = task.keywords["model"], task.keywords["engine"]
    assert (model.embedding_dim, model.window, model.num_negatives, model.learning_rate) == (10, 5, 10, 0.3)
    assert (model.init_seed, model.draw_seed) == (9265, 31415)
    assert (engine.iterations, engine.windows_per_batch, engine.anneal_every) == (40_000, 50, 20_000)
    assert config.trainer.max_epochs == 1
