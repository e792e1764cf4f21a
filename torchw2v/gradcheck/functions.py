"""What is checked, in one form: variables in float64, a value, and the gradients that come with it.

Both kinds give the function copies, at every evaluation, so it may write into what it is given, and nothing of the
caller's is touched.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from copy import copy
from typing import Any, Protocol, TypeVar

import numpy as np
import torch
from torch import Tensor, nn

from torchw2v.errors import InputError

Result = TypeVar("Result")


@contextmanager
def _recording() -> Iterator[None]:
    """With a graph even where only the value is asked for: f itself may differentiate, and runs the same code."""
    with torch.inference_mode(False), torch.enable_grad():
        yield


class Checked(Protocol):
    """A function at one point. `variables` may be changed in place; `value` is f at their present values."""

    variables: dict[str, Tensor]

    def value(self) -> float: ...

    def value_and_gradients(self) -> tuple[float, dict[str, Tensor | None]]: ...

    def is_rounded(self) -> bool:
        """Whether all that f returns, as a float64, is what a float32 can hold."""


class TorchFunction:
    """A function of tensors, or a module; its gradients are autograd's.

    A module is not copied: while the function runs, float64 copies of its parameters and buffers stand in its place
    (`torch.func.functional_call`), so that whatever else uses the module, a loss for one, sees the same copies.
    """

    def __init__(
        self,
        f: Callable[..., Any],
        args: Mapping[str, Any],
        by_keyword: bool,
        module: nn.Module | None,
        loss: Callable[[Any], Any] | None,
        chosen: Callable[[Sequence[str]], bool] | None,
    ) -> None:
        self._f, self._loss, self._by_keyword = f, loss, by_keyword
        self._caller = _Caller(module) if module is not None else None
        own = dict(module.named_parameters()) if module is not None else {}
        self._parameters = {name: _in_float64(name, value.detach()) for name, value in own.items()}
        buffers = dict(module.named_buffers()) if module is not None else {}
        self._buffers = {n: b.detach().double() if b.is_floating_point() else b for n, b in buffers.items()}
        inputs: dict[str, Tensor] = {}

        def take(name: str, value: Tensor) -> Tensor:
            name = self._input_name(name)
            if name in inputs:
                raise InputError(f"two tensors of the inputs are called {name}: give one of them another name")
            inputs[name] = _in_float64(name, value)
            return inputs[name]

        self._args = {name: _map_tensors(take, name, value) for name, value in args.items()}
        candidates = {name: value for name, value in self._parameters.items() if own[name].requires_grad}
        candidates |= {name: value for name, value in inputs.items() if value.is_floating_point()}
        if chosen is not None:
            names = _names_of_shared(module)
            candidates = {
                name: value
                for name, value in (candidates | self._parameters).items()
                if chosen(names.get(name, [name]))
            }
        self.variables = candidates
        self._weights: Tensor | None = None
        # What a later call may no longer use: the module's own parameters, and the copies given to the first call.
        self._own = own
        self._first: dict[str, Tensor] = {}

    def value(self) -> float:
        return self._call(lambda output, leaves: self._number(output).item())

    def value_and_gradients(self) -> tuple[float, dict[str, Tensor | None]]:
        return self._call(self._differentiate)

    def is_rounded(self) -> bool:
        output = self._call(lambda output, leaves: output.detach())
        return bool((output == output.float()).all() and (output != output.round()).any())

    def _differentiate(self, output: Tensor, leaves: dict[str, Tensor]) -> tuple[float, dict[str, Tensor | None]]:
        value = self._number(output)
        if not value.requires_grad:
            return value.item(), dict.fromkeys(leaves)
        self._require_no_cache(value)
        gradients = torch.autograd.grad(value, list(leaves.values()), allow_unused=True)
        return value.item(), {
            name: None if gradient is None else _dense(gradient.detach())
            for name, gradient in zip(leaves, gradients, strict=True)
        }

    def _number(self, output: Tensor) -> Tensor:
        """One number of several: their sum with fixed weights, which stay the same from call to call."""
        if output.numel() == 1:
            return output.reshape(())
        if self._weights is None or self._weights.shape != output.shape:
            self._weights = random_weights(output.shape, torch.Generator().manual_seed(0)).to(output.device)
        return (output * self._weights).sum()

    def _require_no_cache(self, value: Tensor) -> None:
        outdated = {id(tensor): name for tensors in (self._own, self._first) for name, tensor in tensors.items()}
        for leaf in _leaves(value):
            if name := outdated.get(id(leaf)):
                raise InputError(
                    f"f uses {name} as it was before this call, so a change of {name} would not show: compute what is"
                    " kept from it (a cache, a list of parameters) anew in every call, or detach it if it is a constant"
                )

    @_recording()
    def _call(self, finish: Callable[[Tensor, dict[str, Tensor]], Result]) -> Result:
        """`finish` of what f returns and of the leaves of its graph.

        The copies stand in the module's place until `finish` is done, for a backward may run f again (checkpointing).
        """
        leaves = {name: values.detach().requires_grad_() for name, values in self.variables.items()}

        def fresh(name: str, value: Tensor) -> Tensor:
            return leaves.get(name, value).clone()

        def fresh_input(name: str, value: Tensor) -> Tensor:
            return fresh(self._input_name(name), value)

        args = {name: _map_tensors(fresh_input, name, value) for name, value in self._args.items()}
        positional, keywords = ((), args) if self._by_keyword else (tuple(args.values()), {})

        def run() -> Result:
            output = self._f(*positional, **keywords)
            return finish(self._checked(output if self._loss is None else self._loss(output)), leaves)

        with _explained():
            if self._caller is None:
                result = run()
            else:
                state = {f"module.{n}": fresh(n, v) for n, v in (self._parameters | self._buffers).items()}
                result = torch.func.functional_call(self._caller, state, (run,))
        self._first = self._first or leaves
        return result

    def _input_name(self, name: str) -> str:
        """An input may be called as a parameter is; the table must tell them apart."""
        return f"{name} (input)" if name in self._parameters else name

    def _checked(self, output: Any) -> Tensor:
        what = "f" if self._loss is None else "loss"
        if not isinstance(output, Tensor):
            raise InputError(
                f"{what} must return a tensor, but returned {_kind(output)}:"
                " return one, or give loss=, a function that makes one of what f returns"
            )
        if output.dtype != torch.float64:
            raise InputError(
                f"{what} returned {output.dtype}, although everything it was given is in float64: it converts on the"
                " way, and differences of rounded values say nothing; let it keep the dtype of its inputs"
            )
        return _dense(output)


class _Caller(nn.Module):
    """Runs a function while `functional_call` has replaced the parameters of `module`."""

    def __init__(self, module: nn.Module) -> None:
        super().__init__()
        self.module = module

    def forward(self, run: Callable[[], Any]) -> Any:
        return run()


class ArrayFunction:
    """A function of NumPy arrays that returns its value and its gradients, as the assignment writes them."""

    def __init__(
        self,
        f: Callable[..., Any],
        args: Mapping[str, Any],
        by_keyword: bool,
        chosen: Callable[[Sequence[str]], bool] | None,
    ) -> None:
        self._f, self._by_keyword = f, by_keyword
        self._args: dict[str, Any] = {}
        self._differentiable: list[str] = []
        self.variables: dict[str, Tensor] = {}
        for name, value in args.items():
            if not isinstance(value, np.ndarray | float):
                self._args[name] = value
                continue
            if not np.issubdtype(np.asarray(value).dtype, np.floating):
                raise InputError(
                    f"{name} has dtype {np.asarray(value).dtype}, and only floating-point arrays have gradients:"
                    f" give {name}.astype(float)"
                )
            self._args[name] = np.array(value, dtype=np.float64, order="C")
            self._differentiable.append(name)
            if chosen is None or chosen([name]):
                self.variables[name] = torch.from_numpy(self._args[name])  # the same memory

    def value(self) -> float:
        return self._evaluate()[0]

    def value_and_gradients(self) -> tuple[float, dict[str, Tensor | None]]:
        value, gradients = self._evaluate()
        if isinstance(gradients, Mapping):
            by_name = dict(gradients)
        elif len(self._differentiable) == 1 and not isinstance(gradients, tuple):
            by_name = {self._differentiable[0]: gradients}
        else:
            if len(gradients) != len(self._differentiable):
                raise InputError(
                    f"f returned {len(gradients)} gradients for {len(self._differentiable)} arrays"
                    f" ({', '.join(self._differentiable)})"
                )
            by_name = dict(zip(self._differentiable, gradients, strict=True))
        return value, {name: self._gradient(name, by_name.get(name)) for name in self.variables}

    def is_rounded(self) -> bool:
        value = self.value()
        return value == float(np.float32(value)) and value != round(value)

    def _gradient(self, name: str, gradient: Any) -> Tensor | None:
        if gradient is None:
            return None
        array, shape = np.array(gradient, dtype=np.float64), self._args[name].shape
        if array.shape != shape:
            raise InputError(f"{name} has shape {shape}, but the gradient f returned for it has {array.shape}")
        return torch.from_numpy(array)

    def _evaluate(self) -> tuple[float, Any]:
        args = {name: value.copy() if isinstance(value, np.ndarray) else value for name, value in self._args.items()}
        result = self._f(**args) if self._by_keyword else self._f(*args.values())
        if not (isinstance(result, tuple | list) and len(result) == 2):
            raise InputError(
                "a function of NumPy arrays must return its value and its gradient (a number and an array),"
                f" but returned {_kind(result)}; for a function of tensors, give it tensors"
            )
        if np.size(result[0]) != 1:
            raise InputError(f"the value f returned must be one number, but has shape {np.shape(result[0])}")
        return float(np.reshape(result[0], ())), result[1]


def arguments(f: Callable[..., Any], inputs: Any, names: Sequence[str] | None) -> tuple[dict[str, Any], bool]:
    """(name -> argument, whether they are given by keyword); the names are those of the parameters of f."""
    if isinstance(inputs, Mapping):
        if names is not None:
            raise InputError("names cannot be given for inputs in a dict: its keys are the names")
        return dict(inputs), True
    values = tuple(inputs) if isinstance(inputs, tuple | list) else (inputs,)
    if names is None:
        names = _signature_names(f, len(values))
    elif len(names) != len(values) or len(set(names)) != len(names):
        raise InputError(f"names must be {len(values)} different names, one for each input, not {list(names)}")
    return dict(zip(names, values, strict=True)), False


def _signature_names(f: Callable[..., Any], number: int) -> list[str]:
    try:
        parameters = list(inspect.signature(f.forward if isinstance(f, nn.Module) else f).parameters.values())
    except (TypeError, ValueError):
        parameters = []
    names = [p.name for p in parameters if p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD)][:number]
    return names + ["input" if number == 1 else f"input {i}" for i in range(len(names), number)]


def random_weights(shape: Sequence[int], draws: torch.Generator) -> Tensor:
    """Between ½ and 1½, or −1½ and −½: none hides what it weighs, and no two errors cancel for being of one size."""
    weights = torch.rand(shape, dtype=torch.float64, generator=draws) * 2 - 1
    return weights + weights.sign() / 2


def _map_tensors(change: Callable[[str, Tensor], Tensor], name: str, value: Any) -> Any:
    """`value` with `change(name, tensor)` for each tensor in it; those in tuples, lists and dicts are called hx.0."""
    if isinstance(value, Tensor):
        return change(name, value)
    if isinstance(value, dict):
        same_kind = copy(value)
        same_kind.update({key: _map_tensors(change, f"{name}.{key}", item) for key, item in value.items()})
        return same_kind
    if isinstance(value, tuple | list):
        items = [_map_tensors(change, f"{name}.{i}", item) for i, item in enumerate(value)]
        return type(value)(*items) if hasattr(value, "_fields") else type(value)(items)  # a named tuple, or any other
    return value


def _names_of_shared(module: nn.Module | None) -> dict[str, list[str]]:
    """Name of each parameter -> all its names: it has several where modules share it."""
    names: dict[Tensor, list[str]] = {}
    for name, parameter in module.named_parameters(remove_duplicate=False) if module is not None else ():
        names.setdefault(parameter, []).append(name)
    return {some[0]: some for some in names.values()}


def _leaves(value: Tensor) -> Iterator[Tensor]:
    """The tensors in which the graph of `value` ends."""
    nodes, seen = [value.grad_fn], set()
    while nodes:
        node = nodes.pop()
        if node is None or node in seen:
            continue
        seen.add(node)
        if hasattr(node, "variable"):
            yield node.variable
        nodes += [before for before, _ in node.next_functions]


def _in_float64(name: str, value: Tensor) -> Tensor:
    """A copy to compute with; what is not a floating-point tensor keeps its dtype."""
    if value.is_complex():
        raise InputError(f"{name} is complex ({value.dtype}); give its real and imaginary parts as two tensors")
    if value.layout != torch.strided:
        raise InputError(f"{name} has layout {value.layout}; give it as a dense tensor")
    with _recording():  # a copy that is made in inference mode cannot be differentiated later
        dtype = torch.float64 if value.is_floating_point() else value.dtype
        return value.detach().to(dtype, copy=True, memory_format=torch.contiguous_format)


def _dense(x: Tensor) -> Tensor:
    return x if x.layout == torch.strided else x.to_dense()


def _kind(value: Any) -> str:
    return f"{value!r}" if isinstance(value, int | float | complex | None) else f"a {type(value).__name__}"


@contextmanager
def _explained() -> Iterator[None]:
    try:
        yield
    except RuntimeError as error:
        if "dtype" in str(error) or "Double" in str(error):
            error.add_note("check_gradients calls f in float64: give it what f closes over in float64 too")
        raise
