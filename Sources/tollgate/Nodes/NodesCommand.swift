import ArgumentParser
import Events
import JSON
import Journal
import JournalPostgres

/// `tollgate nodes`: the gateways that share a journal.
struct NodesCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "nodes",
        abstract: "Show the gateways that share a PostgreSQL store; drain one.",
        discussion: "These commands connect to the database itself and need no running gateway.",
        subcommands: [ListNodesCommand.self, DrainNodeCommand.self],
        defaultSubcommand: ListNodesCommand.self
    )
}

/// `tollgate nodes list`, the default subcommand.
struct ListNodesCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "Show each gateway's version, start, leases, waiting deliveries and routes."
    )

    @Flag(help: "Print JSON.")
    var json = false

    @OptionGroup var store: StoreOptions

    mutating func run() async throws {
        let nodes = try await store.run { (settings) throws(StoreError) in
            try await PostgresOperations(settings).nodes()
        }
        guard json else { return Terminal.data(NodeText.table(nodes)) }
        var writer = JSONWriter(capacity: 1024)
        writer.beginObject()
        writer.array("gateways", nodes) { $1.write(to: &$0) }
        writer.endObject()
        Terminal.data(writer.bytes)
    }
}

/// `tollgate nodes drain NAME`: has a gateway give back what it holds before it is stopped.
struct DrainNodeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "drain",
        abstract: "Have a gateway return its accounts to the others and answer 503 on /readyz.",
        discussion: """
            The gateway continues to run until it is stopped, and stores what is still sent to it. A restart ends the drain, and so does \
            --undo.
            """
    )

    @Argument(help: "The gateway's name, as in `tollgate nodes`.")
    var name: String

    @Flag(help: "End the drain: the gateway takes accounts again.")
    var undo = false

    @OptionGroup var store: StoreOptions

    mutating func run() async throws {
        let (name, undo) = (name, undo)
        let count = try await store.run { (settings) throws(StoreError) in
            try await PostgresOperations(settings).setDraining(!undo, nodesNamed: name)
        }
        guard count > 0 else {
            Terminal.note("no gateway has the name \(name); `tollgate nodes` shows all")
            throw ExitCode(1)
        }
        Terminal.line(
            undo
                ? "\(name) takes accounts again"
                : "\(name) is returning its accounts; `tollgate nodes` shows how many are left"
        )
    }
}

/// The list of gateways for people.
enum NodeText {
    /// One row per gateway. The digest of the routes shows which gateways use another file.
    static func table(_ nodes: [JournalStatus.Node]) -> String {
        let now = SystemWallClock().now
        return Terminal.table(
            [["NAME", "VERSION", "STARTED", "STATE", "ACCOUNTS", "STREAMS", "WAITING", "OLDEST", "ROUTES"]]
                + nodes.map { node in
                    [
                        node.name, node.version.isEmpty ? "-" : node.version, node.started.rfc3339, state(node),
                        "\(node.accounts)", "\(node.slots)", node.waiting.map { "\($0)" } ?? "-",
                        node.oldest.map {
                            RoughDuration.text(seconds: max(0, (now.milliseconds - $0.milliseconds) / 1000))
                        }
                            ?? "-", digest(node.routes),
                    ]
                }
        )
    }

    /// The first bytes of a digest of routes.
    static func digest(_ bytes: [UInt8]) -> String {
        guard !bytes.isEmpty else { return "-" }
        return bytes.prefix(6).map { byte in
            let digits = String(byte, radix: 16)
            return digits.count == 1 ? "0" + digits : digits
        }.joined()
    }

    /// A gateway whose lease has expired may have crashed: others take its accounts.
    private static func state(_ node: JournalStatus.Node) -> String {
        if node.expiresIn < .zero { return "expired" }
        return node.isDraining ? "draining" : "running"
    }
}
