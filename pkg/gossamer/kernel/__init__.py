"""The target-neutral kernel language: what a kernel computes, without saying on what.

`expr` is its expressions, `spec` the skeletons that they fill, `index` turns views into index
expressions, `simplify` cleans up, `mathlib` defines functions that targets lack, `interpret` runs
a spec in NumPy. Imports nothing of gossamer but `dtypes` and `errors`.
"""
