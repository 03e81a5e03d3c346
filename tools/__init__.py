"""What build.py is made of: one file a step, standard library only.

build.py calls these, and so do the tests. Nothing here imports gossamer, and gossamer knows
nothing of this folder.
"""
