"""Copies that each thread has of the rows that are used most.

Of two threads that write to the same row in turn, each has to fetch it from the cache of the other's core, which can
take as long as a whole step. So of the rows of the most frequent words, and of the uppermost nodes of a Huffman tree,
which are on the paths of all words, each thread has copies. After some uses of one it adds what it changed to the
matrix, and takes over what the others added. Where two threads exchange the same row at the same moment, one of them
loses what it added since its last exchange; as with single changes elsewhere, that is too rare to matter.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from torchw2v.kernels.cpu import code
from torchw2v.kernels.cpu.inner import inner_of
from torchw2v.kernels.cpu.plan import Plan

_NEVER = 1 << 62
read_int64, write_int64 = code.read_int64, code.write_int64


class CopyTables(NamedTuple):
    """Of one thread, for one matrix. Addresses.

    Attributes:
        own: the copies.
        seen: what these rows were when they were copied.
        uses: how often each copy was chosen since its last exchange was done or noted; the last number counts for all
            rows without a copy.
        due: for which targets of a tile copies have to be exchanged, in pairs of a target and a copy.
    """

    own: int
    seen: int
    uses: int
    due: int


class CopiedRows(NamedTuple):
    """Rows of a matrix, and the copies of one thread.

    Attributes:
        tables: of the copies.
        first: address of the row whose copy is number 0.
        step: bytes from this row to that whose copy is number 1.
        num: how many rows have copies; 0 if there is one thread.
        most_uses: of a copy before it is exchanged; 2 or more, on which the size of `due` depends.
    """

    tables: CopyTables
    first: int
    step: int
    num: int
    most_uses: int


class CopyFunctions(NamedTuple):
    """Compiled; each takes `CopiedRows`. Paths are chosen target by target, with `use`; words ahead, with `row_of`.

    Attributes:
        exchange_all: (copied): all copies with their rows.
        use: (copied, copy): address of a copy that is used at once; it is exchanged before if it is time.
        row_of: (copied, number, target, uses, noted): address of the copy of a row, or of the row if it has none, where
            copy 0 is that of row 0 and so on; and how many copies are noted then that have to be exchanged before some
            target, perhaps this one.
        exchange_until: (copied, target, done, noted): those noted for targets up to this one; how many are done then.
    """

    exchange_all: Any
    use: Any
    row_of: Any
    exchange_until: Any


def make_copy_functions(plan: Plan) -> CopyFunctions:
    """For rows of this plan."""
    row_bytes = plan.width * plan.block.number_bytes
    exchange, prefetch = code.exchange(plan.block), code.prefetch(plan.block)

    @inner_of(plan)
    def exchange_copy(copied, copy):
        offset = copy * row_bytes
        exchange(copied.first + copy * copied.step, copied.tables.own + offset, copied.tables.seen + offset)

    @inner_of(plan)
    def exchange_all(copied):
        for copy in range(copied.num):
            exchange_copy(copied, copy)
            write_int64(copied.tables.uses, copy, 0)
        write_int64(copied.tables.uses, copied.num, -_NEVER)

    @inner_of(plan)
    def count_uses(copied, copy, uses):
        """Count them; whether the copy is to be exchanged before."""
        all_uses = read_int64(copied.tables.uses, copy) + uses
        is_time = all_uses > copied.most_uses
        write_int64(copied.tables.uses, copy, uses if is_time else all_uses)
        return is_time

    @inner_of(plan)
    def use(copied, copy):
        if count_uses(copied, copy, 1):
            exchange_copy(copied, copy)
        return copied.tables.own + copy * row_bytes

    @inner_of(plan)
    def row_of(copied, number, target, uses, noted):
        # no branch asks whether there is a copy, as none could foretell which words are drawn
        if count_uses(copied, min(number, copied.num), uses):
            write_int64(copied.tables.due, 2 * noted, target)
            write_int64(copied.tables.due, 2 * noted + 1, number)
            noted += 1
        begin = copied.tables.own if number < copied.num else copied.first
        return begin + number * row_bytes, noted

    @inner_of(plan)
    def exchange_until(copied, target, done, noted):
        due = copied.tables.due
        while done < noted and read_int64(due, 2 * done) <= target:
            exchange_copy(copied, read_int64(due, 2 * done + 1))
            done += 1
            if done < noted:
                prefetch(copied.first + read_int64(due, 2 * done + 1) * copied.step)
        return done

    return CopyFunctions(exchange_all, use, row_of, exchange_until)
