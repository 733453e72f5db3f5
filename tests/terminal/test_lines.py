"""Whatever bytes come in, lines come out."""

from __future__ import annotations

import io

import pytest

from redshift_migrate.terminal.lines import LONGEST_PROMPT, Line, prompt_of, read_lines


def lines_of(data: bytes) -> list[Line]:
    return list(read_lines(io.BytesIO(data)))


def test_blank_lines_and_comments_are_skipped_and_the_last_needs_no_newline() -> None:
    found = lines_of(b"\n# a comment\n  \nfirst\r\n\t\nlast")

    assert [(line.number, line.text) for line in found] == [(4, "first"), (6, "last")]


@pytest.mark.parametrize(
    ("data", "text", "told"),
    [
        pytest.param(b"\xef\xbb\xbflist", "list", False, id="byte order mark"),
        pytest.param(b"li\x00st", "li\\u{0}st", True, id="NUL"),
        pytest.param(b"\xff\xfelist", "��list", True, id="not UTF-8"),
        pytest.param(b"\xed\xa0\x80list", "���list", True, id="surrogate"),
        pytest.param("a\u202eb".encode(), "a\\u{202e}b", True, id="bidi"),
        pytest.param(b"\x1b]0;title\x07list", "\\u{1b}]0;title\\u{7}list", True, id="escape sequence"),
        pytest.param(b"a\tb", "a b", False, id="tab"),
        pytest.param("lösche – 列出".encode(), "lösche – 列出", False, id="other scripts"),
    ],
)
def test_every_line_becomes_printable_text(data: bytes, text: str, told: bool) -> None:
    [line] = lines_of(data)

    assert line.text == text
    assert bool(line.notice) is told


def test_a_line_that_is_too_long_is_refused_and_the_next_one_read() -> None:
    long, next_ = lines_of(b"x" * 500_000 + b"\n" + b"list clusters\n")

    assert (long.text, bool(long.refused)) == ("", True)
    assert (next_.number, next_.text) == (2, "list clusters")


def test_the_longest_prompt_is_taken_even_in_four_byte_characters() -> None:
    [line] = lines_of(("🐘" * LONGEST_PROMPT).encode() + b"\r\n")

    assert len(line.text) == LONGEST_PROMPT


def test_a_prompt_given_whole_keeps_its_line_breaks() -> None:
    assert prompt_of("one\ntwo\udc80\n").text == "one\ntwo\\u{dc80}"
