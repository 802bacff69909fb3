import Foundation
import NIOHTTP1
import PostgresServer

/// The rows about two gateways over one database.
extension BenchRun {
    /// Two gateways that deliver to one vendor; one of them has its account.
    private struct Pair {
        let database: BenchDatabase
        let schema: String
        var gateways: [BenchServer]

        static let names = ["one", "two"]
        static let lease = 3.0

        /// Which gateway has the account.
        func owner() async throws -> Int? {
            let sql = "SELECT n.name FROM accounts a JOIN nodes n ON n.node = a.node"
            let name = try await database.server.run(sql, schema: schema).first
            return Self.names.firstIndex { $0 == name }
        }

        /// How many deliveries had an attempt and have not succeeded, by state.
        func failed() async throws -> String {
            let sql = """
                SELECT coalesce(string_agg(events || ' ' || status, ', '), 'none') FROM (
                    SELECT status, count(*) AS events FROM deliveries WHERE status <> 'delivered' GROUP BY status) s
                """
            return try await database.server.run(sql, schema: schema).first ?? "unknown"
        }

        /// Waits until a gateway has the account and the other one could take it.
        func settledOwner() async throws -> Int {
            let end = ContinuousClock.now + .seconds(60)
            while ContinuousClock.now < end {
                let nodes = try await database.number("SELECT count(*) FROM nodes", schema: schema)
                if nodes == 2, let owner = try await owner() { return owner }
                try await Task.sleep(for: .milliseconds(50))
            }
            throw BenchFailure(description: "no gateway has the account")
        }
    }

    /// Measures with two gateways over one schema, which are stopped afterwards.
    private func withPair(
        _ database: BenchDatabase,
        _ sink: Sink,
        _ body: (inout Pair) async throws -> Row
    ) async throws -> Row {
        var pair = Pair(database: database, schema: PostgresServer.newSchema(), gateways: [])
        do {
            for index in Pair.names.indices {
                let gateway = try await startGateway(index, pair, sink)
                pair.gateways.append(gateway)
            }
            let row = try await body(&pair)
            for gateway in pair.gateways { await gateway.process.stop() }
            return row
        } catch {
            for gateway in pair.gateways {
                gateway.process.signal(SIGCONT)
                await gateway.process.stop()
            }
            throw error
        }
    }

    /// Starts one of the two gateways with a name of its own.
    private func startGateway(_ index: Int, _ pair: Pair, _ sink: Sink) async throws -> BenchServer {
        let name = Pair.names[index]
        return try await startGateway(
            BenchRoutes(vendors: ["lago"]),
            at: sink.server.port,
            data: "\(pair.schema)-\(name)",
            arguments: pair.database.arguments(schema: pair.schema, node: name)
                + ["--lease", "\(Int(Pair.lease))s", "--log-level", "error"]
        )
    }

    /// Posts an event to one of the gateways, and waits until the vendor has it.
    /// - Returns: the seconds since the answer to the post.
    private func deliverOne(
        _ gateway: BenchServer,
        _ pair: Pair,
        _ sink: Sink,
        by end: ContinuousClock.Instant = .now + .seconds(60)
    ) async throws -> Double {
        let before = try await sink.deliveries()
        let event = #"{"id":"\#(UUID().uuidString)","name":"n","customer_id":"c"}"#
        let answer = try await gateway.post("/v1/events", event, ("Authorization", "Bearer \(BenchRoutes.key)"))
        guard answer.status == .accepted else {
            throw BenchFailure(description: "the event was answered \(answer.status)")
        }
        let start = SharedClock.now
        while try await sink.deliveries() == before {
            guard ContinuousClock.now < end else {
                let failed = try await pair.failed()
                throw BenchFailure(
                    description: "no delivery in time after \(before) others; deliveries that failed: \(failed)"
                )
            }
            try await Task.sleep(for: .milliseconds(1))
        }
        return Double(SharedClock.now - start) / 1e9
    }

    /// From what happens to the owner of an account until the other gateway delivers for it.
    func takeOverRow(_ database: BenchDatabase) async throws -> Row {
        try await Sink.whileRunning(in: scratch) { sink in
            try await withPair(database, sink) { pair in
                var figures: [Figure] = []
                let bound = Limit(name: "lease + 3 s", value: Pair.lease + 3)
                for (name, signal) in [("kill -9", SIGKILL), ("SIGSTOP", SIGSTOP), ("SIGTERM", SIGTERM)] {
                    var times: [Double] = []
                    for _ in 1...3 {
                        let time = try await takeOver(by: signal, &pair, sink)
                        times.append(time)
                    }
                    figures.append(Figure("\(name), median", Self.median(times), "s", of: bound))
                    figures.append(Figure("longest", times.max() ?? 0, "s", of: bound))
                }
                return Row(
                    .takeOver,
                    "until the other gateway delivers, with a lease of \(Int(Pair.lease)) s",
                    figures
                )
            }
        }
    }

    /// Stops the gateway that owns the account, and measures until the other one delivers.
    private func takeOver(by signal: Int32, _ pair: inout Pair, _ sink: Sink) async throws -> Double {
        let owner = try await pair.settledOwner()
        let other = pair.gateways[1 - owner]
        _ = try await deliverOne(other, pair, sink)
        let start = SharedClock.now
        pair.gateways[owner].process.signal(signal)
        _ = try await deliverOne(other, pair, sink)
        let time = Double(SharedClock.now - start) / 1e9
        if signal == SIGSTOP {
            pair.gateways[owner].process.signal(SIGCONT)
        } else {
            await pair.gateways[owner].process.stop()
            pair.gateways[owner] = try await startGateway(owner, pair, sink)
        }
        return time
    }

    /// From the 202 of one gateway to the request of the other.
    func hopRow(_ database: BenchDatabase) async throws -> Row {
        try await Sink.whileRunning(in: scratch) { sink in
            try await withPair(database, sink) { pair in
                let owner = try await pair.settledOwner()
                let (one, other) = (pair.gateways[owner], pair.gateways[1 - owner])
                let end = ContinuousClock.now + .seconds(120)
                var (here, there): ([Double], [Double]) = ([], [])
                for _ in 1...51 {
                    here.append(1000 * (try await deliverOne(one, pair, sink, by: end)))
                    there.append(1000 * (try await deliverOne(other, pair, sink, by: end)))
                }
                let failed = try await pair.failed()
                // What is sent again is seen in place of the next event.
                guard failed == "none" else { throw BenchFailure(description: "deliveries failed: \(failed)") }
                let same = Limit(name: "at the gateway that delivers", value: Self.median(here))
                return Row(
                    .hop,
                    "from a 202 to the delivery by the other gateway, seen within about 2 ms",
                    [Figure("p50", Self.median(there), "ms", of: same)]
                )
            }
        }
    }
}
