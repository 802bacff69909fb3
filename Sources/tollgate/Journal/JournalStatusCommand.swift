import ArgumentParser
import Events
import Gateway
import Journal
import JournalPostgres
import JournalSQLite

/// `tollgate journal status`: versions, gateways, leases, tables and backlog.
struct JournalStatusCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "status",
        abstract: "Show the layout, events, backlog, damage and disk use of the journal.",
        discussion: """
            Of the embedded journal it says when the disk will be full, from the events of the last seven days and --retention. With --store, \
            it shows the versions, gateways, leases, backlog and tables in PostgreSQL.
            """
    )

    @Flag(help: "Print JSON.")
    var json = false

    @OptionGroup var retention: RetentionOptions

    @OptionGroup var folder: JournalFolder

    mutating func run() async throws {
        guard try folder.store.shared != nil else { return try await showEmbedded() }
        let status = try await folder.store.run { (settings) throws(StoreError) in
            try await PostgresOperations(settings).status()
        }
        if json { Terminal.data(status.json) } else { Terminal.data(StatusText(status).text) }
    }

    /// Reads the data folder directly; a gateway may be running.
    private func showEmbedded() async throws {
        let (url, limit, retentionDays) = (folder.url, retention.diskLimitBytes, retention.days)
        let status = try await folder.run { () throws(StoreError) in
            try EmbeddedStatus(of: url, diskLimitBytes: limit, retentionDays: retentionDays, now: SystemWallClock().now)
        }
        if json { Terminal.data(status.json) } else { Terminal.data(status.text) }
    }
}

/// A status as tables for people.
struct StatusText {
    private let status: JournalStatus

    init(_ status: JournalStatus) {
        self.status = status
    }

    /// A table for each part, with its title in capitals above it; without duties if there are none.
    var text: String {
        [
            Terminal.table(summary), title("GATEWAYS", NodeText.table(status.nodes)), title("ACCOUNTS", accounts),
            title("STREAMS", slots), title("IDENTITIES", identities), title("PARTITIONS", partitions),
        ].joined(separator: "\n\n") + (status.duties.isEmpty ? "" : "\n\n" + title("DUTIES", duties))
    }

    private func title(_ name: String, _ table: String) -> String { "\(name)\n\(table)" }

    /// Name and value of each line; what is wrong comes last.
    private var summary: [[String]] {
        let format = status.format
        let versions =
            format.oldestWriter == format.current
            ? "\(format.current)" : "\(format.current) (programs from format \(format.oldestWriter) on can use it)"
        return [
            ["Database", status.address], ["Schema", status.schema], ["Server", status.server], ["Format", versions],
            ["Known format", "\(format.known)"], ["Journal", status.journalID], ["Size", ByteText.text(status.bytes)],
        ] + (status.isMoving ? [["State", "a journal is being moved here"]] : [])
            + (status.routesDiffer ? [["Warning", "the gateways run different routes"]] : [])
    }

    private var accounts: String {
        Terminal.table(
            [["ACCOUNT", "GATEWAY", "EPOCH", "SINCE", "BACKLOG"]]
                + status.accounts.map { account in
                    [
                        account.name, account.node ?? "-", "\(account.epoch)", account.since?.rfc3339 ?? "-",
                        "\(account.backlog)",
                    ]
                }
        )
    }

    private var slots: String {
        Terminal.table(
            [["STREAM", "GATEWAY", "EPOCH", "NEWEST EVENT"]]
                + status.slots.map { ["\($0.number)", $0.node ?? "-", "\($0.epoch)", $0.newest?.rfc3339 ?? "-"] }
        )
    }

    /// Numbers with a tilde are the server's estimates, which cost nothing to read.
    private var identities: String {
        Terminal.table(
            [["PART", "STATE", "OPENED", "IDENTITIES", "SIZE", "FILTER"]]
                + status.identityParts.map { part in
                    [
                        "\(part.number)", part.state, part.opened.rfc3339, "~\(part.identities)",
                        ByteText.text(part.bytes), part.hasFilter ? "yes" : "no",
                    ]
                }
        )
    }

    private var partitions: String {
        Terminal.table(
            [["TABLE", "ROWS", "SIZE"]] + status.partitions.map { [$0.name, "~\($0.rows)", ByteText.text($0.bytes)] }
        )
    }

    private var duties: String {
        Terminal.table([["DUTY", "GATEWAY"]] + status.duties.map { [$0.name, $0.node ?? "-"] })
    }
}
