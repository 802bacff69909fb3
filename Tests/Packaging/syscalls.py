"""What a program asks of the kernel, compared with what its unit lets it ask."""

import re
import subprocess


def members(group):
    """The system calls of one of systemd's groups, with those of the groups in it."""
    text = subprocess.check_output(["systemd-analyze", "syscall-filter", "--no-pager", group], text=True)
    words = [line.strip() for line in text.splitlines()[1:] if line.strip() and not line.strip().startswith("#")]
    return {call for word in words for call in (members(word) if word.startswith("@") else {word})}


def allowed(settings):
    """The system calls that the filters of a unit leave, in their order."""
    calls = set()
    for line in settings["SystemCallFilter"]:
        chosen = set().union(*(members(group) for group in line.removeprefix("~").split()))
        calls = calls - chosen if line.startswith("~") else calls | chosen
    return calls


def refused(trace, program, settings):
    """The lines of strace's log, after the start of the program, that the unit would refuse."""
    calls = allowed(settings)
    families = settings["RestrictAddressFamilies"][0].split()
    found, started = [], False
    for line in trace.read_text(errors="replace").splitlines():
        match = re.match(r"(?:\d+ +)?(\w+)\((.*)", line)
        if not match:
            continue
        name, arguments = match.groups()
        started = started or (name == "execve" and arguments.startswith(f'"{program}"'))
        if not started:
            continue
        if name not in calls:
            found.append(line)
        if name in ("socket", "socketpair") and arguments.split(",")[0] not in families:
            found.append(line)
        if name in ("mmap", "mprotect") and "PROT_WRITE" in arguments and "PROT_EXEC" in arguments:
            found.append(line)
    assert started, f"{program} does not start in the trace"
    return found
