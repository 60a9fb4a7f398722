"""Does a translation still say what the English page says?

Each heading has an id that all languages share: `## Train { #train }`. Under a heading of a
translation stands `<!-- en: 1a2b3c4d -->`, a digest of the English section as it was when the
section was translated. Nothing here knows of MkDocs.

    python docs/tools/translations.py check     # say what has drifted
    python docs/tools/translations.py stamp     # after translating: take the English as it is now
"""

from __future__ import annotations

import hashlib
import re
import sys
from dataclasses import dataclass
from pathlib import Path

from lessons import FENCE, LANGUAGES, ROOT

SECTION = re.compile(
    r"^(?P<level>#{1,6}) (?P<title>.+?) \{ ?#(?P<id>[\w-]+) ?\}[ \t]*\n"
    r"(?:<!-- en: (?P<stamp>[0-9a-f]{8}) -->\n)?",
    re.M,
)
BARE_HEADING = re.compile(r"^#{1,6} (?!.*\{ ?#[\w-]+ ?\}[ \t]*$).+$", re.M)


@dataclass(frozen=True)
class Section:
    """A heading with what follows; `stamp` is the digest of its English original."""

    id: str
    level: int
    text: str
    stamp: str

    @property
    def digest(self) -> str:
        return hashlib.sha256(" ".join(self.text.split()).encode()).hexdigest()[:8]

    @property
    def code(self) -> list[str]:
        """Return what no translation changes: the code in its fences."""
        return [f"{fence['kind']} {_code(fence)}" for fence in FENCE.finditer(self.text)]


def sections(markdown: str) -> list[Section]:
    """Cut a page at its headings."""
    text = _outside_code(markdown)
    marks = list(SECTION.finditer(text))
    ends = [mark.start() for mark in marks[1:]] + [len(markdown)]
    return [
        Section(
            mark["id"],
            len(mark["level"]),
            f"{mark['title']}\n{markdown[mark.end() : end]}",
            mark["stamp"] or "",
        )
        for mark, end in zip(marks, ends, strict=True)
    ]


def drift(english: str, translation: str) -> list[str]:
    """Return in words how a translation lags behind; nothing when it is up to date."""
    ours, theirs = sections(english), sections(translation)
    if [(s.id, s.level) for s in ours] != [(s.id, s.level) for s in theirs]:
        return [f"its headings {[s.id for s in theirs]} are not those of English"]
    wrong = [
        f"a heading without an id: {heading}"
        for heading in BARE_HEADING.findall(_outside_code(translation))
    ]
    for one, other in zip(ours, theirs, strict=True):
        if one.code != other.code:
            wrong.append(f"#{one.id}: its code differs from the English one")
        if one.digest != other.stamp:
            wrong.append(f"#{one.id}: the English section has changed since it was translated")
    return wrong


def stamped(english: str, translation: str) -> str:
    """Return a translation with the digests of the English sections as they are now."""
    digests = {section.id: section.digest for section in sections(english)}
    text = _outside_code(translation)
    for mark in reversed(list(SECTION.finditer(text))):
        heading = f"{mark['level']} {mark['title']} {{ #{mark['id']} }}\n"
        stamp = f"<!-- en: {digests[mark['id']]} -->\n" if mark["id"] in digests else ""
        translation = translation[: mark.start()] + heading + stamp + translation[mark.end() :]
    return translation


def pages(lang: str = "en") -> list[str]:
    """Return the pages of a language, such as "start/loop.md"."""
    folder = ROOT / "docs" / lang
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*.md"))


def read(lang: str, page: str) -> str:
    return (ROOT / "docs" / lang / page).read_text(encoding="utf-8")


def _code(fence: re.Match[str]) -> str:
    """Return the part of a fence that is code: of a picture the first line, of a bet its signs."""
    if fence["kind"] == "picture":
        return fence["body"].split("\n")[0]
    if fence["kind"] == "bet":
        return "".join(line[0] for line in fence["body"].splitlines()[1:] if line)
    return fence["body"].strip()


def _outside_code(markdown: str) -> str:
    """Return a page of the same length in which the signs of headings inside code are gone."""
    return FENCE.sub(lambda fence: fence[0].replace("#", "_"), markdown)


def main(command: str) -> int:
    count = 0
    for page in pages():
        for lang in LANGUAGES[1:]:
            path = Path(ROOT / "docs" / lang / page)
            if not path.is_file():
                print(f"docs/{lang}/{page} is missing")
                count += 1
                continue
            if command == "stamp":
                path.write_text(stamped(read("en", page), read(lang, page)), encoding="utf-8")
            for line in drift(read("en", page), read(lang, page)):
                print(f"docs/{lang}/{page}: {line}")
                count += 1
    return min(count, 1)


if __name__ == "__main__":
    if sys.argv[1:] not in (["check"], ["stamp"]):
        sys.exit(__doc__)
    sys.exit(main(sys.argv[1]))
