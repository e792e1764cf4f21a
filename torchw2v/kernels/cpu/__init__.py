"""Fused passes on the CPU, in numba; importing this imports numba."""
