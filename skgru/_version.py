"""The version of skgru."""

__version__ = "0.1.0"
