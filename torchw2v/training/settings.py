"""Settings from a group of a configuration."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from typing import Any, TypeVar

from torchw2v.errors import InputError

Settings = TypeVar("Settings")


def read_settings(kind: type[Settings], group: str, choices: Mapping[str, Any]) -> Settings:
    """Settings of one kind, a dataclass, from a group of a configuration, but for its `name`.

    Raises:
        InputError: a key that is no setting.
    """
    names: list[str] = [field.name for field in fields(kind)]  # type: ignore[arg-type]
    for key in choices:
        if key not in (*names, "name"):
            raise InputError(f"{group}.{key} is no setting; there are {', '.join(names)}")
    return kind(**{name: choices[name] for name in names if name in choices})
