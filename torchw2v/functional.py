"""The operations as functions, in the manner of `torch.nn.functional`."""

from torchw2v.ops import embedding, log_sigmoid, negative_sampling_loss, packed_negative_sampling_loss, sigmoid

__all__ = ["embedding", "log_sigmoid", "negative_sampling_loss", "packed_negative_sampling_loss", "sigmoid"]
