"""phrases: a text with its phrases joined."""

from __future__ import annotations

import sys
from argparse import Namespace
from dataclasses import asdict
from pathlib import Path

from torchw2v.cli.output import write_json, write_rows
from torchw2v.data import Corpus, encode, join_phrases
from torchw2v.data.phrase_settings import PhraseSettings
from torchw2v.data.phrase_text import write_phrases, write_sentences
from torchw2v.errors import InputError


def phrases(arguments: Namespace) -> int:
    words = arguments.connector_words
    settings = PhraseSettings(
        passes=arguments.passes,
        min_count=arguments.min_count,
        threshold=arguments.threshold,
        scoring=arguments.scoring,
        connector_words=words if words == "english" else [word for word in words.split(",") if word],
        delimiter=arguments.delimiter,
    )
    corpus = Corpus(arguments.input, tokenizer=arguments.tokenizer)
    if arguments.output == "-":
        sys.stdout.flush()
        write_sentences(join_phrases(encode(corpus), **asdict(settings)), sys.stdout.buffer)
        return 0
    target = Path(arguments.output)
    if target.is_file() and not arguments.force:
        raise InputError(f"{target}: is there already; --force replaces it")
    summary = write_phrases(corpus, target, settings, show=arguments.show)
    if arguments.json:
        write_json(asdict(summary))
        return 0
    print(
        f"{target}: {summary.num_phrases:,} phrases joined {summary.num_joins:,} times, {summary.words:,} words became "
        f"{summary.words_left:,}",
        file=sys.stderr,
    )
    write_rows(
        [{"phrase": phrase.name, "count": phrase.count, "score": phrase.score} for phrase in summary.most_frequent]
    )
    return 0
