"""The container image, made and started as the Containerfile says, without an engine."""

import json
import re
import shutil
import signal
import subprocess

import packages
from gateway import Gateway, free_port, wait_for
from packages import passed


def instructions():
    """The lines of the last stage of the Containerfile, as pairs of an instruction and its argument."""
    text = (packages.DEPLOY / "Containerfile").read_text().replace("\\\n", " ")
    lines = [line.split(None, 1) for line in text.splitlines() if line and not line.startswith("#")]
    last = max(index for index, line in enumerate(lines) if line[0] == "FROM")
    return lines[: last + 1], dict(lines[last + 1 :])


def make_root(system, package):
    """Does in the system what the build stage does after the package is made."""
    before, _ = instructions()
    (line,) = (argument for name, argument in before if name == "RUN" and "stage-root" in argument)
    words = line.split("&&")[-1].split()
    assert words[0] == ".github/deploy/stage-root" and words[1] == ".build/packages/tollgate_*.deb", words
    source = system.path("/source")
    (source / ".github/deploy").mkdir(parents=True)
    (source / ".build/packages").mkdir(parents=True)
    shutil.copy(packages.DEPLOY / "stage-root", source / ".github/deploy/stage-root")
    shutil.copy(package, source / ".build/packages")
    system.run("sh", "-c", "cd /source && " + " ".join(words))
    (copied,) = (words for name, words in instructions()[1].items() if name == "COPY")
    assert copied.split() == ["--from=build", words[2], "/"], copied
    return system.path(words[2])


def check_nothing_else(root):
    programs = [file for file in root.rglob("*") if file.is_file() and file.stat().st_mode & 0o111]
    names = {file.name for file in programs if ".so" not in file.name}
    assert names == {"tollgate", "swift-backtrace"}, names
    for file in root.rglob("*"):
        assert not file.is_file() or file.is_symlink() or file.stat().st_mode & 0o022 == 0, f"{file} is writable"
    assert (root / "etc/ssl/certs/ca-certificates.crt").stat().st_size > 100_000
    assert (root / "usr/share/doc/tollgate/tollgate.spdx.json").exists()
    passed("the image has one program, its libraries, and the authorities")


def check_image(system, package):
    root = make_root(system, package)
    check_nothing_else(root)
    _, last = instructions()
    port = free_port()
    variables = dict(re.findall(r"(\w+)=(\S+)", last["ENV"]))
    assert variables["TOLLGATE_LISTEN"] == "0.0.0.0:8080" and last["EXPOSE"] == "8080"
    variables |= {"TOLLGATE_LISTEN": f"0.0.0.0:{port}", "TOLLGATE_URL": f"http://127.0.0.1:{port}"}
    user = last["USER"]
    configuration = json.loads((packages.TOP / "routes.json").read_text())
    for provider in configuration["providers"].values():
        provider["credential"] = {"file": "/run/credentials/key"}
    (root / "etc/tollgate/routes.json").write_text(json.dumps(configuration))

    # Read-only but for the volume, with /proc as an engine mounts it.
    data = root / last["VOLUME"].lstrip("/")
    subprocess.run(["mount", "--bind", root, root], check=True)
    subprocess.run(["mount", "-o", "remount,bind,ro", root], check=True)
    subprocess.run(["mount", "-t", "proc", "proc", root / "proc"], check=True)
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"mode=700,uid={user.split(':')[0]}", "tmpfs", data], check=True)
    enter = ["/usr/sbin/chroot", f"--userspec={user}", root]
    log = system.path("/tmp/image.log")
    with log.open("w") as output:
        command = [*enter, *json.loads(last["ENTRYPOINT"]), *json.loads(last["CMD"])]
        process = subprocess.Popen(command, env=variables, stdout=output, stderr=output, cwd="/")
    gateway = Gateway(port, "tg_demo_5a4db0c5f1e2d3c4b5a69788")
    wait_for("the gateway in the image answers", lambda: gateway.call("/healthz")[0] == 200, log)
    gateway.send("in-the-image")
    check = json.loads(last["HEALTHCHECK"][last["HEALTHCHECK"].index("["):])
    health = [*enter, *check]
    wait_for("healthy", lambda: subprocess.run(health, env=variables, capture_output=True).returncode == 0, log)
    process.send_signal(signal.Signals[last["STOPSIGNAL"]])
    assert process.wait(timeout=60) == 0, log.read_text()[-2000:]
    assert subprocess.run(health, env=variables, capture_output=True).returncode != 0
    assert (data / "journal.sqlite").stat().st_size > 0
    passed("the image runs as its user on a read-only root, accepts events, and its health check tells")
