"""What is in the packages: valid, complete, hardened, and the same bytes whenever it is made."""

import gzip
import os
import pathlib
import re
import subprocess
import tempfile

import packages
from packages import passed
from unit import directives


def run(*command, **options):
    """Runs a command that must succeed and say nothing on standard error; returns its output."""
    done = subprocess.run([str(word) for word in command], capture_output=True, text=True, **options)
    assert done.returncode == 0 and not done.stderr.strip(), f"{command}\n{done.stdout[-2000:]}{done.stderr[-2000:]}"
    return done.stdout


def same_bytes(folder):
    packages.make(folder / "again")
    for file in sorted((folder / "again").iterdir()):
        assert file.read_bytes() == (packages.OUTPUT / file.name).read_bytes(), f"{file.name} differs"
    passed("the same program gives the same bytes")


def manual(root):
    pages = sorted((root / "usr/share/man/man1").glob("*.1.gz"))
    names = {page.name.removesuffix(".1.gz") for page in pages}
    assert {"tollgate", "tollgate-serve", "tollgate-events-list"} <= names
    environment = os.environ | {"LC_ALL": "C.UTF-8", "MANWIDTH": "80"}
    for page in pages:
        text = gzip.decompress(page.read_bytes()).decode()
        run("groff", "-ww", "-man", "-Kutf8", "-Tutf8", input=text)
        shown = run("man", "--warnings", "--local-file", page, env=environment)
        assert "NAME" in shown and "SYNOPSIS" in shown, page
        for other in re.findall(r"^\.BR (\S+) \(1\)", text, re.MULTILINE):
            assert other.replace("\\-", "-") in names, f"{page.name} names {other}"
    passed(f"{len(pages)} man pages without warnings")


def completions(root):
    share = root / "usr/share"
    run("bash", "-n", share / "bash-completion/completions/tollgate")
    run("zsh", "-n", share / "zsh/vendor-completions/_tollgate")
    run("fish", "--no-execute", share / "fish/vendor_completions.d/tollgate.fish")
    script = f". {share}/bash-completion/completions/tollgate; COMP_WORDS=(tollgate par); COMP_CWORD=1; "
    program = f"PATH={root}/usr/bin:$PATH; "
    words = run("bash", "-c", program + script + "_tollgate tollgate par tollgate; printf '%s\\n' \"${COMPREPLY[@]}\"")
    assert "parity" in words.split(), words
    passed("completions for bash, zsh and fish")


def guides(root):
    folder = root / "usr/share/doc/tollgate/guides"
    pages = sorted(folder.glob("*.md"))
    assert {"Installing.md", "Operating.md", "README.md"} <= {page.name for page in pages}
    for page in pages:
        for link in re.findall(r"\]\(([^)#:]+\.(?:md|png))\)", page.read_text()):
            assert (folder / link).exists(), f"{page.name} links to {link}"
    passed(f"{len(pages)} guides whose links lead somewhere")


def contents(root):
    file = root / "usr/share/doc/tollgate/tollgate.spdx.json"
    run("pyspdxtools", "--infile", file)
    text = file.read_text()
    for part in ("GRDB.swift", "swift-nio", "boringssl", "libssl3", "libsqlite3-0"):
        assert f'"name": "{part}"' in text, f"{part} is not in the list"
    assert "hdrhistogram" not in text, "the list has what only the benchmark uses"
    licences = {file.name for file in (root / "usr/share/doc/tollgate/licenses").iterdir()}
    assert {"GRDB.swift", "swift-nio", "swift"} <= licences
    passed("a valid SPDX 2.3 document, and the licences")


def unit(root, folder):
    file = folder / "tollgate.service"
    # Where the programs are that it names.
    text = (root / "lib/systemd/system/tollgate.service").read_text()
    assert (root / "usr/bin/tollgate").exists() and "ExecStart=/usr/bin/tollgate " in text
    text = text.replace("/usr/bin/tollgate", str(root / "usr/bin/tollgate"))
    file.write_text(re.sub(r"^Documentation=man:\S+ ", "Documentation=", text, flags=re.MULTILINE))
    run("systemd-analyze", "verify", "--man=no", file)
    exposure = run("systemd-analyze", "security", "--offline=true", "--no-pager", file)
    level = float(re.search(r"Overall exposure level for \S+: ([\d.]+)", exposure)[1])
    assert level < 2.0, exposure
    assert directives(text)["User"] == ["tollgate"]
    passed(f"the unit is valid, and its exposure is {level}")


def archive(root, folder):
    run("tar", "-xzf", packages.archive(packages.OUTPUT), "-C", folder)
    (unpacked,) = folder.glob("tollgate-*")
    packed = (root / "usr/bin/tollgate").read_bytes()
    assert (unpacked / "bin/tollgate").read_bytes() == packed
    for file in ("LICENSE", "etc/tollgate/routes.json", "lib/sysusers.d/tollgate.conf",
                 "libexec/tollgate/swift-backtrace", "share/man/man1/tollgate.1",
                 "share/zsh/site-functions/_tollgate", "share/doc/tollgate/guides/CHANGELOG.md"):
        assert (unpacked / file).exists(), file
    text = (unpacked / "lib/systemd/system/tollgate.service").read_text()
    assert "ExecStart=/usr/local/bin/tollgate " in text and "/usr/bin/tollgate" not in text
    quiet = os.environ | {"SYSTEMD_LOG_LEVEL": "err"}
    run("systemd-sysusers", "--dry-run", unpacked / "lib/sysusers.d/tollgate.conf", env=quiet)
    passed("the archive has the same program, for /usr/local")


def main():
    package = packages.debian(packages.OUTPUT)
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        root = folder / "root"
        run("dpkg-deb", "--extract", package, root)
        done = subprocess.run(["lintian", "--allow-root", "--fail-on", "error,warning", package])
        assert done.returncode == 0
        passed("lintian has no objection")
        manual(root)
        completions(root)
        guides(root)
        contents(root)
        unit(root, folder)
        archive(root, folder)
        same_bytes(folder)


if __name__ == "__main__":
    main()
