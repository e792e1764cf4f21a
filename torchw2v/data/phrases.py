"""Phrases: neighbouring words that belong together become one word, such as `new_york`.

Pairs of neighbours are counted, scored and, where the score is above a threshold, joined from left to right. A second
pass sees what the first has joined, so that longer phrases grow. Mikolov et al. (2013b), section 4; the same phrases as
gensim's `Phrases`, but for its pruning of rare pairs.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Collection
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from torchw2v.cache import make_cache_dir
from torchw2v.data.encoding import FORMAT, EncodedCorpus, in_cache, write_ranked
from torchw2v.data.joined_names import JoinedNames
from torchw2v.data.key_counts import KeyCounts
from torchw2v.data.neighbouring_words import Ids, NeighbouringWords, Neighbours, sentence_starts
from torchw2v.data.phrase_scores import PhraseScore
from torchw2v.data.phrase_settings import PhraseSettings
from torchw2v.errors import InputError

if TYPE_CHECKING:
    import pyarrow as pa

_FORMAT = 1
_FILE = "phrases.tsv"


@dataclass(frozen=True)
class Phrase:
    """What a pass has joined.

    Attributes:
        name: its words with the delimiter between them.
        score: the highest, where several pairs have this name.
        count: how often it was joined.
        pass_number: from 1.
    """

    name: str
    score: float
    count: int
    pass_number: int


class JoinedCorpus(EncodedCorpus):
    """A corpus in which phrases are words; read from the folder that `join_phrases` wrote.

    Attributes:
        num_phrases: different ones, of all passes.
        num_joins: how often two words became one.
        passes: over the text.
    """

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        try:
            meta = json.loads((folder / "meta.json").read_text(encoding="utf-8"))["phrases"]
            if meta["bytes"] != (folder / _FILE).stat().st_size:
                raise ValueError("not the size that was written")
        except (OSError, ValueError, KeyError) as error:
            raise InputError(f"{folder}: the phrases of this encoded corpus are damaged; delete the folder") from error
        self.passes: int = meta["passes"]
        self.num_phrases: int = meta["different"]
        self.num_joins: int = meta["joins"]

    def phrases(self) -> list[Phrase]:
        """What was joined: by pass, then by falling score, then by name."""
        found = []
        with (self.folder / _FILE).open(encoding="utf-8", newline="\n") as file:
            for line in file:
                number, score, count, name = line[:-1].split("\t")
                found.append(Phrase(name, float(score), int(count), int(number)))
        return found


def join_phrases(
    corpus: EncodedCorpus,
    *,
    passes: int = 1,
    min_count: int = 5,
    threshold: float | None = None,
    scoring: str = "default",
    connector_words: Collection[str] | str = (),
    delimiter: str = "_",
    cache_dir: str | Path | None = None,
) -> JoinedCorpus:
    """Find the phrases of a corpus, and make each of them one word.

    Neighbours a and b of one sentence, with nothing but connector words between them, are a phrase if

        default     (n_ab - min_count) / (n_a n_b) · N  >  threshold
        npmi        ln(p_ab / (p_a p_b)) / -ln p_ab  >  threshold    and    n_ab >= min_count

    where n counts names, p is n over the words of the text, and N is the number of different words and pairs. They are
    joined from left to right. The text is read in blocks; the table of different pairs is held in memory, and nothing
    is pruned. The result is kept in the cache if the corpus is, and the second call returns at once.

    Args:
        corpus: what `encode` gives, or this function: to call it again with another threshold is another pass.
        passes: how often; a phrase can double its length in each.
        min_count: of pairs. With "default" it is taken off the count, which keeps pairs of rare words out.
        threshold: None is 10 for "default" and 0.5 for "npmi", which is between -1 and 1.
        scoring: "default", word2phrase's, or "npmi".
        connector_words: with which no phrase begins or ends, while they may be inside of one, such as
            `ENGLISH_CONNECTOR_WORDS`, or "english" for those.
        delimiter: between the words of a phrase.
        cache_dir: by default the user's cache folder, or TORCHW2V_CACHE.

    Raises:
        InputError: a setting is out of range, or the cache folder cannot be written.

    Source: Mikolov et al., Distributed Representations of Words and Phrases (2013), equation 6; Bouma, Normalized
    (Pointwise) Mutual Information in Collocation Extraction (2009).
    """
    settings = PhraseSettings(passes, min_count, threshold, scoring, connector_words, delimiter)
    return join_phrases_as_set(corpus, settings, cache_dir=cache_dir)


def find_phrases(
    corpus: EncodedCorpus,
    *,
    passes: int = 1,
    min_count: int = 5,
    threshold: float | None = None,
    scoring: str = "default",
    connector_words: Collection[str] | str = (),
    delimiter: str = "_",
    cache_dir: str | Path | None = None,
) -> list[Phrase]:
    """The phrases that `join_phrases` joins: by pass, then by falling score, then by name."""
    settings = PhraseSettings(passes, min_count, threshold, scoring, connector_words, delimiter)
    return join_phrases_as_set(corpus, settings, cache_dir=cache_dir).phrases()


def join_phrases_as_set(
    corpus: EncodedCorpus,
    settings: PhraseSettings,
    *,
    cache_dir: str | Path | None = None,
    on_block: Callable[[int], None] | None = None,
) -> JoinedCorpus:
    """`join_phrases` with its settings as one object.

    Args:
        corpus: what `encode` gives.
        settings: what makes a phrase.
        cache_dir: by default the user's cache folder, or TORCHW2V_CACHE.
        on_block: called with the number of words in every stretch that was read; each pass reads the text twice.
    """
    root = make_cache_dir(cache_dir)
    key = None
    if not corpus.is_temporary:
        content = json.dumps([_FORMAT, FORMAT, corpus.fingerprint, settings.key()])
        key = hashlib.blake2b(content.encode(), digest_size=16).hexdigest()

    def write(folder: Path) -> None:
        text, found = corpus, list[Phrase]()
        for number in range(1, settings.passes):
            before = len(found)
            text = in_cache(root, None, _Pass(text, settings, number, found, on_block).write, EncodedCorpus)
            if len(found) == before:
                break  # nor would the next pass find any, but for the last, which writes what is kept
        _Pass(text, settings, settings.passes, found, on_block).write(folder)

    return in_cache(root, key, write, JoinedCorpus)


class _Pass:
    """One pass over a text.

    Args:
        corpus: the text, as the pass before has left it.
        settings: what makes a phrase.
        number: of the pass, from 1.
        found: phrases of the passes before, to which this one adds its own.
        on_block: called with the number of words in every stretch that was read.
    """

    def __init__(
        self,
        corpus: EncodedCorpus,
        settings: PhraseSettings,
        number: int,
        found: list[Phrase],
        on_block: Callable[[int], None] | None,
    ) -> None:
        self.corpus = corpus
        self.settings = settings
        self.number = number
        self.found = found
        self.words = corpus.words()
        self.pairs = NeighbouringWords(corpus, _are_among(self.words, settings.connectors), on_block)

    def write(self, folder: Path) -> None:
        import pyarrow as pa

        names, keys, scores = self._find()
        targets, new = self._targets(names)
        joins, total = _Joining(self.pairs, keys, targets).write(folder)
        self.corpus.give_back()
        counts = self._count_anew(keys, targets, joins, len(new))
        self._note(names, scores, joins)
        text = "".join(f"{one.pass_number}\t{one.score!r}\t{one.count}\t{one.name}\n" for one in self.found)
        size = (folder / _FILE).write_bytes(text.encode())
        about = {
            "passes": self.number,
            "different": len({one.name for one in self.found}),
            "joins": sum(one.count for one in self.found),
            "bytes": size,
        }
        words = pa.concat_arrays([self.words, pa.array(new, pa.large_string())])
        write_ranked(folder, words, counts, total, phrases=about)

    def _find(self) -> tuple[list[str], Ids, npt.NDArray[np.float64]]:
        """Names, keys and scores of the pairs that are phrases, in order of their keys."""
        table = KeyCounts()
        for block in self.pairs:
            table.add(block.keys[block.keys >= 0])
        self.corpus.give_back()
        keys, counts = table.take()
        joined = JoinedNames(self.words, self.pairs, self.settings.delimiter)
        named = joined.count(keys, counts)
        score = PhraseScore(self.settings.scoring, self.settings.min_count, named.different, len(self.corpus))
        chosen = np.flatnonzero(score.may_be_phrase(named.of_pairs))
        keys, pairs = keys[chosen], named.of_pairs[chosen]
        first, _, second = self.pairs.split(keys)
        scores = score(named.of_words[first], named.of_words[second], pairs)
        above = scores > self.settings.least_score
        keys = keys[above]
        return joined.of(keys), keys, scores[above]

    def _targets(self, names: list[str]) -> tuple[Ids, list[str]]:
        """The id of each name, and the names that are no words yet; their ids come after those of the words."""
        import pyarrow as pa
        import pyarrow.compute as pc

        wanted = pa.array(names, pa.large_string())
        known = pc.index_in(wanted, value_set=self.words).fill_null(-1).to_numpy(zero_copy_only=False)
        ids = {name: i for name, i in zip(names, known.tolist(), strict=True) if i >= 0}
        new: list[str] = []
        for name in names:
            if name not in ids:
                ids[name] = self.pairs.vocab_size + len(new)
                new.append(name)
        return np.array([ids[name] for name in names], dtype=np.int64), new

    def _count_anew(self, keys: Ids, targets: Ids, joins: Ids, num_new: int) -> Ids:
        """The counts of all words, the new ones behind the old ones."""
        counts = np.concatenate([self.corpus.counts, np.zeros(num_new, dtype=np.int64)])
        first, run, second = self.pairs.split(keys)
        np.subtract.at(counts, first, joins)
        np.subtract.at(counts, second, joins)
        np.add.at(counts, targets, joins)
        for i in np.flatnonzero(run):
            for word in self.pairs.run(int(run[i])):
                counts[word] -= joins[i]
        return counts

    def _note(self, names: list[str], scores: npt.NDArray[np.float64], joins: Ids) -> None:
        best: dict[str, Phrase] = {}
        for name, score, count in zip(names, scores.tolist(), joins.tolist(), strict=True):
            if count:
                before = best.get(name, Phrase(name, score, 0, self.number))
                best[name] = Phrase(name, max(before.score, score), before.count + count, self.number)
        self.found.extend(sorted(best.values(), key=lambda one: (-one.score, one.name)))


class _Joining:
    """Writes a text in which pairs are one word.

    Args:
        pairs: of the text.
        keys: (n,) sorted, of the pairs that are joined.
        targets: (n,) the ids they become.
    """

    def __init__(self, pairs: NeighbouringWords, keys: Ids, targets: Ids) -> None:
        self.pairs = pairs
        self.keys = keys
        self.targets = targets
        first, _, second = pairs.split(keys)
        self.begins, self.ends = (np.zeros(pairs.vocab_size, dtype=np.bool_) for _ in range(2))
        self.begins[first] = self.ends[second] = True

    def write(self, folder: Path) -> tuple[Ids, int]:
        """Put `ids.bin` and `offsets.bin` into the folder; how often each pair was joined, and the words left."""
        joins, total, is_taken = np.zeros(self.keys.size, dtype=np.int64), 0, False
        with (folder / "ids.bin").open("wb") as ids, (folder / "offsets.bin").open("wb") as offsets:
            for block in self.pairs:
                pairs, numbers = self._match(block)
                chosen = _from_the_left(pairs, is_taken)
                numbers = numbers[np.searchsorted(pairs, chosen)]
                joins += np.bincount(numbers, minlength=joins.size)
                keep, new = self._join(block, chosen, numbers, is_taken)
                starts = sentence_starts(self.pairs.corpus, block.start, block.start + block.stop) - block.start
                (np.cumsum(keep)[starts] - 1 + total).astype("<i8").tofile(offsets)
                new = new[keep]
                new.astype("<i4").tofile(ids)
                total += new.size
                is_taken = bool(chosen.size) and int(chosen[-1]) == block.left.size - 1
            np.array([total], dtype="<i8").tofile(offsets)
        return joins, total

    def _match(self, block: Neighbours) -> tuple[Ids, Ids]:
        """Which pairs of a block are to be joined, and where their keys stand among `keys`."""
        if not self.keys.size:
            return np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64)
        pairs = np.flatnonzero(self.begins[block.ids[block.left]] & self.ends[block.ids[block.right]])
        keys = block.keys[pairs]
        numbers = np.minimum(np.searchsorted(self.keys, keys), self.keys.size - 1)
        found = self.keys[numbers] == keys
        return pairs[found], numbers[found]

    def _join(self, block: Neighbours, chosen: Ids, numbers: Ids, is_taken: bool) -> tuple[npt.NDArray[np.bool_], Ids]:
        """Which words of a block stay, and what they are now."""
        left, right = block.left[chosen], block.right[chosen]
        edges = np.zeros(block.ids.size + 1, dtype=np.int8)
        edges[left + 1] = 1
        edges[right + 1] = -1
        keep = np.cumsum(edges[: block.stop], dtype=np.int8) == 0
        if is_taken:
            keep[0] = False
        new = block.ids
        new[left] = self.targets[numbers]
        return keep, new[: block.stop]


def _from_the_left(pairs: Ids, is_taken: bool) -> Ids:
    """Of pairs that follow each other every second one, as a word can be in one only.

    Args:
        pairs: increasing numbers; pair i + 1 begins with the word with which pair i ends.
        is_taken: whether pair -1 was chosen.
    """
    if is_taken:
        pairs = np.concatenate([[-1], pairs])
    begins = np.diff(pairs, prepend=-3) > 1
    first = pairs[begins][np.cumsum(begins) - 1]
    chosen: Ids = pairs[(pairs - first) % 2 == 0]
    return chosen[1:] if is_taken else chosen


def _are_among(words: pa.LargeStringArray, some: Collection[str]) -> npt.NDArray[np.bool_] | None:
    import pyarrow as pa
    import pyarrow.compute as pc

    if not some:
        return None
    found = pc.is_in(words, value_set=pa.array(some, words.type)).to_numpy(zero_copy_only=False)
    return np.asarray(found) if found.any() else None
