"""What would a browser make of a table?"""

from dataclasses import dataclass, field
from html.parser import HTMLParser

TAGS = ("table", "caption", "thead", "tbody", "tr", "th", "td", "div")


@dataclass
class Table:
    caption: str = ""
    rows: list[list[str]] = field(default_factory=list)


class Reader(HTMLParser):
    """Reads tables that consist of TAGS without attributes, each opened and closed in order."""

    def __init__(self):
        super().__init__()
        self.tables, self.open = [], []

    def handle_starttag(self, tag, attrs):
        assert tag in TAGS, f"there is a <{tag}> in it"
        assert not attrs, f"<{tag}> has {attrs}"
        self.open.append(tag)
        if tag == "table":
            self.tables.append(Table())
        elif tag == "tr":
            self.tables[-1].rows.append([])
        elif tag in ("th", "td"):
            self.tables[-1].rows[-1].append("")

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        inner = self.open[-1] if self.open else ""
        if inner == "caption":
            self.tables[-1].caption += data
        elif inner in ("th", "td"):
            self.tables[-1].rows[-1][-1] += data


def tables(text):
    """Return the tables in a text."""
    reader = Reader()
    reader.feed(text)
    reader.close()
    assert reader.open == []
    return reader.tables
