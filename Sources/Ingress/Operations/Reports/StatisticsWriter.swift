import Events
import JSON
import Reports

/// Statistics as JSON: one list per figure, with null where it is unknown.
enum StatisticsWriter {
    /// - Parameter limits: the rate limits of the providers that have one.
    static func json(_ report: StatisticsReport, _ limits: [ProviderName: RateLimit] = [:]) -> [UInt8] {
        var writer = JSONWriter(capacity: 4096)
        writer.beginObject()
        writer.member("since", string: report.since.rfc3339)
        writer.member("from", string: report.from.rfc3339)
        writer.member("step_seconds", integer: report.step.rawValue)
        writer.key("total")
        if let whole = report.whole {
            writer.beginObject()
            write(whole, to: &writer)
            writer.endObject()
        } else {
            writer.null()
        }
        writer.key("providers")
        writer.beginArray()
        for series in report.providers {
            writer.beginObject()
            writer.member("name", string: series.provider.rawValue)
            write(series.points, to: &writer)
            write("requests_live", series.points, to: &writer) { $0.requests.live }
            write("requests_backfills", series.points, to: &writer) { $0.requests.backfills }
            write("requests_reads", series.points, to: &writer) { $0.requests.reads }
            write(limits[series.provider], to: &writer)
            write("concurrency", series.points, to: &writer) { $0.concurrency }
            writer.key("circuit")
            writer.beginArray()
            for point in series.points {
                if let circuit = point?.circuit { writer.string(circuit.rawValue) } else { writer.null() }
            }
            writer.endArray()
            writer.endObject()
        }
        writer.endArray()
        writer.member("providers_omitted", integer: report.omittedProviders)
        writer.key("gateways")
        if let gateways = report.gateways { write(gateways, to: &writer) } else { writer.null() }
        writer.endObject()
        return writer.bytes
    }

    /// Writes the member `rate_limit`.
    private static func write(_ limit: RateLimit?, to writer: inout JSONWriter) {
        writer.key("rate_limit")
        guard let limit else { return writer.null() }
        writer.beginObject()
        writer.member("requests", integer: limit.requests)
        writer.member("per_ms", integer: limit.per.wholeMilliseconds)
        writer.endObject()
    }

    private static func write(_ gateways: [StatisticsReport.Gateway], to writer: inout JSONWriter) {
        writer.beginArray()
        for gateway in gateways {
            writer.beginObject()
            writer.member("name", string: gateway.name)
            writer.member("last_report", string: gateway.lastReport.rfc3339)
            writer.member("silent", bool: gateway.isSilent)
            writer.endObject()
        }
        writer.endArray()
    }

    /// Null where nothing was measured, which is not the same as 0.
    private static func write(_ points: [StatisticsPoint?], to writer: inout JSONWriter) {
        write("accepted", points, to: &writer) { $0.accepted }
        write("delivered", points, to: &writer) { $0.delivered }
        write("retried", points, to: &writer) { $0.retried }
        write("rejected", points, to: &writer) { $0.rejected }
        write("uncertain", points, to: &writer) { $0.uncertain }
        write("backlog", points, to: &writer) { $0.backlog }
        write("oldest_age_ms", points, to: &writer) { ($0.oldestAge?.wholeMilliseconds).map { Int($0) } }
        write("latency_us_p50", points, to: &writer) { ($0.p50?.wholeMicroseconds).map { Int($0) } }
        write("latency_us_p99", points, to: &writer) { ($0.p99?.wholeMicroseconds).map { Int($0) } }
    }

    private static func write(
        _ name: String,
        _ points: [StatisticsPoint?],
        to writer: inout JSONWriter,
        _ figure: (StatisticsPoint) -> Int?
    ) {
        writer.key(name)
        writer.beginArray()
        for point in points {
            if let value = point.flatMap(figure) { writer.integer(value) } else { writer.null() }
        }
        writer.endArray()
    }
}
