#!/usr/bin/env python3
"""Does a Feller file open in the tools that others use, from its own attributes alone?

    /usr/bin/python3 tests/external_tools.py FILE.h5

Tries h5py (NeXus rules), xarray with both netCDF engines, and ncdump. Exit status: 0 all is well,
1 something does not open or is not labelled, 77 a tool is missing (the others were tried).
"""

import shutil
import subprocess
import sys

missing = []


class Failure(Exception):
    pass


def require(condition, complaint):
    if not condition:
        raise Failure(complaint)


def names(value):
    """A string attribute that may be one text or several."""
    return [value] if isinstance(value, str) else [str(item) for item in value]


def follow_default(node):
    """From the root to the group that a viewer opens first."""
    while node.attrs.get("NX_class") != "NXdata":
        require("default" in node.attrs, f"{node.name}: no @default")
        node = node[node.attrs["default"]]
    return node


def check_labels(dataset):
    for label in ("units", "long_name"):
        value = dataset.attrs.get(label)
        require(isinstance(value, str) and value, f"{dataset.name}: no @{label}")


def check_plot(group):
    """An NXdata group: signals whose dimensions have labelled axes of the same length."""
    axes = names(group.attrs["axes"])
    signals = [group.attrs["signal"], *names(group.attrs.get("auxiliary_signals", []))]
    for name in signals:
        signal = group[name]
        require(signal.ndim == len(axes), f"{signal.name}: {signal.ndim} dimensions, axes {axes}")
        check_labels(signal)
        for position, axis in enumerate(axes):
            require(group[axis].shape == (signal.shape[position],),
                    f"{signal.name}: axis {axis} has length {group[axis].shape}")
            require(int(group.attrs[f"{axis}_indices"]) == position,
                    f"{group.name}: @{axis}_indices")
            require(signal.dims[position][0] == group[axis], f"{signal.name}: no scale {axis}")
            check_labels(group[axis])
    return f"{signals} over {axes} {group[signals[0]].shape}"


def try_h5py(path):
    import h5py

    with h5py.File(path) as file:
        plots = []

        def visit(_, node):
            if isinstance(node, h5py.Group) and node.attrs.get("NX_class") == "NXdata":
                plots.append(node.name)
                print(f"h5py      {node.name}: {check_plot(node)}")

        file.visititems(visit)
        print(f"h5py      default: {follow_default(file).name}")
        status = file["entry/status"].asstr()[()]
        require(status in ("running", "complete", "failed"), f"status '{status}'")
        print(f"h5py      status: {status}")
        if "checks" in file["entry"]:
            checks = file["entry/checks"]
            lines = checks["name"].asstr()[()].splitlines()
            require(len(lines) == len(checks["measured"]), "checks: names and numbers differ")
            print(f"h5py      checks: {int(checks['passed'][()].sum())} of {len(lines)} held")
        return plots, names(follow_default(file).attrs["axes"])[0]


def try_xarray(path, plots, engine):
    import xarray

    for name in plots:
        with xarray.open_dataset(path, engine=engine, group=name.lstrip("/")) as data:
            data.load()
            signal = data[data.attrs["signal"]]
            for axis in signal.dims:
                require(axis in data.coords, f"{engine} {name}: {axis} is no coordinate")
            require(list(signal.dims) == names(data.attrs["axes"]), f"{engine} {name}: axes")
            print(f"{engine:9} {name}: {dict(signal.sizes)}")


def try_ncdump(path, options):
    result = subprocess.run(["ncdump", *options, path], capture_output=True, text=True)
    complaint = (result.stderr.strip().splitlines() or ["no message"])[-1]
    require(result.returncode == 0, f"ncdump: status {result.returncode}: {complaint}")
    print(f"ncdump    {' '.join(options)}: {len(result.stdout.splitlines())} lines")


def sequences(path):
    """Variables along which snapshots or rows follow each other."""
    import h5py

    with h5py.File(path) as file:
        groups = [g for g in file["entry"].values() if isinstance(g, h5py.Group)]
        return sorted({name for name in ("time", "mode") for g in groups if name in g})


def have(module):
    try:
        __import__(module)
        return True
    except ImportError:
        print(f"skipped: no {module}")
        missing.append(module)
        return False


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__.strip())
    path = sys.argv[1]
    if not have("h5py"):
        return 77
    plots, axis = try_h5py(path)
    require(plots, "no NXdata group")
    if have("xarray"):
        for engine, module in (("netcdf4", "netCDF4"), ("h5netcdf", "h5netcdf")):
            if have(module):
                try_xarray(path, plots, engine)
    if shutil.which("ncdump"):
        try_ncdump(path, ["-h"])
        try_ncdump(path, ["-v", f"{axis},name,claim,status,title"])
    else:
        print("skipped: no ncdump")
        missing.append("ncdump")
    return 77 if missing else 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except Failure as failure:
        sys.exit(f"FAILED: {failure}")
    except Exception as error:
        sys.exit(f"FAILED: {type(error).__name__}: {error}")
