"""Vectors as files that other tools open."""

from torchw2v.export.projector import save_projector
from torchw2v.export.safetensors_format import load_safetensors, save_safetensors
from torchw2v.export.word2vec_format import save_word2vec_text

__all__ = ["load_safetensors", "save_projector", "save_safetensors", "save_word2vec_text"]
