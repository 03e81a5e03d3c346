"""What only a page has: pictures, videos and canvases. Imports everywhere, works in a browser."""

from gossamer.browser.pixels import from_pixels, to_pixels

__all__ = ["from_pixels", "to_pixels"]
