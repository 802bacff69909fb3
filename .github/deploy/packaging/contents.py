"""Writes what the program is made of: an SPDX 2.3 document, the licences of all parts, and Debian's copyright file.

Usage: contents.py PROGRAM SCRATCH VERSION FOLDER, in the repository's top folder, after the static build in SCRATCH.
SOURCE_DATE_EPOCH is the document's time.
"""

import datetime
import hashlib
import json
import os
import pathlib
import re
import subprocess
import sys

LICENSES = {
    "Apache-2.0": "Apache License",
    "MIT": "Permission is hereby granted, free of charge",
    "BSD-3-Clause": "Redistributions in binary form must reproduce",
}
UNKNOWN = "NOASSERTION"

# C code that packages carry with them: its name and licence, and where a checkout says which version it is.
CARRIED = [
    ("boringssl", "Apache-2.0", "Sources/CNIOBoringSSL/hash.txt", r"revision (\w+)"),
    ("llhttp", "MIT", "Sources/CNIOLLHTTP/include/c_nio_llhttp.h", r"LLHTTP_VERSION_(?:MAJOR|MINOR|PATCH) (\d+)"),
    ("zlib", "Zlib", "Sources/CNIOExtrasZlib/include/nioextras-zlib.h", r'ZLIB_VERSION "([\d.]+)'),
]


def output(*command):
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def commit_time():
    return datetime.datetime.fromtimestamp(int(os.environ["SOURCE_DATE_EPOCH"]), datetime.timezone.utc)


def linked_checkouts(scratch):
    """Names of the packages that have an object file in the program."""
    release = (scratch / "release").resolve()
    objects = (release / "tollgate.product/Objects.LinkFileList").read_text()
    found = set()
    for module in set(re.findall(r"/([^/\s]+\.build)/", objects)):
        notes = [release / module / "output-file-map.json", *(release / module).rglob("*.d")]
        for note in filter(pathlib.Path.exists, notes):
            if match := re.search(r"/checkouts/([^/\\]+)", note.read_text()):
                found.add(match[1])
                break
    return found


def license_of(text):
    """The licence that a text is, by the sentence that only this licence has."""
    name = next((name for name, sentence in LICENSES.items() if sentence in text), UNKNOWN)
    swift = "Runtime Library Exception" in text
    return "Apache-2.0 WITH Swift-exception" if name == "Apache-2.0" and swift else name


def texts(folder):
    """Licence and notices at the top of a package."""
    files = sorted(file for file in folder.iterdir() if re.match(r"(?i)(licen[sc]e|notice|copying)", file.name))
    if not files:
        sys.exit(f"{folder}: no licence was found")
    return "\n".join(file.read_text() for file in files if file.is_file())


def package(name, version, license, location=UNKNOWN, reference=None):
    entry = {
        "SPDXID": "SPDXRef-" + re.sub(r"[^A-Za-z0-9.-]", "-", name),
        "name": name,
        "versionInfo": version,
        "downloadLocation": location,
        "filesAnalyzed": False,
        "licenseConcluded": license,
        "licenseDeclared": license,
        "copyrightText": UNKNOWN,
    }
    if reference:
        entry["externalRefs"] = [
            {"referenceCategory": "PACKAGE-MANAGER", "referenceType": "purl", "referenceLocator": reference}
        ]
    return entry


def swift_packages(scratch, licenses):
    """The packages linked into the program, at the revisions of this build."""
    linked = linked_checkouts(scratch)
    pins = json.loads(pathlib.Path("Package.resolved").read_text())["pins"]
    by_checkout = {pathlib.PurePosixPath(pin["location"]).stem: pin for pin in pins}
    by_checkout = {name.removesuffix(".git"): pin for name, pin in by_checkout.items()}
    for checkout in sorted(linked, key=str.lower):
        pin = by_checkout.get(checkout) or by_checkout[pathlib.PurePosixPath(checkout).stem]
        version, revision = pin["state"].get("version", pin["state"]["revision"]), pin["state"]["revision"]
        text = texts(scratch / "checkouts" / checkout)
        (licenses / checkout).write_text(text)
        address = pin["location"].removesuffix(".git")
        yield package(
            checkout,
            version,
            license_of(text),
            f"git+{pin['location']}@{revision}",
            f"pkg:swift/{address.removeprefix('https://')}@{version}",
        )
        for name, license, file, pattern in CARRIED:
            note = scratch / "checkouts" / checkout / file
            if note.exists():
                yield package(name, ".".join(re.findall(pattern, note.read_text())), license)


def toolchain(licenses):
    """Swift's standard library and Foundation, which the static build links in."""
    version = re.search(r"Swift version (\S+)", output("swift", "--version"))[1]
    compiler = pathlib.Path(output("which", "swift").strip()).resolve()
    text = (compiler.parents[1] / "share/swift/LICENSE.txt").read_text()
    (licenses / "swift").write_text(text)
    return package("swift", version, license_of(text), "https://www.swift.org/install")


def system_packages(program):
    """Debian's packages with the libraries that the program asks for when it starts."""
    needed = re.findall(r"\(NEEDED\).*\[(.+)\]", output("readelf", "--dynamic", "--wide", str(program)))
    places = dict(re.findall(r"(\S+) => (\S+)", output("ldd", str(program))))
    owners = set()
    for library in needed:
        place = os.path.realpath(places.get(library, library))
        candidates = [place, place.removeprefix("/usr")]
        found = subprocess.run(["dpkg", "-S", *candidates], capture_output=True, text=True).stdout
        if owner := re.match(r"([^:,\s]+)", found):
            owners.add(owner[1])
        elif library in places:
            sys.exit(f"{library}: no package of this system has it")
    architecture = output("dpkg", "--print-architecture").strip()
    for owner in sorted(owners):
        version = output("dpkg-query", "-W", "-f", "${Version}\n", owner).splitlines()[0]
        locator = f"pkg:deb/debian/{owner}@{version.replace(':', '%3A')}?arch={architecture}"
        yield package(owner, version, UNKNOWN, reference=locator)


def document(program, version, inside, beside):
    digest = hashlib.sha256(program.read_bytes()).hexdigest()
    ours = package("tollgate", version, "Apache-2.0")
    relationships = [("SPDXRef-DOCUMENT", "DESCRIBES", ours["SPDXID"])]
    relationships += [(ours["SPDXID"], "STATIC_LINK", part["SPDXID"]) for part in inside]
    relationships += [(ours["SPDXID"], "DYNAMIC_LINK", part["SPDXID"]) for part in beside]
    return {
        "spdxVersion": "SPDX-2.3",
        "dataLicense": "CC0-1.0",
        "SPDXID": "SPDXRef-DOCUMENT",
        "name": f"tollgate-{version}",
        "documentNamespace": f"https://spdx.org/spdxdocs/tollgate-{version}-{digest[:32]}",
        "creationInfo": {
            "created": commit_time().strftime("%Y-%m-%dT%H:%M:%SZ"),
            "creators": ["Organization: Tollgate maintainers", "Tool: tollgate-packaging"],
        },
        "packages": [ours, *inside, *beside],
        "relationships": [
            {"spdxElementId": one, "relationshipType": kind, "relatedSpdxElement": other}
            for one, kind, other in relationships
        ],
    }


def copyright(inside):
    """Debian's machine-readable file; the texts of all licences are beside it."""
    lines = [
        "Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/",
        "Upstream-Name: Tollgate",
        "",
        "Files: *",
        f"Copyright: {commit_time().year} Tollgate maintainers",
        "License: Apache-2.0",
        "Comment: The program contains the following, whose licences and notices are in",
        " /usr/share/doc/tollgate/licenses:",
        *(f" {part['name']} {part['versionInfo']}" for part in inside),
        "",
        "License: Apache-2.0",
        " On Debian systems the text of the Apache License, version 2.0, is in",
        " /usr/share/common-licenses/Apache-2.0.",
    ]
    return "\n".join(lines) + "\n"


def main():
    program, scratch, folder = (pathlib.Path(sys.argv[index]) for index in (1, 2, 4))
    version = sys.argv[3]
    licenses = folder / "licenses"
    licenses.mkdir()
    inside = [*swift_packages(scratch, licenses), toolchain(licenses)]
    beside = list(system_packages(program))
    text = json.dumps(document(program, version, inside, beside), indent=2)
    (folder / "tollgate.spdx.json").write_text(text + "\n")
    (folder / "copyright").write_text(copyright(inside))


if __name__ == "__main__":
    main()
