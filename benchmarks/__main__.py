"""How fast is torchw2v, and how good, beside gensim, fastText and the loop one would write?

    python -m benchmarks all --path text.txt --json figures.json

measures everything for which there is a baseline on a text of yours; without --path, on the built-in corpus. What is
compared runs in turn, the first round does not count, and a figure is the median of the ratios of all rounds, with the
quartiles. Whatever is timed is tested first; where it computes something wrong, nothing is reported.
"""

from __future__ import annotations

import argparse
import json
import math
import sys
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from benchmarks import (
    autograd,
    engines,
    file_to_vectors,
    ops,
    overhead,
    phrases,
    quality,
    reading,
    scaling,
    speed,
    vectors,
)
from benchmarks.conditions import conditions, format_conditions
from benchmarks.frame import Command, Session, at_least
from benchmarks.report import Measurement, Table
from benchmarks.store import Store
from benchmarks.texts import Source
from benchmarks.trainers.with_torchw2v import Own
from torchw2v.atomic import write_text
from torchw2v.console import speak_plainly
from torchw2v.errors import InputError
from torchw2v.threads import usable_cores

COMMANDS: dict[str, Command] = {
    "speed": speed,
    "file-to-vectors": file_to_vectors,
    "engines": engines,
    "scaling": scaling,
    "overhead": overhead,
    "quality": quality,
    "reading": reading,
    "phrases": phrases,
    "vectors": vectors,
    "ops": ops,
    "autograd": autograd,
}
ALL = (
    ["speed", "--quality-seeds", "0"],  # as the next one has the quality of the same settings
    ["quality", "--models", *speed.MODELS],
    ["speed", "--models", "skipgram_neg", "--dims", "300", "--peers", "gensim"],
    ["file-to-vectors"],
    ["engines"],
    ["scaling"],
    ["overhead"],
    ["reading"],
)


def main(words: Sequence[str]) -> None:
    speak_plainly()
    parse = parser().parse_args
    arguments = parse(words)
    orders = [arguments]
    if arguments.command == "all":
        shared = list(words)
        shared.remove("all")
        orders = [parse([*line, *shared]) for line in ALL]
    found = conditions(words)
    print(format_conditions(found))
    with TemporaryDirectory(prefix="benchmark-") as folder:
        source = Source(arguments.path, Path(folder))
        measurements: list[Measurement] = []
        for order in orders:
            measurement = _measure(order, source)
            if source.was_read and not measurements:
                print(f"text:     {source.text}")
            print(f"\n{measurement}" if len(orders) == 1 else f"\n## {measurement.name}\n\n{measurement}", flush=True)
            measurements.append(measurement)
            if arguments.json:  # after each, so that a long run that is cut off leaves something
                _write(arguments.json, found, source, orders, measurements)
    if len(orders) > 1:
        figures = [figure for measurement in measurements for figure in measurement.figures]
        print(f"\n## all\n\n{Table(['figure', 'median (quartiles)'], [[f.name, str(f.value)] for f in figures])}")


def _measure(arguments: argparse.Namespace, source: Source) -> Measurement:
    command = COMMANDS[arguments.command]
    session = Session(
        source=source,
        own=Own(arguments.engine, threads=arguments.threads or command.THREADS or usable_cores()),
        rounds=arguments.rounds or command.ROUNDS,
        seconds=arguments.seconds,
        seeds=arguments.seeds,
        store=Store(arguments.reuse),
    )
    return command.measure(arguments, session)


def _write(
    path: Path,
    found: dict[str, object],
    source: Source,
    orders: Sequence[argparse.Namespace],
    measurements: Sequence[Measurement],
) -> None:
    result = {
        **found,
        "text": source.text.description if source.was_read else None,
        "measurements": [
            {
                "name": measurement.name,
                "arguments": {
                    name: value for name, value in vars(order).items() if name not in ("path", "json", "reuse")
                },
                "figures": [{"name": figure.name, **asdict(figure.value)} for figure in measurement.figures],
                **measurement.raw,
            }
            for order, measurement in zip(orders, measurements, strict=False)
        ],
    }
    write_text(path, json.dumps(_finite(result), indent=1, ensure_ascii=False, allow_nan=False) + "\n")


def _finite(value: Any) -> Any:
    """The same, but with null for nan and infinity, which JSON does not have."""
    if isinstance(value, dict):
        return {key: _finite(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [_finite(one) for one in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value


def parser() -> argparse.ArgumentParser:
    shared = argparse.ArgumentParser(add_help=False)
    shared.add_argument("--path", help="a text, one sentence a line; by default the built-in corpus")
    shared.add_argument("--json", type=Path, help="a file for all numbers")
    shared.add_argument("--rounds", type=at_least(1), help="how often each takes its turn")
    shared.add_argument("--seconds", type=float, default=3.0, help="about how long each trains in a round")
    shared.add_argument("--threads", type=at_least(1), help="of each; by default all cores, or one where help says so")
    shared.add_argument("--engine", choices=["fused", "autograd"], default="fused", help="of ours")
    shared.add_argument("--seeds", type=at_least(1), default=3, help="how many, from 0, in quality")
    shared.add_argument("--reuse", type=Path, help="a JSON file that keeps gensim's vectors' scores")
    result = argparse.ArgumentParser(
        prog="python -m benchmarks", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    commands = result.add_subparsers(dest="command", required=True, metavar="COMMAND")
    commands.add_parser("all", parents=[shared], help="everything for which there is a baseline, and a table of it all")
    for name, command in COMMANDS.items():
        described = command.__doc__ or ""
        kind = argparse.RawDescriptionHelpFormatter
        one = commands.add_parser(
            name, parents=[shared], help=described.splitlines()[0], description=described, formatter_class=kind
        )
        command.add_arguments(one)
    return result


if __name__ == "__main__":
    try:
        main(sys.argv[1:])
    except InputError as error:
        sys.exit(str(error))
