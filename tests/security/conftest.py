"""The served web process of tests/webui, for the tests that try to break into it."""

from tests.webui.conftest import box, fresh, recorded

__all__ = ["box", "fresh", "recorded"]
