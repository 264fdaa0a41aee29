#!/usr/bin/env python3
"""One page about finished runs: each statement with its checks, the misprints, the plots.

    report.py FILE.h5... --output PAGE.md [--pictures DIR] [--title TEXT] [--no-pictures]

Writes Markdown as GitHub shows it: the statements of docs/statements.toml with the checks that
verify them and the controls, the places where a paper is wrong as printed with the number that
shows it, and a section for each run. Pictures go to DIR (default: PAGE without its ending), drawn
by tools/plot.py. The files keep their order.

Exit status: 0 all checks held, 1 one failed or a run is not complete, 2 wrong use or input, 77 a
Python package is missing.
"""

import argparse
import math
import operator
import pathlib
import sys
from dataclasses import dataclass, field

from plot import h5py
from report_catalogue import Catalogue
from report_page import Page
from report_pictures import draw_pictures

RELATIONS = {"<=": operator.le, "<": operator.lt, ">=": operator.ge, ">": operator.gt}


class Complaint(Exception):
    """In one line."""


class Parser(argparse.ArgumentParser):
    def error(self, message):
        raise Complaint(f"{message} (--help explains)")


@dataclass(frozen=True)
class Check:
    name: str
    claim: str
    measured: float
    relation: str
    bound: float
    is_control: bool
    statements: tuple
    misprint: str

    @property
    def passed(self):
        """Not for NaN. Of a control: the wrong formula failed."""
        return RELATIONS[self.relation](self.measured, self.bound)

    @property
    def times(self):
        """How many times its bound a control is off; None where a bound of 0 gives no scale."""
        beyond = self.bound > 0 if self.relation in (">", ">=") else self.bound < 0
        known = beyond and math.isfinite(self.measured) and math.isfinite(self.bound)
        return self.measured / self.bound if known else None


@dataclass
class Run:
    path: pathlib.Path
    title: str
    status: str
    study: str  # the study file's name
    text: str  # what it says
    version: str
    git_hash: str
    date: str
    ranks: int
    parameters: dict
    checks: list
    pictures: list = field(default_factory=list)  # (path, title, width on the page)

    @property
    def name(self):
        return self.path.stem

    @property
    def claims(self):
        return [check for check in self.checks if not check.is_control]

    @property
    def controls(self):
        return [check for check in self.checks if check.is_control]

    @property
    def complete(self):
        return self.status == "complete"

    @property
    def good(self):
        return self.complete and all(check.passed for check in self.checks)


def text_of(group, name, default=""):
    if name not in group:
        return default
    value = group[name][()]
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)


def lines_of(group, name, count):
    """A line a check; older files have no statements and misprints."""
    lines = text_of(group, name).splitlines()
    return (lines + [""] * count)[:count]


def read_checks(entry):
    if "checks" not in entry:
        return []
    group = entry["checks"]
    names = text_of(group, "name").splitlines()
    columns = [lines_of(group, name, len(names))
               for name in ("claim", "relation", "statement", "misprint")]
    numbers = [group[name][()] for name in ("measured", "bound", "is_control")]
    if any(len(column) != len(names) for column in numbers):
        raise ValueError("the checks' columns differ in length")
    checks = []
    for name, claim, relation, statement, misprint, measured, bound, control in zip(
            names, *columns, *numbers):
        statements = tuple(one.strip() for one in statement.split(",") if one.strip())
        checks.append(Check(name, claim, float(measured), relation, float(bound), bool(control),
                            statements, misprint.strip()))
        if relation not in RELATIONS:
            raise ValueError(f"'{relation}' is no relation of a check")
    return checks


def read_run(path):
    try:
        with h5py.File(path) as file:
            entry, provenance = file["entry"], file["entry/provenance"]
            environment = provenance["environment"]
            return Run(path, text_of(entry, "title"), text_of(entry, "status"),
                       text_of(provenance, "study_file/file_name"),
                       text_of(provenance, "study_file/data"), text_of(provenance, "version"),
                       text_of(environment, "git_hash"), text_of(provenance, "date"),
                       int(environment["mpi_ranks"][()]),
                       {name: text_of(environment, name) for name in environment if "." in name},
                       read_checks(entry))
    except OSError as error:
        raise Complaint(f"{path}: cannot be read: {' '.join(str(error).split())}") from error
    except (KeyError, ValueError, TypeError, AttributeError) as error:
        reason = " ".join(str(error.args[0] if error.args else error).split())
        raise Complaint(f"{path}: not what a run of feller writes: {reason}") from error


def pictures_of(run, folder):
    try:
        return draw_pictures(run.path, folder)
    except (KeyError, ValueError, IndexError) as error:
        raise Complaint(f"{run.path}: its plots cannot be drawn: {error}") from error


def arguments():
    parser = Parser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("files", metavar="FILE.h5", nargs="+", type=pathlib.Path)
    parser.add_argument("--output", metavar="PAGE.md", type=pathlib.Path, required=True)
    parser.add_argument("--pictures", metavar="DIR", type=pathlib.Path,
                        help="folder of the pictures (default: PAGE without .md)")
    parser.add_argument("--no-pictures", action="store_true", help="text alone")
    parser.add_argument("--title", metavar="TEXT", default="What the runs verified")
    options = parser.parse_args()
    stems = [path.stem for path in options.files]
    for stem in stems:
        if stems.count(stem) > 1:
            raise Complaint(f"{stem}.h5 is given more than once; runs go by the names of their files")
    options.pictures = options.pictures or options.output.with_suffix("")
    if options.pictures == options.output:
        raise Complaint(f"{options.output}: the page is to end in .md, or give --pictures DIR")
    return options


def main():
    options = arguments()
    runs = [read_run(path) for path in options.files]
    options.output.parent.mkdir(parents=True, exist_ok=True)
    if not options.no_pictures:
        for run in runs:
            run.pictures = pictures_of(run, options.pictures)
    page = Page(runs, Catalogue(), options.output)
    options.output.write_text(page.text(options.title), encoding="utf-8")
    print(f"{options.output}: {page.summary()}")
    return 0 if all(run.good for run in runs) else 1


if __name__ == "__main__":
    try:
        sys.exit(main())
    except (Complaint, OSError) as error:
        print(f"report.py: {error}", file=sys.stderr)
        sys.exit(2)
