"""Who is measured: torchw2v, gensim, fastText, and the loop of the tutorials; each trains with the same settings."""
