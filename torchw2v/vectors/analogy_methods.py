"""Two ways to answer "a is to b as c is to x".

3CosAdd   x = argmax  cos(x, b) − cos(x, a) + cos(x, c)                             Mikolov et al. 2013
3CosMul   x = argmax  cos⁺(x, b) cos⁺(x, c) / (cos⁺(x, a) + ε),  cos⁺ = (1 + cos) / 2    Levy and Goldberg 2014
"""

from __future__ import annotations

from typing import Literal

Method = Literal["3cosadd", "3cosmul"]
METHODS: tuple[Method, ...] = ("3cosadd", "3cosmul")
# so that nothing divides by zero; gensim's
EPSILON = 1e-6
