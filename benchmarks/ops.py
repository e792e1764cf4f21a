"""What does an op with a hand-written gradient cost beside torch's own?

Each op and torch's, forward and backward in float32, in turn: `rounds` times, a few calls of one and then as many of
the other, for a millisecond or more. A ratio is of times that lie next to each other; the table has the median and the
quartiles. Before an op is timed its value and its gradients are compared with torch's: where they differ, nothing is
reported.

Above 1.3 the last column says why. A Function in Python has a fixed cost, which is what ours takes longer than torch's
at the first size, where there is next to nothing to compute: "fixed" stands where the ratio without it is at most 1.3.
Else, where a quartile is below 1.3, it may be "noise?". What is left has the reason of the op, found with a profiler;
"passes" counts how often forward and backward go over the memory: a backward made of torch operations does so more than
once, torch's own kernel does not.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from statistics import median

import torch
import torch.nn.functional as torchs
from torch import Tensor

from benchmarks.frame import Session
from benchmarks.report import Measurement, Table
from benchmarks.rounds import spread
from benchmarks.torch_threads import torch_threads
from torchw2v import functional as ours

Op = Callable[..., Tensor]

ROUNDS, THREADS = 21, 1
LIMIT = 1.3
REASONS = {
    "sigmoid": "passes: 1 + 2, torch's 1 + 1",
    "log_sigmoid": "passes: 1 + 3, torch's 1 + 1",
    "relu": "passes: 1 + 2, torch's 1 + 1",
    "tanh": "passes: 1 + 2, torch's 1 + 1",
    "softmax": "passes: 1 + 3, torch's 1 + 1",
    "log_softmax": "passes: 1 + 3, torch's 1 + 1",
    "cross_entropy": "backward takes the softmax again, with short rows half of all work",
    "linear": "noise? torch multiplies with the same kernels",
    "embedding": "the same kernels as torch's, so Python, which large tensors push out of the cache",
    "embedding_mean": "backward counts each bag and finds the bag of each id, in ten small operations",
}


@dataclass
class Case:
    """An op of ours and torch's at one size, as functions of the same floating-point tensors."""

    name: str
    size: str
    ours: Op
    torchs: Op
    inputs: list[Tensor]


def cases(device: str) -> Iterator[Case]:
    generator = torch.Generator().manual_seed(0)

    def normal(*shape: int) -> Tensor:
        return torch.randn(shape, generator=generator).to(device).requires_grad_()

    def integers(high: int, *shape: int) -> Tensor:
        return torch.randint(high, shape, generator=generator).to(device)

    for n in (1, 10_000, 100_000, 1_000_000):
        for name in ("sigmoid", "relu", "tanh"):
            yield Case(name, f"{n:,}", getattr(ours, name), getattr(torch, name), [normal(n)])
        yield Case("log_sigmoid", f"{n:,}", ours.log_sigmoid, torchs.logsigmoid, [normal(n)])
    for b, c in ((1, 1), (256, 10), (1024, 1000), (256, 20_000)):
        size, target = f"{b:,} × {c:,}", integers(c, b)
        yield Case("softmax", size, ours.softmax, partial(torchs.softmax, dim=-1), [normal(b, c)])
        yield Case("log_softmax", size, ours.log_softmax, partial(torchs.log_softmax, dim=-1), [normal(b, c)])
        yield Case(
            "cross_entropy",
            size,
            partial(ours.cross_entropy, target=target),
            partial(torchs.cross_entropy, target=target),
            [normal(b, c)],
        )
    for b, d_in, d_out in ((1, 1, 1), (64, 784, 100), (1024, 100, 100), (1024, 1000, 1000)):
        inputs = [normal(b, d_in), normal(d_in, d_out), normal(d_out)]
        yield Case("linear", f"{b:,} × {d_in:,} → {d_out:,}", ours.linear, _linear, inputs)
    for v, b in ((1, 1), (1000, 256), (10_000, 1024), (50_000, 1024)):
        size, targets = f"V={v:,}, D=100, {b:,} words", integers(v, b)
        yield Case(
            "full_softmax_loss",
            size,
            partial(ours.full_softmax_loss, targets=targets),
            partial(_full_softmax_loss, targets=targets),
            [(normal(b, 100) / 10).detach().requires_grad_(), normal(v, 100)],
        )
    for v, n in ((1, 10), (10_000, 1000), (10_000, 10_000), (50_000, 40_000)):
        size, ids = f"V={v:,}, D=100, {n:,} ids", integers(v, n)
        begins = torch.arange(0, n, 10) + torch.randint(-4, 5, (n // 10,), generator=generator)
        begins[0] = 0
        offsets = begins.to(device)
        for sparse in (False, True):
            gradient = ", sparse" if sparse else ""
            yield Case(
                f"embedding{gradient}",
                size,
                partial(ours.embedding, ids=ids, sparse=sparse),
                partial(_embedding, ids=ids, sparse=sparse),
                [normal(v, 100)],
            )
            yield Case(
                f"embedding_mean, bags of 10{gradient}",
                size,
                partial(ours.embedding_mean, ids=ids.view(-1, 10), sparse=sparse),
                partial(_embedding_mean, ids=ids.view(-1, 10), offsets=None, sparse=sparse),
                [normal(v, 100)],
            )
            yield Case(
                f"embedding_mean, ragged{gradient}",
                size,
                partial(ours.embedding_mean, ids=ids, offsets=offsets, sparse=sparse),
                partial(_embedding_mean, ids=ids, offsets=offsets, sparse=sparse),
                [normal(v, 100)],
            )


def _linear(x: Tensor, weight: Tensor, bias: Tensor) -> Tensor:
    return torchs.linear(x, weight.mT, bias)


def _full_softmax_loss(input: Tensor, out_embeddings: Tensor, targets: Tensor) -> Tensor:
    return torchs.cross_entropy(input @ out_embeddings.mT, targets)


def _embedding(weight: Tensor, ids: Tensor, sparse: bool) -> Tensor:
    return torchs.embedding(ids, weight, sparse=sparse)


def _embedding_mean(weight: Tensor, ids: Tensor, offsets: Tensor | None, sparse: bool) -> Tensor:
    return torchs.embedding_bag(ids, weight, offsets, mode="mean", sparse=sparse)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--only", help="names that begin so", default="")
    parser.add_argument("--device", default="cpu")


def measure(arguments: argparse.Namespace, session: Session) -> Measurement:
    # by op, so that the sizes of one stand together
    rows: dict[str, list[list[str]]] = {}
    fixed_costs: dict[str, float] = {}
    raw = []
    for case in cases(arguments.device):
        if case.name.startswith(arguments.only):
            with torch_threads(session.own.threads):
                compare(case)
                pairs = time_in_turn(case, session.rounds)
            extra = median(a for a, _ in pairs) - median(b for _, b in pairs)
            fixed_cost = fixed_costs.setdefault(case.name, extra)
            rows.setdefault(case.name, []).append(row(case, pairs, fixed_cost))
            raw.append({"op": case.name, "size": case.size, "seconds": pairs})
    device = torch.cuda.get_device_name() if arguments.device.startswith("cuda") else arguments.device
    line = f"device: {device}; threads: {session.own.threads}; rounds: {session.rounds}"
    columns = ["op", "size", "ours, ms", "torch's, ms", "time over torch's (quartiles)", f"above {LIMIT}: why"]
    table = Table(columns, [cells for some in rows.values() for cells in some], texts=(0, 1, 5))
    return Measurement("ops", [line, table], raw={"cases": raw})


def compare(case: Case) -> None:
    """Leave the program where value or gradients are not those of torch."""
    for ours_is, torchs_is in zip(run(case.ours, case.inputs), run(case.torchs, case.inputs), strict=True):
        try:
            torch.testing.assert_close(ours_is.to_dense(), torchs_is.to_dense(), rtol=1e-4, atol=1e-5)
        except AssertionError as error:
            sys.exit(f"{case.name}, {case.size}: not what torch computes, so it is not timed\n{error}")


def run(op: Op, inputs: list[Tensor], grad_output: Tensor | None = None) -> tuple[Tensor, ...]:
    output = op(*inputs)
    if grad_output is None:
        grad_output = torch.linspace(-1, 2, output.numel(), device=output.device).reshape(output.shape)
    return output, *torch.autograd.grad(output, inputs, grad_output)


def time_in_turn(case: Case, rounds: int) -> list[tuple[float, float]]:
    """Seconds a call of ours and of torch's, a pair a round."""
    grad_output = torch.randn_like(case.torchs(*case.inputs))
    calls = max(1, round(1e-3 / min(timed(case.torchs, case.inputs, grad_output, 1) for _ in range(5))))
    pairs = []
    for _ in range(rounds + 1):
        a, b = (timed(op, case.inputs, grad_output, calls) for op in (case.ours, case.torchs))
        pairs.append((a, b))
    return pairs[1:]  # the first warms up


def row(case: Case, pairs: list[tuple[float, float]], fixed_cost: float) -> list[str]:
    ratio = spread([a / b for a, b in pairs])
    mine, other = (median(seconds) for seconds in zip(*pairs, strict=True))
    why = ""
    if ratio.median > LIMIT:
        if mine - fixed_cost <= LIMIT * other:
            why = f"fixed: {1000 * fixed_cost:.2f} of {1000 * (mine - other):.2f} ms more"
        else:
            why = (
                "noise? a quartile is below" if ratio.low <= LIMIT else REASONS.get(case.name.split(",")[0], "unknown")
            )
    return [case.name, case.size, f"{1000 * mine:.3g}", f"{1000 * other:.3g}", str(ratio), why]


def timed(op: Op, inputs: list[Tensor], grad_output: Tensor, calls: int) -> float:
    """Seconds a call."""
    # With one thread its own time, which other programs on the machine disturb less.
    alone = not grad_output.is_cuda and torch.get_num_threads() == 1
    clock = time.process_time if alone else time.perf_counter
    start = clock()
    for _ in range(calls):
        run(op, inputs, grad_output)
    if grad_output.is_cuda:
        torch.cuda.synchronize()
    return (clock() - start) / calls
