import Foundation

/// The rows about what the store costs.
extension BenchRun {
    /// - Parameter events: how many wait for each of four vendors.
    func memoryRow(events: Int) async throws -> Row {
        let data = "memory"
        return try await Sink.whileRunning(in: scratch) { sink in
            try await sink.setGate(isShut: true)
            let filled = try await withGateway(.four, sink: sink, data: data) { gateway in
                let report = try await load(gateway, batch: 100, events: events)
                guard report.failed == 0 else { throw BenchFailure(description: "\(report.failed) requests failed") }
                return (events: report.events, usage: gateway.process.usage)
            }
            let start = SharedClock.now
            return try await withGateway(.four, sink: sink, data: data) { gateway in
                let startup = Double(SharedClock.now - start) / 1e6
                // Pipelines read ahead after the start.
                try await Task.sleep(for: .seconds(1))
                let usage = gateway.process.usage
                return Row(
                    .memory,
                    "\(filled.events) events that wait for 4 vendors, after accepting them and after a restart",
                    [
                        Figure("resident", Double(filled.usage.residentBytes) / 1e6, "MB"),
                        Figure("peak", Double(filled.usage.peakBytes) / 1e6, "MB"),
                        Figure("restarted: ready after", startup, "ms"),
                        Figure("resident", Double(usage.residentBytes) / 1e6, "MB"),
                        Figure("peak", Double(usage.peakBytes) / 1e6, "MB"),
                    ]
                )
            }
        }
    }

    /// What a journal costs that has many events, next to one that has none: each in turn accepts a share of events and delivers it.
    ///
    /// - Parameter events: how many are stored beforehand.
    func longRow(events: Int) async throws -> Row {
        let routes = BenchRoutes.four
        let vendors = routes.vendors.count
        let share = min(1_000_000, events)
        return try await Sink.whileRunning(in: scratch) { sink in
            try await withGateway(routes, sink: sink) { full in
                try await fill(full, with: events, to: vendors, sink)
                var shares: [(first: Share, later: Share)] = []
                for _ in 1...3 {
                    let first = try await withGateway(routes, sink: sink) { empty in
                        try await acceptThenDeliver(share, empty, to: vendors, sink)
                    }
                    shares.append((first, try await acceptThenDeliver(share, full, to: vendors, sink)))
                }
                func figure(_ unit: String, _ rate: (Share) -> Double) -> Figure {
                    let first = Limit(name: "the first", value: Self.median(shares.map { rate($0.first) }))
                    return Figure("", Self.median(shares.map { rate($0.later) }), unit, of: first)
                }
                let usage = full.process.usage
                return Row(
                    .long,
                    "\(share) more events over \(events) that are stored, next to the first \(share), to \(vendors) vendors in batches of 100",
                    [
                        figure("accepted/s", \.acceptedPerSecond), figure("deliveries/s", \.deliveriesPerSecond),
                        Figure("resident", Double(usage.residentBytes) / 1e6, "MB"),
                        Figure("peak", Double(usage.peakBytes) / 1e6, "MB"),
                    ]
                )
            }
        }
    }

    /// Accepts events and delivers them at the same time.
    private func fill(_ gateway: BenchServer, with events: Int, to vendors: Int, _ sink: Sink) async throws {
        let before = try await sink.deliveries()
        let report = try await load(gateway, batch: 100, events: events, within: 900)
        guard report.events >= events else { throw BenchFailure(description: "only \(report.events) were accepted") }
        let wanted = before + report.events * vendors
        let (count, _) = try await sink.waitForDeliveries(wanted, within: .seconds(300))
        guard count >= wanted else { throw BenchFailure(description: "\(wanted - count) deliveries are missing") }
    }
}
