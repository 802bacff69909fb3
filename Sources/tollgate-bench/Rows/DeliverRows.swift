import Foundation

/// The result of delivering events that were accepted before.
struct Share {
    let acceptedPerSecond: Double
    let deliveriesPerSecond: Double
}

/// The rows about delivering.
extension BenchRun {
    /// Accepting while delivering to four vendors; the backlog must not grow.
    func deliverRow() async throws -> Row {
        let routes = BenchRoutes.four
        let vendors = routes.vendors.count
        return try await Sink.whileRunning(in: scratch) { sink in
            var (delivered, peak) = (0, 0)
            let (report, noop) = try await besideNoop {
                try await withGateway(routes, sink: sink) { gateway in
                    let report = try await load(gateway)
                    delivered = try await sink.deliveries()
                    peak = gateway.process.usage.peakBytes
                    return report
                }
            }
            return Row(
                .deliver,
                "accept one event a request and deliver it to \(vendors) vendors in batches of 100",
                [
                    Figure("", report.requestsPerSecond, "accepted/s", of: noop),
                    Figure("", Double(delivered / vendors) / report.seconds, "deliveries/s a vendor"),
                    Figure("backlog", Double(max(0, report.events - delivered / vendors)), "events"),
                    Figure("peak", Double(peak) / 1e6, "MB"),
                ] + report.latencyFigures
            )
        }
    }

    /// Delivering events that were accepted before, in batches.
    func backlogRow() async throws -> Row {
        try await Sink.whileRunning(in: scratch) { sink in
            let ready = try await load(sink.server, path: "/lago/events", batch: 100)
            let rate = try await drain(.four, events: Int(100_000 * seconds), by: sink)
            return Row(
                .backlog,
                "deliver from a backlog to \(BenchRoutes.four.vendors.count) vendors in batches of 100",
                [
                    Figure(
                        "",
                        rate,
                        "translated deliveries/s",
                        of: Limit(name: "bare NIO with ready-made requests", value: ready.eventsPerSecond)
                    )
                ]
            )
        }
    }

    /// Delivering to a vendor without deduplication: one event per request, with the intent on disk first.
    func singleRow() async throws -> Row {
        try await Sink.whileRunning(in: scratch) { sink in
            let routes = BenchRoutes.knetik
            let ready = try await load(sink.server, path: "/knetik/events")
            let rate = try await drain(routes, events: Int(20_000 * seconds), by: sink)
            return Row(
                .single,
                "deliver from a backlog one event a request, to a vendor that does not deduplicate",
                [
                    Figure(
                        "",
                        rate,
                        "requests/s",
                        of: Limit(name: "bare NIO with ready-made requests", value: ready.requestsPerSecond)
                    )
                ]
            )
        }
    }

    /// Accepts events while the sink is shut, then measures how fast they are delivered.
    private func drain(_ routes: BenchRoutes, events: Int, by sink: Sink) async throws -> Double {
        try await withGateway(routes, sink: sink) { gateway in
            try await acceptThenDeliver(events, gateway, to: routes.vendors.count, sink).deliveriesPerSecond
        }
    }

    /// Accepts events while the vendors hold back, and delivers them when they answer.
    func acceptThenDeliver(
        _ events: Int,
        _ gateway: BenchServer,
        to vendors: Int,
        _ sink: Sink
    ) async throws -> Share {
        try await sink.setGate(isShut: true)
        let report = try await load(gateway, batch: 100, events: events)
        guard report.failed == 0 else { throw BenchFailure(description: "\(report.failed) requests failed") }
        let before = try await sink.deliveries()
        try await sink.setGate(isShut: false)
        let wanted = before + report.events * vendors
        let (count, time) = try await sink.waitForDeliveries(wanted, within: .seconds(10 + 8 * seconds))
        guard count > before else { throw gateway.process.failure("delivered nothing") }
        return Share(acceptedPerSecond: report.eventsPerSecond, deliveriesPerSecond: Double(count - before) / time)
    }

    /// In turns, three times each: the slowest hundredth of a load is a matter of moments.
    func hangRow() async throws -> Row {
        var (alone, beside): ([LoadReport], [LoadReport]) = ([], [])
        for _ in 1...3 {
            try await Sink.whileRunning(in: scratch) { sink in
                alone.append(try await withGateway(.three, sink: sink) { try await load($0) })
                beside.append(try await withGateway(.fourth, sink: sink) { try await load($0) })
            }
        }
        let p99 = Self.median(beside.map { Double($0.p99) / 1000 })
        let rate = Self.median(beside.map(\.requestsPerSecond))
        let undisturbed = (
            p99: Limit(name: "undisturbed", value: Self.median(alone.map { Double($0.p99) / 1000 })),
            rate: Limit(name: "undisturbed", value: Self.median(alone.map(\.requestsPerSecond)))
        )
        let failed = beside.reduce(0) { $0 + $1.failed }
        return Row(
            .hang,
            "accept and deliver to 3 vendors while a fourth accepts requests and never responds",
            [
                Figure("p99", p99, "ms", of: undisturbed.p99), Figure("", rate, "accepted/s", of: undisturbed.rate),
            ] + (failed > 0 ? [Figure("FAILED", Double(failed), "requests")] : [])
        )
    }
}
