"""The operations as float64 NumPy loops, written from the equations; they share no code with the package."""
