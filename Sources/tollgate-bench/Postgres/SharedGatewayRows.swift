import Foundation
import PostgresServer

/// The rows about gateways over the shared store, beside those with the embedded one.
extension BenchRun {
    /// A gateway over a new journal in the database, or over the embedded store.
    private func withStore<Result>(
        _ database: BenchDatabase?,
        _ routes: BenchRoutes,
        sink: Sink? = nil,
        _ body: (BenchServer) async throws -> Result
    ) async throws -> Result {
        let arguments = database?.arguments(schema: PostgresServer.newSchema()) ?? []
        return try await withGateway(routes, sink: sink, arguments: arguments, body)
    }

    /// A measurement over both stores in turns, three times each: the medians, of the shared one first.
    private func overBoth(
        _ database: BenchDatabase,
        _ measure: (BenchDatabase?) async throws -> Double
    ) async throws -> (rate: Double, embedded: Limit) {
        var (shared, embedded): ([Double], [Double]) = ([], [])
        for _ in 1...3 {
            embedded.append(try await measure(nil))
            shared.append(try await measure(database))
        }
        return (Self.median(shared), Limit(name: "the embedded store", value: Self.median(embedded)))
    }

    /// One event per request over PostgreSQL, beside the embedded store.
    func sharedAcceptRow(_ database: BenchDatabase) async throws -> Row {
        let (rate, embedded) = try await overBoth(database) { store in
            try await withStore(store, .none) { try await load($0).requestsPerSecond }
        }
        return Row(
            .sharedAccept,
            "accept one event a request, committed before the 202",
            [Figure("", rate, "requests/s", of: embedded)]
        )
    }

    /// 100 events per request over PostgreSQL, beside the embedded store.
    func sharedAcceptBatchRow(_ database: BenchDatabase) async throws -> Row {
        let (rate, embedded) = try await overBoth(database) { store in
            try await withStore(store, .none) { try await load($0, batch: 100).eventsPerSecond }
        }
        return Row(
            .sharedAcceptBatch,
            "accept 100 events a request, committed before the 202",
            [Figure("", rate, "events/s", of: embedded)]
        )
    }

    /// Repeats of events that are stored.
    func duplicatesRow(_ database: BenchDatabase) async throws -> Row {
        let events = Int(2000 * seconds)
        var (first, again): ([Double], [Double]) = ([], [])
        let (rate, embedded) = try await overBoth(database) { store in
            try await withStore(store, .none) { gateway in
                let accepted = try await load(gateway, events: events, prefix: "repeat")
                let report = try await load(gateway, events: events, prefix: "repeat")
                guard report.failed == 0 else { throw BenchFailure(description: "\(report.failed) repeats failed") }
                if store != nil {
                    first.append(accepted.requestsPerSecond)
                    again.append(report.requestsPerSecond)
                }
                return report.requestsPerSecond
            }
        }
        let new = Limit(name: "new events", value: Self.median(first))
        return Row(
            .duplicates,
            "recognize repeats of \(events) events, one a request",
            [
                Figure("", rate, "requests/s", of: embedded), Figure("same", Self.median(again), "requests/s", of: new),
            ]
        )
    }

    /// What a gateway keeps in memory for closed parts of the index.
    /// - Parameter ids: how many the closed parts have together.
    func sharedMemoryRow(_ database: BenchDatabase, _ rates: StoreRates, ids: Int) async throws -> Row {
        let events = Int(20_000 * seconds)
        func resident(_ arguments: [String]) async throws -> Double {
            try await withGateway(.none, sink: nil, arguments: arguments) { gateway in
                // The filters are loaded when the first events have asked for them.
                for _ in 1...2 {
                    let report = try await load(gateway, batch: 100, events: events)
                    guard report.failed == 0 else {
                        throw BenchFailure(description: "\(report.failed) requests failed")
                    }
                }
                return Double(gateway.process.usage.residentBytes)
            }
        }
        func resident(withIDs ids: Int) async throws -> Double {
            let schema = PostgresServer.newSchema()
            try await rates.closeParts(of: schema, ids: ids)
            return try await resident(rates.database.arguments(schema: schema))
        }
        // What parts cost by themselves, however few IDs they have, is in both.
        let (few, many) = (ids / 4, ids)
        let (withFew, withMany) = (try await resident(withIDs: few), try await resident(withIDs: many))
        let none = try await resident(database.arguments(schema: PostgresServer.newSchema()))
        let embedded = Limit(name: "the embedded store", value: try await resident([]) / 1e6)
        return Row(
            .sharedMemory,
            "memory of a gateway after \(2 * events) events, with \(many) IDs in closed parts of the index",
            [
                Figure("resident", withMany / 1e6, "MB", of: embedded),
                Figure("without closed parts", none / 1e6, "MB", of: embedded),
                Figure("for each ID in closed parts beyond \(few)", (withMany - withFew) / Double(many - few), "bytes"),
            ]
        )
    }

    /// Delivers backlogs.
    func sharedDrainRow(_ database: BenchDatabase) async throws -> Row {
        try await Sink.whileRunning(in: scratch) { sink in
            var figures: [Figure] = []
            for (name, routes, events) in [
                ("4 vendors, batches of 100", BenchRoutes.four, Int(20_000 * seconds)),
                ("one event a request, with intents", .knetik, Int(5000 * seconds)),
            ] {
                let (rate, embedded) = try await overBoth(database) { store in
                    try await withStore(store, routes, sink: sink) { gateway in
                        try await acceptThenDeliver(events, gateway, to: routes.vendors.count, sink).deliveriesPerSecond
                    }
                }
                figures.append(Figure(name, rate, "deliveries/s", of: embedded))
            }
            return Row(.drain, "deliver from a backlog", figures)
        }
    }

    /// Accepts events and delivers them while a vendor does not answer.
    func sharedHangRow(_ database: BenchDatabase) async throws -> Row {
        var (alone, beside): ([LoadReport], [LoadReport]) = ([], [])
        for _ in 1...3 {
            try await Sink.whileRunning(in: scratch) { sink in
                alone.append(try await withStore(database, .three, sink: sink) { try await load($0) })
                beside.append(try await withStore(database, .fourth, sink: sink) { try await load($0) })
            }
        }
        func limit(_ value: (LoadReport) -> Double) -> Limit {
            Limit(name: "without the fourth", value: Self.median(alone.map(value)))
        }
        func p99(_ report: LoadReport) -> Double { Double(report.p99) / 1000 }
        return Row(
            .sharedHang,
            "accept and deliver to 3 vendors while a fourth accepts requests and never responds",
            [
                Figure(
                    "",
                    Self.median(beside.map(\.requestsPerSecond)),
                    "accepted/s",
                    of: limit(\.requestsPerSecond)
                ),
                Figure("p99", Self.median(beside.map(p99)), "ms", of: limit(p99)),
            ]
        )
    }

    /// What many events leave in the database.
    func bloatRow(_ database: BenchDatabase, events: Int) async throws -> Row {
        let schema = PostgresServer.newSchema()
        return try await Sink.whileRunning(in: scratch) { sink in
            try await withGateway(
                .three,
                sink: sink,
                logs: false,
                arguments: database.arguments(schema: schema)
            ) { gateway in
                let log = try await database.logPosition()
                var rates: [Double] = []
                let share = max(100, events / 10)
                for _ in 1...10 {
                    let before = try await sink.deliveries()
                    let report = try await load(gateway, batch: 100, events: share, within: 600)
                    guard report.failed == 0 else {
                        throw BenchFailure(description: "\(report.failed) requests failed")
                    }
                    let wanted = before + 3 * report.events
                    let (count, _) = try await sink.waitForDeliveries(wanted, within: .seconds(600))
                    guard count >= wanted else { throw BenchFailure(description: "\(wanted - count) are missing") }
                    rates.append(report.eventsPerSecond)
                }
                let written = try await database.logPosition() - log
                let resident = Double(gateway.process.usage.residentBytes)
                let stored = share * 10
                return Row(
                    .bloat,
                    "after \(stored) events were accepted and delivered to 3 vendors",
                    [
                        Figure(
                            "the last tenth",
                            rates[9],
                            "accepted/s",
                            of: Limit(name: "the first", value: rates[0])
                        ),
                        Figure("log", written / Double(stored), "bytes/event"),
                        Figure("resident", resident / 1e6, "MB"),
                    ] + (try await tableFigures(database, schema, Double(stored)))
                )
            }
        }
    }

    /// Sizes, and rows that nobody sees any more, as `VACUUM` would find them.
    private func tableFigures(_ database: BenchDatabase, _ schema: String, _ events: Double) async throws -> [Figure] {
        // The collector is told within a second.
        try await Task.sleep(for: .seconds(2))
        let tables = "FROM pg_stat_user_tables WHERE schemaname = '\(schema)'"
        func size(_ names: String) async throws -> Double {
            try await database.number(
                "SELECT coalesce(sum(pg_total_relation_size(relid)), 0) \(tables) AND relname \(names)"
            )
        }
        let dead = "SELECT coalesce(sum(n_dead_tup), 0) \(tables) AND relname"
        let large = "~ '^(chunks|identities|delivered)_'"
        return [
            Figure("chunks", try await size("~ '^chunks_'") / events, "bytes/event"),
            Figure("identities", try await size("~ '^identities_'") / events, "bytes/event"),
            Figure("delivered", try await size("~ '^delivered_'") / events, "bytes/event"),
            Figure("all other tables", try await size("!\(large)") / 1e6, "MB"),
            Figure("dead rows of the large tables", try await database.number("\(dead) \(large)")),
            Figure("of all others", try await database.number("\(dead) !\(large)")),
        ]
    }
}
