"""Vectors as points of a plane."""

from torchw2v.pictures.projections.by_name import METHODS, Method, project
from torchw2v.pictures.projections.leading_plane import leading_plane
from torchw2v.pictures.projections.tsne import tsne_plane
from torchw2v.pictures.projections.umap import umap_plane

__all__ = ["METHODS", "Method", "leading_plane", "project", "tsne_plane", "umap_plane"]
