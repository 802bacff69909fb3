"""The packages under test: made by the script that `make package` runs, in any version."""

import os
import pathlib
import subprocess

TOP = pathlib.Path(__file__).resolve().parents[2]
DEPLOY = TOP / ".github/deploy"
PROGRAM = TOP / os.environ.get("PROGRAM", pathlib.Path(os.environ.get("SCRATCH", ".build/static")) / "release/tollgate")
OUTPUT = TOP / os.environ.get("OUTPUT", ".build/packages")


def make(output, **variables):
    """Makes both packages of the program that was built before, in a folder; variables are the script's."""
    settings = {"PROGRAM": str(PROGRAM), "OUTPUT": str(output), **variables}
    done = subprocess.run([DEPLOY / "package"], env=os.environ | settings, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return debian(output)


def debian(folder):
    (file,) = pathlib.Path(folder).glob("*.deb")
    return file


def archive(folder):
    (file,) = pathlib.Path(folder).glob("*.tar.gz")
    return file


def version(package):
    return subprocess.check_output(["dpkg-deb", "--field", package, "Version"], text=True).strip()


def passed(what):
    print(f"passed: {what}", flush=True)
