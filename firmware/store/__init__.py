"""What is kept: tipring.db, written by the exchange alone, read by the page."""

import sys

if "numpy" not in sys.modules:
    # sqlite-utils loads numpy where it finds it, for types we never store: 12 MB a process.
    sys.modules["numpy"] = None  # type: ignore[assignment]
    import sqlite_utils

    del sys.modules["numpy"], sqlite_utils
