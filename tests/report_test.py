#!/usr/bin/env python3
"""Tests tools/report.py on runs of the program and on files made here.

    /usr/bin/python3 tests/report_test.py FELLER FOLDER

Exit status: 0 all is well, 1 something is not, 77 a Python package is missing.
"""

import pathlib
import re
import shutil
import subprocess
import sys

SOURCE = pathlib.Path(__file__).resolve().parents[1]
sys.path.insert(0, str(SOURCE / "tools"))
from plot import h5py, np  # noqa: E402 (exits with 77 where they are missing)
from report_catalogue import Catalogue  # noqa: E402


def require(condition, complaint):
    if not condition:
        sys.exit(f"report_test.py: {complaint}")


class Bench:
    """A folder to run the program and the tool in."""

    def __init__(self, feller, folder):
        self.program, self.folder = pathlib.Path(feller).resolve(), pathlib.Path(folder).resolve()
        shutil.rmtree(self.folder, ignore_errors=True)
        self.folder.mkdir(parents=True)

    def run(self, study, name, *settings):
        """A run of the program; its status."""
        command = [self.program, SOURCE / "studies" / f"{study}.ini", f"--study.output={name}",
                   *(f"--{setting}" for setting in settings)]
        return subprocess.run(command, cwd=self.folder, stdin=subprocess.DEVNULL,
                              capture_output=True, check=False).returncode

    def report(self, *files, options=()):
        """(status, page, complaint)."""
        page = self.folder / "page.md"
        page.unlink(missing_ok=True)
        command = [sys.executable, SOURCE / "tools/report.py", *files, "--output", page, *options]
        done = subprocess.run(command, cwd=self.folder, text=True, capture_output=True, check=False)
        require("Traceback" not in done.stderr, done.stderr)
        return done.returncode, page.read_text() if page.exists() else None, done.stderr

    def file(self, name, checks, status="complete", older=False):
        """A file as a run leaves it. A check: name, claim, measured, relation, bound, control,
        statement, misprint."""
        with h5py.File(self.folder / name, "w") as file:
            entry = file.create_group("entry")
            entry["title"], entry["status"] = "Made | by *hand*", status
            provenance = entry.create_group("provenance")
            provenance["version"], provenance["date"] = "0.1.0", "2026-11-22T16:47:22+0000"
            provenance["study_file/file_name"] = "mine.ini"
            provenance["study_file/data"] = "# It shows a thing:\n#\n#     a < b\n[time]\nstep = 0.1\n"
            environment = provenance.create_group("environment")
            environment["git_hash"], environment["mpi_ranks"] = "abc", 3
            environment["time.step"] = 0.05
            if not checks:
                return name
            columns = list(zip(*checks))
            texts = {"name": 0, "claim": 1, "relation": 3, "statement": 6, "misprint": 7}
            for key, place in texts.items():
                if not older or place < 6:
                    entry[f"checks/{key}"] = "".join(f"{line}\n" for line in columns[place])
            for key, place in {"measured": 2, "bound": 4, "is_control": 5}.items():
                entry[f"checks/{key}"] = np.array(columns[place], dtype=float)
        return name


HELD = ("mass", "|m_1| < $2$ *stars*", 1e-15, "<=", 1e-12, 0, "V3", "")
FAILED = ("moments", "a limit", 0.5, "<=", 0.1, 0, "V9", "")
UNDEFINED = ("entropy", "of what is negative", float("nan"), "<=", 0.1, 0, "V3", "")
CONTROL = ("control_sign", "the printed sign", 0.29, ">", 1e-3, 1, "V9", "Peter 2023, eq. (24)")
HARMLESS = ("control_none", "no harm", 0.0, ">", 1e-3, 1, "V9", "Peter 2023, (12)")
UNKNOWN = ("control_other", "elsewhere", 5.0, ">", 1.0, 1, "V99", "Somebody 1999, (3)")


def has(page, *texts):
    for text in texts:
        require(text in page, f"the page lacks '{text}':\n{page}")


def section(page, head):
    return re.split(r"^##+ ", page.split(f"# {head}\n", 1)[1], maxsplit=1, flags=re.MULTILINE)[0]


def test_labels():
    catalogue = Catalogue()
    for label, place in (("Peter 2023, (24)", "(24)"), ("Peter, Eq. (24)", "(24)"),
                         ("Peter 2023, (14)", "(13)-(15)"), ("Peter 2023, (13)–(15)", "(13)-(15)"),
                         ("Peter 2023, Prop. 1", "(10)"), ("Peter 2023, Prop. 4", "Proposition 4"),
                         ("Peter 2023, (19)", "(18)"), ("Peter 2023, (22)", "(5)"),
                         ("Peter 2023, section 4.2 (guidance is a standard normal noise sample)",
                          "section 4.2 (guidance is a standard normal noise sample)"),
                         ("Peter 2023, Sec. 3.2 (generative reversal)",
                          "section 3.2 (backward equation as generative reversal)"),
                         ("McAllester, (23)", "(23)")):
        found = catalogue.misprint(label)
        require(found and found.place == place, f"{label} is taken for {found and found.label}")
    for label in ("Peter 2023, (99)", "Nobody 1999, (24)", "", "Peter 2023",
                  "Peter 2023, section 3.2 (something else)"):
        require(catalogue.misprint(label) is None, f"'{label}' is taken for a known misprint")
    for entry in catalogue.misprints:
        require(catalogue.misprint(entry.label) is entry, f"{entry.label} does not find itself")


def test_runs(bench):
    """Real runs: two that hold, one that fails."""
    short = ("time.end=0.5", "time.outputs=0,0.5")
    require(bench.run("duality", "duality.h5", "grid.cells=200", *short) == 0, "duality")
    require(bench.run("lyapunov", "lyapunov.h5", "grid.cells=100", *short) == 0, "lyapunov")
    status, page, _ = bench.report("duality.h5", "lyapunov.h5")
    require(status == 0, f"status {status} of runs that held")
    has(page, "**2 runs; ", "| V7 | ", "**not run**", "[duality](#duality) | `duality` | ",
        "V13 to V20 (McAllester): not run.", "\\| / (max\\|g\\| mass)", "--grid.cells=200",
        "--time.end=0.5", "Feller 0.1.0", "<details>")
    printed = section(page, "Wrong as printed")
    has(printed, "**Peter, (24)**, wrong.", "`control_sign`: **", "None of the runs shows:")
    require(printed.index("`control_sampler`") < printed.index("None of the runs"), "order")
    for picture in re.findall(r'src="([^"]+)"', page):
        require((bench.folder / picture).stat().st_size > 1000, f"{picture} is no picture")
    require(page.count("<img") >= 6, "pictures are missing")
    pictures = {path: path.read_bytes() for path in (bench.folder / "page").iterdir()}
    require(bench.report("duality.h5", "lyapunov.h5")[1] == page, "the page changes when made anew")
    require(all(path.read_bytes() == drawn for path, drawn in pictures.items()), "pictures change")
    wrong = ("problem.drift=x", "grid.cells=100", "time.step=0.1", *short)
    require(bench.run("ornstein_uhlenbeck", "wrong.h5", *wrong) == 1, "the reversed drift held")
    status, page, _ = bench.report("duality.h5", "wrong.h5")
    require(status == 1, f"status {status} with a check that failed")
    has(page, " FAILED", "See [wrong](#wrong).", "--problem.drift=x")
    require(re.search(r"`accuracy`: .*\| \*\*FAILED\*\* \|", page), "which check failed is not seen")


def test_statements(bench):
    """Studies name the statements that they verify."""
    image = f"problem.image={SOURCE / 'tests/images/cat.png'}"
    steps = ("time.end=2", "time.outputs=0,2", "observe.spectral_gap=false")
    require(bench.run("osmosis_cat", "osmosis.h5", image, *steps) == 0, "osmosis_cat")
    require(bench.run("semigroup", "semigroup.h5", "grid.cells=100") == 0, "semigroup")
    page = bench.report("osmosis.h5", "semigroup.h5", "lyapunov.h5", options=["--no-pictures"])[1]
    has(page, "`lyapunov_red` (V11): ", "`mass_red` (V11): ", "`forward` (V2): ", "`backward`: ",
        "`control_step_forward` (V2): ", "`relative_entropy` (V4): ", "`identity_hellinger`: ")
    require("<img" not in page, "pictures that nobody asked for")


def test_made(bench):
    good = bench.file("good.h5", [HELD, CONTROL, UNKNOWN])
    status, page, _ = bench.report(good, options=["--title", "Mine"])
    require(status == 0, f"status {status}")
    has(page, "# Mine\n", "**1 run; 1 check held, 2 controls refuted.**", "**Made \\| by \\*hand\\***",
        "`mass` (V3): \\|m\\_1\\| &lt; &#36;2&#36; \\*stars\\*", "It shows a thing:",
        "```text\na < b\n```", "refuted, 2.9e+02 ×", "--time.step=0.05", "3 ranks, 2026-11-22",
        "V99 | Not in the catalogue", "**Somebody 1999, (3)** (not in the catalogue")
    order = [page.index(f"\n| {label} | ") for label in ("V3", "V9", "V12", "V99")]
    require(order == sorted(order), "statements are out of order")
    bad = bench.file("bad.h5", [HELD, FAILED, UNDEFINED, HARMLESS])
    status, page, _ = bench.report(good, bad)
    require(status == 1, f"status {status} of checks that failed")
    has(page, "2 checks FAILED", "1 control NOT REFUTED", "| undefined | ≤ 0.1 | **FAILED** |",
        "| 0 | &gt; 0.001 | **NOT REFUTED** |", "See [bad](#bad).")
    printed = section(page, "Wrong as printed")
    require(printed.index("`control_sign`") < printed.index("None of the runs")
            < printed.index("`control_none`"), "a control that held shows a misprint")
    require(bench.report(bench.file("one.h5", [HARMLESS]))[0] == 1, "a control that held")
    page = bench.report(bench.file("Step=0.5.h5", [HELD]))[1]
    has(page, "1 check held in [Step=0.5](#step05); **no control** |", "### Step=0.5\n")
    old = bench.file("old.h5", [HELD, CONTROL], older=True)
    status, page, _ = bench.report(old)
    require(status == 0, f"status {status} of an older file")
    has(page, "No check names a statement.", "`mass`: ")


def test_incomplete(bench):
    for status in ("running", "failed", "interrupted"):
        file = bench.file(f"{status}.h5", [HELD] if status == "failed" else [], status)
        found, page, _ = bench.report(file)
        require(found == 1, f"status {found} of a run that is {status}")
        has(page, f'**NOT COMPLETE: the run\'s status is "{status}"**', f"not complete: {status}.")
    status, page, _ = bench.report(bench.file("bare.h5", []))
    require(status == 0, f"status {status} of a run without checks")
    has(page, "**no checks**")


def test_bad_input(bench):
    good = bench.file("good.h5", [HELD])
    (bench.folder / "text.h5").write_text("no HDF5")
    with h5py.File(bench.folder / "other.h5", "w") as file:
        file["x"] = 1
    shapeless = bench.file("shapeless.h5", [HELD])
    with h5py.File(bench.folder / shapeless, "r+") as file:
        file.create_group("entry/table").attrs["NX_class"] = "NXdata"
    bench.file("odd.h5", [(*HELD[:3], "~", *HELD[4:])])
    torn = bench.file("torn.h5", [HELD, CONTROL])
    with h5py.File(bench.folder / torn, "r+") as file:
        del file["entry/checks/bound"]
    for files, words in ((["none.h5"], "none.h5: cannot be read"), (["text.h5"], "cannot be read"),
                         (["other.h5"], "not what a run of feller writes"), ([], "--help"),
                         (["odd.h5"], "'~' is no relation"), ([torn], "not what a run of feller"),
                         (["shapeless.h5"], "its plots cannot be drawn"),
                         ([good, good], "more than once")):
        status, page, complaint = bench.report(*files)
        require(status == 2, f"{files}: status {status}")
        require(page is None, f"{files}: a page was written")
        require(complaint.startswith("report.py: ") and complaint.count("\n") == 1
                and words in complaint, f"{files}: {complaint}")


def main():
    bench = Bench(*sys.argv[1:])
    test_labels()
    test_runs(bench)
    test_statements(bench)
    test_made(bench)
    test_incomplete(bench)
    test_bad_input(bench)


if __name__ == "__main__":
    main()
