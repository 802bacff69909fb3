/// The rows about accepting.
extension BenchRun {
    func noopRow() async throws -> Row {
        let report = try await noop(batch: 1)
        return Row(
            .noop,
            "Hummingbird that only reads the body and answers, one event a request",
            [Figure("", report.requestsPerSecond, "requests/s")] + report.latencyFigures
        )
    }

    func writerRow() async throws -> Row {
        let report = try await writer()
        return Row(
            .writer,
            "bare NIO that writes bodies to a file, with one fdatasync a group, one event a request",
            [Figure("", report.requestsPerSecond, "requests/s")] + report.latencyFigures
        )
    }

    func acceptRow() async throws -> Row {
        let limits = [
            Limit(name: "noop", value: try await noop(batch: 1).requestsPerSecond),
            Limit(name: "writer", value: try await writer().requestsPerSecond),
        ]
        let report = try await withGateway(.none, sink: nil) { try await load($0) }
        let rates = limits.map {
            Figure($0.name == "noop" ? "" : "same", report.requestsPerSecond, "requests/s", of: $0)
        }
        return Row(
            .accept,
            "accept one event of \(report.eventBytes) bytes a request, on disk before the 202",
            rates + report.latencyFigures
        )
    }

    func acceptBatchRow() async throws -> Row {
        let limit = Limit(name: "noop with this body", value: try await noop(batch: 100).eventsPerSecond)
        let report = try await withGateway(.none, sink: nil) { try await load($0, batch: 100) }
        return Row(
            .acceptBatch,
            "accept 100 events a request, on disk before the 202",
            [Figure("", report.eventsPerSecond, "events/s", of: limit)] + report.latencyFigures
        )
    }

    func diskRow() async throws -> Row {
        let (report, written) = try await withGateway(.none, sink: nil) { gateway in
            let before = gateway.process.usage.writtenBytes
            let report = try await load(gateway)
            return (report, gateway.process.usage.writtenBytes - before)
        }
        let perEvent = Double(written) / Double(max(1, report.events))
        return Row(
            .disk,
            "bytes that reach the disk for an event of \(report.eventBytes) bytes, one event a request",
            [
                Figure("", perEvent, "bytes/event", of: Limit(name: "event", value: Double(report.eventBytes))),
                Figure("events", Double(report.events)),
            ]
        )
    }
}
