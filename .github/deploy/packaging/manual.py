"""Writes the man pages, one per command, from the program's own description of its arguments.

Usage: tollgate --experimental-dump-help | manual.py FOLDER VERSION DATE
"""

import json
import pathlib
import re
import sys
import textwrap

VARIABLE = re.compile(r"env: ([A-Z][A-Z0-9_]+)")


def escaped(text):
    """Text for a line of roff: nothing in it is a request, and a hyphen can be copied as one."""
    text = text.replace("\\", "\\e").replace("-", "\\-").replace("'", "\\(aq").replace("`", "\\(ga")
    return "\\&" + text if text.startswith(".") else text


def paragraphs(text):
    """Lines of roff for a text with empty lines between its paragraphs."""
    blocks = [" ".join(block.split()) for block in text.split("\n\n")]
    lines = []
    for block in filter(None, blocks):
        lines += [".PP"] if lines else []
        lines += map(escaped, textwrap.wrap(block, 100, break_long_words=False, break_on_hyphens=False))
    return lines


def shown(parts):
    return [part for part in parts or [] if part.get("shouldDisplay", True) and part.get("commandName") != "help"]


def placeholder(argument):
    return f"\\fI{escaped(argument.get('valueName', 'value'))}\\fR"


def spelling(argument):
    """An argument as it is typed."""
    if argument["kind"] == "positional":
        return placeholder(argument)
    dashes = {"long": "--", "short": "-", "longWithSingleDash": "-"}
    names = sorted(argument["names"], key=lambda name: name["kind"] != "short")
    text = ", ".join(f"\\fB{escaped(dashes[name['kind']] + name['name'])}\\fR" for name in names)
    return text if argument["kind"] == "flag" else f"{text} {placeholder(argument)}"


def explanation(argument):
    text = argument.get("abstract") or ""
    if values := argument.get("allValues"):
        text += f" One of {', '.join(values)}."
    if standard := argument.get("defaultValue"):
        text += f" Default: {standard}."
    return text.strip()


def synopsis(command, name):
    line = [f".B {escaped(name)}"]
    if shown(command.get("subcommands")):
        return line + [r"\fIcommand\fR [\fIoptions\fR]"]
    arguments = shown(command.get("arguments"))
    if any(argument["isOptional"] and argument["kind"] != "positional" for argument in arguments):
        line.append(r"[\fIoptions\fR]")
    for argument in arguments:
        if argument["isOptional"] and argument["kind"] != "positional":
            continue
        text = spelling(argument) + (r" \&..." if argument["isRepeating"] else "")
        line.append(f"[{text}]" if argument["isOptional"] else text)
    return line


def listed(arguments):
    """Arguments by their sections, those without one first."""
    lines, sections = [], []
    for argument in arguments:
        title = argument.get("sectionTitle") or ""
        if title not in sections:
            sections.append(title)
    for title in sorted(sections, key=bool):
        lines += [f".SS {escaped(title)}"] if title else []
        for argument in arguments:
            if (argument.get("sectionTitle") or "") == title:
                lines += [".TP", spelling(argument)] + paragraphs(explanation(argument) or "No description.")
                lines += [] if argument.get("discussion") is None else [".IP"] + paragraphs(argument["discussion"])
    return lines


def page(command, words, version, date):
    name, file = " ".join(words), "-".join(words)
    heading = f'.TH "{escaped(file.upper())}" 1 "{date}" "tollgate {escaped(version)}" "Tollgate"'
    abstract = " ".join((command.get("abstract") or "").split()).rstrip(".")
    lines = [r'.\" Generated from the program.', heading, ".nh", ".SH NAME", f"{escaped(file)} \\- {escaped(abstract)}"]
    lines += [".SH SYNOPSIS"] + synopsis(command, name)
    if discussion := command.get("discussion"):
        lines += [".SH DESCRIPTION"] + paragraphs(discussion)
    arguments = shown(command.get("arguments"))
    for title, positional in (("ARGUMENTS", True), ("OPTIONS", False)):
        chosen = [argument for argument in arguments if (argument["kind"] == "positional") == positional]
        lines += [f".SH {title}"] + listed(chosen) if chosen else []
    below = shown(command.get("subcommands"))
    if below:
        lines.append(".SH COMMANDS")
        for inner in below:
            lines += [".TP", f".BR {escaped('-'.join(words + [inner['commandName']]))} (1)"]
            lines += paragraphs(inner.get("abstract") or "No description.")
    variables = sorted({match for argument in arguments for match in VARIABLE.findall(explanation(argument))})
    if variables:
        lines += [".SH ENVIRONMENT"]
        lines += paragraphs(f"Instead of options: {', '.join(variables)}. An option has precedence over its variable.")
    related = ["-".join(words[:-1])] if len(words) > 1 else ["-".join(words + [inner["commandName"]]) for inner in below]
    if related:
        lines.append(".SH SEE ALSO")
        lines += [f".BR {escaped(other)} (1){',' if other != related[-1] else ''}" for other in related]
    return "\n".join(lines) + "\n"


def write(command, words, folder, version, date):
    (folder / f"{'-'.join(words)}.1").write_text(page(command, words, version, date))
    for inner in shown(command.get("subcommands")):
        write(inner, words + [inner["commandName"]], folder, version, date)


def main():
    folder = pathlib.Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    write(json.load(sys.stdin)["command"], ["tollgate"], folder, *sys.argv[2:4])


if __name__ == "__main__":
    main()
