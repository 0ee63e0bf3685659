"""A form over one chapter: saved only if nobody changed that chapter since it was opened.

Others may change other chapters meanwhile, and both get theirs (office_edit.py).
"""

from collections.abc import Callable
from typing import Annotated, TypeAlias

from pydantic import BaseModel, Field

from firmware.config.model import Config
from firmware.contract.errors import ConfigurationRefused, RequestRefused
from webui.deps import Desk
from webui.office_edit import Edit

ChapterOf: TypeAlias = Callable[[Config], object]


class Based(BaseModel):
    """`based_on` is the version of the configuration that the form was filled from."""

    based_on: Annotated[int, Field(ge=1, le=10**9)]


def unchanged(desk: Desk, based_on: int, chapter: ChapterOf, edit: Edit) -> Edit:
    """Return `edit` refusing with `web.changed-meanwhile` when the chapter is another by now.

    Raises NotFound for a version that never was.
    """

    def work(text: str, live: Config) -> str:
        try:
            before = desk.history.check(desk.history.text_of(based_on))
        except ConfigurationRefused:
            raise RequestRefused("web.changed-meanwhile") from None
        if chapter(before) != chapter(live):
            raise RequestRefused("web.changed-meanwhile")
        return edit(text, live)

    return work
