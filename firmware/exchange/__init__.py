"""The process that decides: cards and switch report to it, calls run in it, the page asks it."""
