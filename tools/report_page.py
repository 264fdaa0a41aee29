"""The text of a report: Markdown as GitHub shows it, from runs and the catalogue of statements."""

import os
import pathlib

from report_catalogue import natural
from report_text import (explanation, html_attribute, link, number, overrides, plain, plural,
                         quoted, table)

ROOT = pathlib.Path(__file__).resolve().parents[1]
FOLDED = 10  # so many checks of a run that all held are folded away
VERDICTS = {"wrong": "wrong", "slip": "slip of the pen", "condition": "lacks a hypothesis",
            "loose": "holds loosely"}
SIGNS = {"<=": "≤", "<": "&lt;", ">=": "≥", ">": "&gt;"}


def verdict(check):
    if not check.is_control:
        return "held" if check.passed else "**FAILED**"
    if not check.passed:
        return "**NOT REFUTED**"
    return "refuted" if check.times is None else f"refuted, {check.times:.2g} ×".replace("-", "−")


def score(checks):
    """Of checks: '3 checks held, 1 FAILED; 2 controls refuted'."""
    parts = []
    for word, good, bad, some in (
            ("check", "held", "FAILED", [c for c in checks if not c.is_control]),
            ("control", "refuted", "NOT REFUTED", [c for c in checks if c.is_control])):
        passed = sum(check.passed for check in some)
        words = [f"{plural(passed, word)} {good}"] if passed else []
        if passed < len(some):
            words.append(f"**{plural(len(some) - passed, word)} {bad}**")
        parts += words
    return ", ".join(parts) or "no checks"


class Page:
    def __init__(self, runs, catalogue, path):
        self.runs = runs
        self.catalogue = catalogue
        self.path = path

    def relative(self, path):
        return pathlib.PurePath(os.path.relpath(path, self.path.parent)).as_posix()

    def tagged(self, label):
        """[(run, check)] that carry the number of a statement."""
        return [(run, check) for run in self.runs for check in run.checks
                if label in check.statements]

    def summary(self):
        checks = [check for run in self.runs for check in run.checks]
        words = [plural(len(self.runs), "run"), score(checks)]
        incomplete = [run.name for run in self.runs if not run.complete]
        if incomplete:
            words.append(f"**not complete: {', '.join(incomplete)}**")
        return "; ".join(words).replace("**", "")

    def text(self, title):
        parts = [f"# {title}", self.opening(), "## Statements", self.statements(), "## Figures",
                 "A control's bound is ten times the tolerance of the claim that it controls; where it "
                 "counts or compares factors, its claim says what. Beside *refuted* stands how many times that bound the wrong formula is off.",
                 self.figures(), "## Wrong as printed", self.misprints(), "## Runs"]
        return "\n\n".join(parts + [self.section(run) for run in self.runs]) + "\n"

    def opening(self):
        text = f"**{self.summary()}.**"
        bad = [run for run in self.runs if not run.good]
        if bad:
            text += " See " + ", ".join(link(run.name) for run in bad) + "."
        papers = "; ".join(f"{name}: {paper}" for name, paper in self.catalogue.papers.items())
        return (text + " A check compares a measured number with a bound from theory. A control runs "
                "a wrong formula, which has to fail: then it is *refuted*.\n\n"
                f"Made by `tools/report.py` from the output files of runs. {papers}.")

    def numbers(self):
        """All statements of the papers that some run speaks of, and all that runs know beside."""
        known = self.catalogue.statements
        used = {label for run in self.runs for check in run.checks for label in check.statements}
        papers = {known[label].paper for label in used & set(known)} or {"Peter"}
        of_papers = {label for label, one in known.items() if one.paper in papers}
        return sorted(used | of_papers, key=natural)

    def statements(self):
        rows = []
        for label in self.numbers():
            one = self.catalogue.statement(label)
            found = self.tagged(label)
            heading = f"**{one.title}**" + (f", {one.paper} {one.place}." if one.place else "")
            names = dict.fromkeys(run.name for run, _ in found)
            links = ", ".join(link(name) for name in names)
            state = score([check for _, check in found]) + " in " + links if found else "**not run**"
            if found and not any(check.is_control for _, check in found):
                state += "; **no control**"
            rows.append([label, f"{heading} {one.text}" if one.title else one.text, state])
        text = table(["", "Statement", "Verdict"], rows)
        shown = {self.catalogue.statement(label).paper for label in self.numbers()}
        for paper in self.catalogue.papers:
            missing = [one.number for one in self.catalogue.statements.values() if one.paper == paper]
            if paper not in shown and missing:
                text += f"\n\n{missing[0]} to {missing[-1]} ({paper}): not run."
        return text

    def figures(self):
        rows = []
        for label in self.numbers():
            above = (None, None)
            for run, check in self.tagged(label):
                place = (label, run.name)
                study = link(run.name) if place != above else ""
                rows.append([label if above[0] is None else "", study, f"`{check.name}`",
                             number(check.measured),
                             f"{SIGNS[check.relation]} {number(check.bound)}", verdict(check)])
                above = place
        return table(["", "Run", "Check", "Measured", "Bound", "Verdict"], rows) if rows else (
            "No check names a statement.")

    def shown_misprints(self):
        """{catalogue's entry or unknown label: [(run, control)]}."""
        shown = {}
        for run in self.runs:
            for check in run.checks:
                for label in filter(None, (one.strip() for one in check.misprint.split(";"))):
                    shown.setdefault(self.catalogue.misprint(label) or label, []).append((run, check))
        return shown

    def misprints(self):
        shown = self.shown_misprints()
        papers = {entry.author for entry in shown if not isinstance(entry, str)} or {"Peter"}
        listed = [entry for entry in self.catalogue.misprints if entry.author in papers]
        known = [entry for entry in listed if any(check.passed for _, check in shown.get(entry, []))]
        missing = [entry for entry in listed if entry not in known]
        lines = [f"Of {len(listed)} places, these {len(known)} are shown by a run:\n"
                 if known else "No run shows a place of the catalogue.\n"]
        lines += [self.misprint(entry) + self.evidence(shown[entry]) for entry in known]
        lines += [f"- **{plain(label)}** (not in the catalogue `docs/statements.toml`)"
                  + self.evidence(shown[label])
                  for label in sorted((one for one in shown if isinstance(one, str)), key=natural)]
        if missing:
            lines.append("\nNone of the runs shows:\n")
            lines += [self.misprint(entry) + self.evidence(shown.get(entry, [])) for entry in missing]
        return "\n".join(lines)

    @staticmethod
    def misprint(entry):
        return (f"- **{entry.author}, {entry.place}**, {VERDICTS.get(entry.verdict, entry.verdict)}."
                f"<br>Printed: {entry.printed}.<br>Right: {entry.right}.<br>{entry.why}")

    @staticmethod
    def evidence(found):
        """A line a control; runs that repeat one of an earlier run are only named."""
        lines, repeated = [], {}
        for run, check in found:
            if check.passed and check.name in repeated:
                repeated[check.name].append(run.name)
                continue
            if check.passed:
                repeated[check.name] = []
            words = verdict(check) if check.is_control or not check.passed else "held"
            lines.append(f"\n  - {link(run.name)}, `{check.name}`: **"
                         f"{number(check.measured)}** ({SIGNS[check.relation]} "
                         f"{number(check.bound)}; {words}): {plain(check.claim)}")
        for name, runs in repeated.items():
            if runs:
                lines.append(f"\n  - `{name}` likewise in {', '.join(link(one) for one in runs)}")
        return "".join(lines)

    def section(self, run):
        parts = [f"### {plain(run.name)}", self.state(run), explanation(run.text)]
        if run.claims:
            parts.append(check_table("Check", run.claims))
        if run.controls:
            parts.append(check_table("Control: a wrong formula", run.controls))
        if run.pictures:
            parts.append("\n".join(
                f'<img src="{self.relative(path)}" width="{width}" '
                f'alt="{html_attribute(title)}" title="{html_attribute(title)}">'
                for path, title, width in run.pictures))
        parts.append(self.provenance(run))
        return "\n\n".join(part for part in parts if part)

    def state(self, run):
        if not run.complete:
            state = f"**NOT COMPLETE: the run's status is \"{plain(run.status)}\"**; "
        else:
            state = ""
        if not run.checks:
            state += "it made **no checks**" if not run.complete else "**no checks**"
        else:
            state += score(run.checks)
        return f"**{plain(run.title)}**: {state}."

    def study(self, run):
        """(how the study file is called on the command line, link to it or just its name)."""
        shipped = ROOT / "studies" / run.study
        if run.study and shipped.is_file():
            name = f"studies/{run.study}"
            if ROOT in self.path.resolve().parents:
                return name, f"[`{name}`]({self.relative(shipped.resolve())})"
            return name, f"`{name}`"
        return run.study, f"`{run.study}`"

    def provenance(self, run):
        name, shown = self.study(run)
        settings = "".join(f" --{key}={quoted(value)}" for key, value in overrides(run))
        start = f"mpirun -n {run.ranks} feller" if run.ranks > 1 else "feller"
        return (f"<sub>{shown}, Feller {run.version} ({run.git_hash}), {plural(run.ranks, 'rank')}, "
                f"{run.date[:10]}. Again: `{start} {name}{settings}`</sub>")


def check_table(head, checks):
    rows = [[f"`{check.name}`" + (f" ({', '.join(check.statements)})" if check.statements else "")
             + f": {plain(check.claim)}", number(check.measured),
             f"{SIGNS[check.relation]} {number(check.bound)}", verdict(check)] for check in checks]
    text = table([head, "Measured", "Bound", "Verdict"], rows)
    if len(checks) < FOLDED or not all(check.passed for check in checks):
        return text
    return f"<details><summary>{score(checks)}</summary>\n\n{text}\n\n</details>"
