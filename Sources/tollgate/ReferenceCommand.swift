import ArgumentParser

/// `tollgate reference`: the command reference, as the DocC page in `tollgate.docc`. For whoever changes a command; a test compares the two.
struct ReferenceCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "reference",
        abstract: "Print the command reference in Markdown.",
        shouldDisplay: false
    )

    func run() {
        var page = """
            # Command reference

            Every command with its options.

            ## Overview

            This page is generated from the commands themselves. Every command prints its part with `--help`. Options with an
            `env` take their value from that variable when they are not given.

            """
        Self.add(Tollgate.self, named: "tollgate", to: &page)
        // The line end of the last line is added by `data`.
        Terminal.data(String(page.dropLast()))
    }

    /// Adds a command, then the commands below it.
    private static func add(_ command: any ParsableCommand.Type, named name: String, to page: inout String) {
        guard command.configuration.shouldDisplay else { return }
        let help = Tollgate.helpMessage(for: command, columns: width)
            .split(separator: "\n", omittingEmptySubsequences: false).flatMap { broken($0) }
        page += "\n## `\(name)`\n\n```text\n\(help.joined(separator: "\n"))\n```\n"
        for below in command.configuration.subcommands {
            guard let word = below.configuration.commandName else { continue }
            add(below, named: "\(name) \(word)", to: &page)
        }
    }

    /// Columns of the page.
    private static let width = 100

    /// A line without spaces at its end; the usage, which the parser does not break, in several.
    private static func broken(_ line: Substring) -> [String] {
        guard line.hasPrefix("USAGE:") else { return [String(line.reversed().drop { $0 == " " }.reversed())] }
        var lines: [String] = []
        var last = ""
        for word in line.split(separator: " ") {
            if last.count + 1 + word.count > width {
                lines.append(last)
                last = "        " + word
            } else {
                last += last.isEmpty ? word : " " + word
            }
        }
        return lines + [last]
    }
}
