import ArgumentParser
import Client
import Foundation
import JSON
import Observability
import Routing

/// `tollgate migrate anchors`: the file that says when customers' billing periods begin.
struct AnchorsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "anchors",
        abstract: "Fill the file that says when customers' billing periods begin.",
        subcommands: [LoadAnchorsCommand.self]
    )
}

/// `tollgate migrate anchors load NAME FILE`.
struct LoadAnchorsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "load",
        abstract: "Add the customers that have a subscription at the old provider to a file of anchors.",
        discussion: """
            Reads the subscriptions page by page, after deliveries and clients' reads. Rows that say something else than the vendor are shown \
            and stay, unless --overwrite is given; rows of customers without a subscription stay. Exit code 1: a subscription tells no \
            anchor, or a row differs and stays.
            """
    )

    @Argument(help: "Name of the migration in routes.json.")
    var name: String

    @Argument(help: "The CSV file; made if it does not exist.")
    var file: String

    @Flag(help: "Only show what would be written.")
    var dryRun = false

    @Flag(help: "Change rows that say something else than the vendor.")
    var overwrite = false

    @OptionGroup var gateway: GatewayOptions

    mutating func run() async throws {
        var table = try Self.table(file)
        let loaded = try await load()
        let changes = table.changes(by: loaded.anchors)
        Terminal.data(Self.text(changes, loaded, overwriting: overwrite))
        table.apply(changes, overwriting: overwrite)
        if dryRun {
            Terminal.message("nothing was written")
        } else {
            do {
                try Data(table.text.utf8).write(to: URL(filePath: file), options: .atomic)
            } catch {
                Terminal.message("\(file) cannot be written: \(error.localizedDescription)")
                throw ExitCode.failure
            }
        }
        if !loaded.unknown.isEmpty || (!overwrite && !changes.changed.isEmpty) { throw ExitCode.failure }
    }

    /// The anchors of a file; none if it does not exist yet.
    private static func table(_ file: String) throws -> AnchorsTable {
        guard FileManager.default.fileExists(atPath: file) else { return AnchorsTable() }
        do {
            return try AnchorsTable([UInt8](try Data(contentsOf: URL(filePath: file))))
        } catch let fault as AnchorsTable.Fault {
            Terminal.message("\(file):\(fault.line): \(fault.message)")
        } catch {
            Terminal.message("\(file) cannot be read: \(error.localizedDescription)")
        }
        throw ExitCode.failure
    }

    /// All pages.
    private func load() async throws -> LoadedAnchors {
        var loaded = LoadedAnchors()
        var cursor: String?
        repeat {
            var parameters = QueryParameters()
            parameters.add("cursor", cursor)
            let path = parameters.appended(to: "/v1/migrations/\(name.percentEncoded)/anchors")
            guard let page = try await gateway.get(path).json else {
                Terminal.message("the gateway sent an unrecognized response")
                throw ExitCode.failure
            }
            loaded.add(page)
            cursor = page["next_cursor"]?.string
        } while cursor != nil
        return loaded
    }

    /// Of changes and of customers without an anchor, each.
    private static let mostListed = 50

    /// A summary of the changes; anchors that differ are only overwritten if that was requested.
    static func text(_ changes: AnchorsTable.Changes, _ loaded: LoadedAnchors, overwriting: Bool) -> String {
        let (added, changed) = (changes.added.count, changes.changed.count)
        let others = changes.others.count { !loaded.isAmbiguous($0) }
        let fate = overwriting ? "changed" : "different and kept"
        var lines = [
            "\(added) added, \(changed) \(fate), \(changes.unchanged) unchanged, \(others) without a subscription, "
                + "\(loaded.unknown.count) unknown"
        ]
        lines += listed(
            changes.changed.map {
                "\($0.before.customer): \($0.before.text) in the file, \($0.after.text) at the vendor"
            }
        )
        lines += listed(loaded.unknown)
        return lines.map { VisibleText.escaped($0) }.joined(separator: "\n")
    }

    /// The first few, and the number of the others.
    private static func listed(_ all: [String]) -> [String] {
        all.prefix(mostListed).map { "  \($0)" }
            + (all.count > mostListed ? ["  and \(all.count - mostListed) more"] : [])
    }
}
