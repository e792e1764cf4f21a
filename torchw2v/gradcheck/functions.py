"""What is checked, in one form: variables in float64, a value, and the gradients that come with it.

Both kinds give the function copies, at every evaluation, so it may write into what it is given, and nothing of the
caller's is touched.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, Protocol

import numpy as np
import torch
from torch import Tensor, nn

from torchw2v.errors import InputError


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
        chosen: Callable[[str], bool] | None,
    ) -> None:
        self._f, self._loss, self._by_keyword = f, loss, by_keyword
        self._caller = _Caller(self._run, module) if module is not None else None
        self._args: dict[str, Any] = {name: _in_float64(name, value) for name, value in args.items()}
        parameters = dict(module.named_parameters()) if module is not None else {}
        self._parameters = {name: _in_float64(name, value.detach()) for name, value in parameters.items()}
        buffers = dict(module.named_buffers()) if module is not None else {}
        self._buffers = {n: b.detach().double() if b.is_floating_point() else b for n, b in buffers.items()}
        # An input may be called as a parameter is; the table must tell them apart.
        self._input_names = {name: f"{name} (input)" if name in parameters else name for name in args}
        candidates = {name: value for name, value in self._parameters.items() if parameters[name].requires_grad}
        candidates |= {
            self._input_names[name]: value
            for name, value in self._args.items()
            if isinstance(value, Tensor) and value.is_floating_point()
        }
        if chosen is not None:
            candidates = {name: v for name, v in (candidates | self._parameters).items() if chosen(name)}
        self.variables = candidates
        self._weights: Tensor | None = None

    def value(self) -> float:
        with _recording():
            return self._evaluate()[0].item()

    def value_and_gradients(self) -> tuple[float, dict[str, Tensor | None]]:
        with _recording():
            return self._value_and_gradients()

    def _value_and_gradients(self) -> tuple[float, dict[str, Tensor | None]]:
        value, leaves = self._evaluate()
        if not value.requires_grad:
            return value.item(), dict.fromkeys(leaves)
        gradients = torch.autograd.grad(value, list(leaves.values()), allow_unused=True)
        return value.item(), {
            name: None if gradient is None else _dense(gradient.detach())
            for name, gradient in zip(leaves, gradients, strict=True)
        }

    def is_rounded(self) -> bool:
        with _recording():
            output = self._output()[0].detach()
        return bool((output == output.float()).all() and (output != output.round()).any())

    def _evaluate(self) -> tuple[Tensor, dict[str, Tensor]]:
        output, leaves = self._output()
        if output.numel() == 1:
            return output.reshape(()), leaves
        # One number of several: the sum with fixed weights between ½ and 1½, some of them negative.
        if self._weights is None or self._weights.shape != output.shape:
            weights = torch.rand(output.shape, dtype=torch.float64, generator=torch.Generator().manual_seed(0)) * 2 - 1
            self._weights = (weights + weights.sign() / 2).to(output.device)
        return (output * self._weights).sum(), leaves

    def _output(self) -> tuple[Tensor, dict[str, Tensor]]:
        leaves = {name: values.detach().requires_grad_() for name, values in self.variables.items()}

        def copy(name: str, value: Any) -> Any:
            return leaves.get(name, value).clone() if isinstance(value, Tensor) else value

        args = {name: copy(self._input_names[name], value) for name, value in self._args.items()}
        positional, keywords = ((), args) if self._by_keyword else (tuple(args.values()), {})
        with _explained():
            if self._caller is None:
                output = self._run(*positional, **keywords)
            else:
                state = {f"module.{n}": copy(n, v) for n, v in (self._parameters | self._buffers).items()}
                output = torch.func.functional_call(self._caller, state, positional, keywords)
        return self._checked(output), leaves

    def _run(self, *args: Any, **kwargs: Any) -> Any:
        output = self._f(*args, **kwargs)
        return output if self._loss is None else self._loss(output)

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

    def __init__(self, run: Callable[..., Any], module: nn.Module) -> None:
        super().__init__()
        self.module = module
        self.run = run

    def forward(self, *args: Any, **kwargs: Any) -> Any:
        return self.run(*args, **kwargs)


class ArrayFunction:
    """A function of NumPy arrays that returns its value and its gradients, as the assignment writes them."""

    def __init__(
        self, f: Callable[..., Any], args: Mapping[str, Any], by_keyword: bool, chosen: Callable[[str], bool] | None
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
            if chosen is None or chosen(name):
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
        return value == np.float32(value) and value != round(value)

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


def _in_float64(name: str, value: Any) -> Any:
    """A copy to compute with; what is not a floating-point tensor keeps its dtype."""
    if not isinstance(value, Tensor):
        return value
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
def _recording() -> Iterator[None]:
    """With a graph even where only the value is asked for: f itself may differentiate, and runs the same code."""
    with torch.inference_mode(False), torch.enable_grad():
        yield


@contextmanager
def _explained() -> Iterator[None]:
    try:
        yield
    except RuntimeError as error:
        if "dtype" in str(error) or "Double" in str(error):
            error.add_note("check_gradients calls f in float64: give it what f closes over in float64 too")
        raise
