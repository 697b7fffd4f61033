"""The reference server as a thing to start and stop."""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach(
    __name__,
    submod_attrs={
        "app": ["create_app"],
        "local": ["ASGIApp", "LocalServer"],
        "queueing": ["Queue"],
    },
)
