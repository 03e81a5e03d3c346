"""Whether a module has all that Keras's has, with the same arguments."""

import inspect


def members(module):
    """A module's public classes and functions, by name."""
    return {
        name: member
        for name, member in vars(module).items()
        if not name.startswith("_") and not inspect.ismodule(member)
    }


def arguments(member):
    """Names of arguments with their defaults, in order."""
    given = inspect.signature(member).parameters.values()
    return [(one.name, one.kind, one.default) for one in given if one.name != "cls"]
