"""What numba compiles: whether it can, where its code is kept, and the loop over the words of a text."""
