"""Pictures of what was learnt, for a file or for TensorBoard; they need the package matplotlib."""

from torchw2v.pictures.confusion import confusion_picture
from torchw2v.pictures.figure import check_pictures_can_be_drawn, picture_pixels, save_picture
from torchw2v.pictures.leading_plane import leading_plane
from torchw2v.pictures.plane import plane_picture
from torchw2v.pictures.weights import weights_picture

__all__ = [
    "check_pictures_can_be_drawn",
    "confusion_picture",
    "leading_plane",
    "picture_pixels",
    "plane_picture",
    "save_picture",
    "weights_picture",
]
