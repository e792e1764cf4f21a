"""Fused passes: sampling, forward, hand-written gradient and update in one loop.

FusedPass      trains the two matrices of a model on a stretch of a corpus
aligned_rows   matrices in the form that it works on

Importing this does not import numba; compiling or calling a FusedPass does.
"""

from torchw2v.kernels.aligned import aligned_rows
from torchw2v.kernels.fused_pass import FusedPass, Totals

__all__ = ["FusedPass", "Totals", "aligned_rows"]
