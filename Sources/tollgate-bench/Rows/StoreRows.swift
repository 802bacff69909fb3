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

    /// Accepts events in ten equal slices: what the first cost, and what the later ones.
    func longRow(events: Int) async throws -> Row {
        try await withGateway(.none, sink: nil) { gateway in
            var figures: [Figure] = []
            for slice in 1...10 {
                let before = gateway.process.usage.writtenBytes
                let report = try await load(gateway, batch: 100, events: events / 10)
                let usage = gateway.process.usage
                figures += [
                    Figure("\nat \(events / 10 * slice) events:", report.eventsPerSecond, "events/s"),
                    Figure("", Double(usage.writtenBytes - before) / Double(max(1, report.events)), "bytes/event"),
                    Figure("resident", Double(usage.residentBytes) / 1e6, "MB"),
                ]
                figures += report.latencyFigures
            }
            return Row(.long, "accept \(events) events, 100 a request, in ten slices", figures)
        }
    }
}
