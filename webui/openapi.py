"""Write the API's description for the pages' build: `python -m webui.openapi > FILE`."""

import json
import sys
import tempfile
from pathlib import Path

from webui.app import create_app


def description() -> str:
    """Return the OpenAPI document as it is committed beside the pages."""
    with tempfile.TemporaryDirectory() as state:
        return json.dumps(create_app(Path(state)).openapi(), indent=1, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    sys.stdout.write(description())
