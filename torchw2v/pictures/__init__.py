"""Pictures of what was learnt, for a file or for TensorBoard, which need the package matplotlib; and a page, which
does not.
"""

from torchw2v.pictures.confusion import confusion_picture
from torchw2v.pictures.curves import curves_picture
from torchw2v.pictures.figure import check_pictures_can_be_drawn, picture_pixels, save_picture
from torchw2v.pictures.neighbour_graph import neighbour_graph_picture
from torchw2v.pictures.norms import norms_picture
from torchw2v.pictures.page import write_page
from torchw2v.pictures.plane import plane_picture
from torchw2v.pictures.projections import leading_plane, project
from torchw2v.pictures.weights import weights_picture
from torchw2v.pictures.word_choice import telling_words, with_neighbours
from torchw2v.pictures.words import words_picture

__all__ = [
    "check_pictures_can_be_drawn",
    "confusion_picture",
    "curves_picture",
    "leading_plane",
    "neighbour_graph_picture",
    "norms_picture",
    "picture_pixels",
    "plane_picture",
    "project",
    "save_picture",
    "telling_words",
    "weights_picture",
    "with_neighbours",
    "words_picture",
    "write_page",
]
