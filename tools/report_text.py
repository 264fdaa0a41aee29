"""Pieces of Markdown and of study files, for the pages of tools/report.py."""

import math
import re


def plain(text):
    """Text of a run: what Markdown would take for markup stays what it is."""
    text = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    text = re.sub(r"([\\`*_\[\]|~])", r"\\\1", text)
    return text.replace("$", "&#36;")


def link(heading):
    """To a section of the page, by the anchor that GitHub gives its heading."""
    anchor = re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")
    return f"[{plain(heading)}](#{anchor})"


def number(value):
    if math.isnan(value):
        return "undefined"
    return f"{value:.4g}".replace("-", "−")


def plural(count, word):
    return f"{count} {word}" if count == 1 else f"{count} {word}s"


def table(heads, rows):
    lines = [heads, [":---"] * len(heads), *rows]
    return "\n".join("| " + " | ".join(cells) + " |" for cells in lines)


def html_attribute(text):
    return text.replace("&", "&amp;").replace('"', "&quot;").replace("<", "&lt;")


def explanation(text):
    """The comment that a study file opens with: paragraphs, and indented lines as they are."""
    lines = []
    for line in text.splitlines():
        if not line.startswith("#"):
            break
        lines.append(line[1:].removeprefix(" ").rstrip())
    blocks = []
    for line in lines:
        kind = "" if not line else "code" if line.startswith("    ") else "text"
        if blocks and blocks[-1][0] == kind:
            blocks[-1][1].append(line)
        else:
            blocks.append((kind, [line]))
    return "\n\n".join(
        "```text\n" + "\n".join(part[4:] for part in block) + "\n```" if kind == "code"
        else plain("\n".join(block)) for kind, block in blocks if kind)


def same(written, used):
    """A setting as written in the study file and as the run used it."""
    written, used = (re.sub(r"\s", "", text) for text in (written, used))
    try:
        return float(written) == float(used)
    except ValueError:
        return written == used or used.endswith(f"/{written}")


def overrides(run):
    """[(key, value)] that the study file sets otherwise; one that it does not set is not seen."""
    found, section = [], ""
    for line in run.text.splitlines():
        line = line.split("#")[0].strip()
        if line.startswith("["):
            section = line.strip("[]")
        elif "=" in line:
            name, written = (part.strip() for part in line.split("=", 1))
            key = f"{section}.{name}"
            used = run.parameters.get(key, written)
            if key != "study.output" and not same(written, used):
                found.append((key, used))
    return found


def quoted(value):
    return value if re.fullmatch(r"[\w.,:/+=-]+", value) else "'" + value + "'"
