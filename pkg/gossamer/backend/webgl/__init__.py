"""The `webgl` backend. Only `webgl_backend` and `device` need a browser; the rest runs anywhere."""
