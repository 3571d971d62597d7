"""Generated text: the files of this folder are Jinja templates, filled with ``render``.

Their marks are ``[[ … ]]`` and ``[% … %]``, because what they make is often Jinja for dbt.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined


@cache
def _environment(escaped: bool) -> Environment:
    return Environment(
        block_start_string="[%",
        block_end_string="%]",
        variable_start_string="[[",
        variable_end_string="]]",
        comment_start_string="[#",
        comment_end_string="#]",
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        undefined=StrictUndefined,
        autoescape=escaped,
        loader=FileSystemLoader(Path(__file__).parent),
    )


def render(template: str, **values: Any) -> str:
    """A template filled with values; HTML is escaped in a page."""
    return _environment(template.endswith(".html")).get_template(f"{template}.jinja").render(**values)
