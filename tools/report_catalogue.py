"""The statements that checks verify and the misprints that controls show: docs/statements.toml.

A check names them by labels, "V3" and "Peter 2023, (24)"; labels that are not in the catalogue are
no error, they just bring no text.
"""

import dataclasses
import pathlib
import re
import sys

try:
    import tomllib
except ImportError as error:
    print(f"report.py: {error} (Python 3.11 has it)", file=sys.stderr)
    sys.exit(77)  # what the tests take for skipped

FILE = pathlib.Path(__file__).resolve().parents[1] / "docs/statements.toml"


@dataclasses.dataclass(frozen=True)
class Statement:
    number: str
    paper: str = ""
    place: str = ""
    title: str = ""
    text: str = "Not in the catalogue `docs/statements.toml`."


@dataclasses.dataclass(frozen=True)
class Misprint:
    label: str
    verdict: str
    printed: str
    right: str
    why: str
    also: tuple = ()

    @property
    def author(self):
        return self.label.split()[0].strip(",")

    @property
    def place(self):
        """Where it is in the paper: the label without author and year."""
        return self.label.split(", ", 1)[-1]


def natural(text):
    """A key that sorts V2 before V10."""
    return [int(part) if part.isdigit() else part.lower() for part in re.split(r"(\d+)", text)]


def places(label):
    """What a label points at: {"24"}, {"13", "14", "15"}, {"section 3.2"}, {"proposition 4"}."""
    text = re.sub(r"\s+", " ", label.lower().replace("–", "-"))
    found = {f"{word} {number}" for word, number in
             re.findall(r"\b(section|proposition|property) (\d+(?:\.\d+)*)",
                        re.sub(r"\bprop\. ?", "proposition ", re.sub(r"\bsec(t?)\. ?", "section ",
                                                                     text)))}
    if found:
        return found  # equations in the words beside them only explain
    for first, last in re.findall(r"\((\d+)\)(?: ?- ?\((\d+)\))?", text):
        found |= {str(number) for number in range(int(first), int(last or first) + 1)}
    return found


def words(label):
    """The words in brackets after a place, which tell two misprints of one section apart."""
    inside = re.search(r"\((?=[^)]*[a-z])(.*)\)", label.lower())
    return set(re.findall(r"[a-z]{4,}", inside.group(1))) if inside else set()


class Catalogue:
    def __init__(self, path=FILE):
        read = tomllib.loads(path.read_text(encoding="utf-8"))
        self.papers = read["papers"]
        self.statements = {one["number"]: Statement(**one) for one in read["statement"]}
        self.misprints = [Misprint(**{**one, "also": tuple(one.get("also", ()))})
                          for one in read["misprint"]]

    def statement(self, number):
        return self.statements.get(number) or Statement(number)

    def misprint(self, label):
        """The misprint that a label means, or None. Spelling, years and ranges may differ."""
        author = label.split()[0].strip(",").lower() if label.split() else ""
        best, best_match = None, (0, 0)
        for entry in self.misprints:
            if entry.author.lower() != author:
                continue
            for name in (entry.label, *entry.also):
                match = self._match(label, name)
                if match > best_match:
                    best, best_match = entry, match
        return best

    @staticmethod
    def _match(label, name):
        """(share of places in common, words in common); (0, 0) if they mean different things."""
        ours, theirs = places(label), places(name)
        common = len(ours & theirs)
        alike = len(words(label) & words(name))
        if common == 0 or (words(label) and words(name) and alike == 0):
            return 0, 0
        return common / len(ours | theirs), alike
