"""Word vectors as one HTML file to look around in."""

from torchw2v.pictures.page.write import write_page

__all__ = ["write_page"]
