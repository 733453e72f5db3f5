"""A model's Markdown, drawn without anything that could hide text, move the cursor or make a link lie."""

from __future__ import annotations

import re

from markdown_it import MarkdownIt
from markdown_it.token import Token
from rich.markdown import Markdown

from redshift_migrate.text import visible

_PARSER = MarkdownIt("commonmark", {"html": False}).enable("table").enable("strikethrough")
_FENCE = re.compile(r" {0,3}(`{3,}|~{3,})")


def render_markdown(text: str) -> Markdown:
    """The text as rich draws it. HTML stays text, links show their address, entities cannot smuggle controls in."""
    drawn = Markdown("", hyperlinks=False, code_theme="ansi_dark", inline_code_theme=None)
    drawn.markup = visible(text, None, lines=True)
    drawn.parsed = [_make_visible(token) for token in _PARSER.parse(drawn.markup)]
    return drawn


def split_finished(text: str) -> tuple[str, str]:
    """What of a growing text will not change any more, and the rest: it is split after a blank line outside fences."""
    fence, end, position = "", 0, 0
    for line in text.splitlines(keepends=True):
        position += len(line)
        match = _FENCE.match(line)
        if match and not fence:
            fence = match[1]
        elif match and line.strip().startswith(fence) and not line.strip().strip(fence[0]):
            fence = ""
        elif not fence and not line.strip():
            end = position
    return text[:end], text[end:]


def _make_visible(token: Token) -> Token:
    """The parser has decoded `&#x202e;` by now, so what is shown must be looked at again."""
    token.content = visible(token.content, None, lines=True)
    token.attrs = {name: visible(value) if isinstance(value, str) else value for name, value in token.attrs.items()}
    for child in token.children or ():
        _make_visible(child)
    return token
