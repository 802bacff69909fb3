/// Finds out when the database stores events again: while it does not, no client's write is tried any more.
struct AppendProbe: Sendable {
    private let connection: PostgresConnection
    private let reach: DatabaseReach
    /// This node; nil while it is in nobody's list.
    private let node: @Sendable () -> Int64?

    /// How often it tries.
    private static let pause = Duration.seconds(1)

    init(_ parts: StoreParts, node: @escaping @Sendable () -> Int64?) {
        var settings = parts.settings.connection("probe", identity: parts.identity)
        settings.patience = min(settings.patience, parts.settings.outagePatience)
        connection = PostgresConnection(settings)
        reach = parts.reach
        self.node = node
    }

    /// Goes on until the task is cancelled.
    func run() async {
        while !Task.isCancelled {
            // Cancelled; the loop ends then.
            try? await Task.sleep(for: Self.pause)
            guard reach.isStalled, let node = node() else { continue }
            do throws(PostgresFailure) {
                let rows = try await connection.run(.probeAppend, [.int8(node)])
                // A commit that does not wait for its standby any longer is answered with a warning.
                if !rows.isEmpty, rows.warnings.isEmpty { reach.appended() }
            } catch {
                // It does not work yet; the outage has been reported.
                continue
            }
        }
        await connection.close()
    }
}
