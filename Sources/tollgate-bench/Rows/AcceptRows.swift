/// The rows about accepting.
extension BenchRun {
    /// The limit of the HTTP server: a handler that reads and responds.
    func noopRow() async throws -> Row {
        let report = try await noop(batch: 1)
        return Row(
            .noop,
            "Hummingbird that only reads the body and answers, one event a request",
            [Figure("", report.requestsPerSecond, "requests/s")] + report.latencyFigures
        )
    }

    /// The limit of the disk: bodies written to a file, with one sync per group.
    func writerRow() async throws -> Row {
        let report = try await writer()
        return Row(
            .writer,
            "bare NIO that writes bodies to a file, with one fdatasync a group, one event a request",
            [Figure("", report.requestsPerSecond, "requests/s")] + report.latencyFigures
        )
    }

    /// One event per request, with the no-op handler directly before and after.
    func acceptRow() async throws -> Row {
        let writer = Limit(name: "writer", value: try await writer().requestsPerSecond)
        let (report, noop) = try await besideNoop { try await withGateway(.none, sink: nil) { try await load($0) } }
        let rates = [
            Figure("", report.requestsPerSecond, "requests/s", of: noop),
            Figure("same", report.requestsPerSecond, "requests/s", of: writer),
        ]
        return Row(
            .accept,
            "accept one event of \(report.eventBytes) bytes a request, on disk before the 202",
            rates + report.latencyFigures
        )
    }

    /// What the log costs. In turns, three times each, because the two differ by less than the machine does from minute to minute.
    func acceptWithoutLogRow() async throws -> Row {
        var (logged, silent): ([LoadReport], [LoadReport]) = ([], [])
        for _ in 1...3 {
            silent.append(try await withGateway(.none, sink: nil, logs: false) { try await load($0) })
            logged.append(try await withGateway(.none, sink: nil) { try await load($0) })
        }
        let rate = Self.median(silent.map(\.requestsPerSecond))
        let limit = Limit(name: "without", value: rate)
        return Row(
            .acceptWithoutLog,
            "accept one event a request without the log (--log-level error), in turns with the default log",
            [
                Figure("", rate, "requests/s"),
                Figure("with the log", Self.median(logged.map(\.requestsPerSecond)), "requests/s", of: limit),
            ]
        )
    }

    /// 100 events per request, beside the no-op handler with the same body.
    func acceptBatchRow() async throws -> Row {
        let (report, noop) = try await besideNoop(batch: 100, named: "noop with this body") {
            try await withGateway(.none, sink: nil) { try await load($0, batch: 100) }
        }
        return Row(
            .acceptBatch,
            "accept 100 events a request, on disk before the 202",
            [Figure("", report.eventsPerSecond, "events/s", of: noop)] + report.latencyFigures
        )
    }

    /// Bytes written to disk per event, without the log.
    func diskRow() async throws -> Row {
        // The kernel counts the log's bytes too, so there is none.
        let (report, written) = try await withGateway(.none, sink: nil, logs: false) { gateway in
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
