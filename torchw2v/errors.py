"""What goes wrong on the user's side."""


class InputError(ValueError):
    """A setting or an input cannot be used; the message says, in one line, what, where and what to do."""
