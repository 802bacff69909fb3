package import Events
import JSON
package import Telemetry

/// What one gateway has counted in a step of time, as the others read it.
package struct GatewayFigures: Sendable, Equatable {
    /// At one provider.
    package struct Part: Sendable, Equatable {
        /// Without percentiles, which follow from the latencies.
        package var point = StatisticsPoint()
        package var latencies = LatencyCounts.Snapshot()

        package init() {}
    }

    /// Events that were accepted, and how long that took.
    package var accepted = 0
    package var acceptLatencies = LatencyCounts.Snapshot()
    package var providers: [ProviderName: Part] = [:]

    package init() {}

    /// What was counted from one sample to another.
    /// - Parameter worst: the states that kept calls away most in between.
    package init(from earlier: StatisticsSample, to later: StatisticsSample, worst: [ProviderName: CircuitState]) {
        accepted = StatisticsSample.Counters.increase(later.accepted, earlier.accepted)
        acceptLatencies = LatencyCounts.Snapshot(later.acceptLatencies.numbers(since: earlier.acceptLatencies))
        for (name, counters) in later.providers {
            let before = earlier.providers[name] ?? StatisticsSample.Counters()
            var part = Part()
            part.point = counters.increase(since: before)
            part.point.circuit = [counters.circuit, worst[name]].compactMap(\.self).max()
            part.latencies = LatencyCounts.Snapshot(counters.latencies.numbers(since: before.latencies))
            providers[name] = part
        }
    }
}

// MARK: - JSON

extension GatewayFigures {
    /// Maximum of a figure that is read: far from an overflow of any sum.
    private static let most: Int64 = 1 << 50

    package var json: [UInt8] {
        var writer = JSONWriter(capacity: 512)
        writer.beginObject()
        writer.member("accepted", integer: accepted)
        Self.write("latencies", acceptLatencies, to: &writer)
        writer.key("providers")
        writer.beginArray()
        for (name, part) in providers.sorted(by: { $0.key < $1.key }) { Self.write(name, part, to: &writer) }
        writer.endArray()
        writer.endObject()
        return writer.bytes
    }

    private static func write(_ name: ProviderName, _ part: Part, to writer: inout JSONWriter) {
        let point = part.point
        writer.beginObject()
        writer.member("name", string: name.rawValue)
        writer.member("accepted", integer: point.accepted)
        writer.member("delivered", integer: point.delivered)
        writer.member("retried", integer: point.retried)
        writer.member("rejected", integer: point.rejected)
        writer.member("uncertain", integer: point.uncertain)
        writer.member("requests_live", integer: point.requests.live)
        writer.member("requests_backfills", integer: point.requests.backfills)
        writer.member("requests_reads", integer: point.requests.reads)
        // What is not known is left out.
        if let backlog = point.backlog { writer.member("backlog", integer: backlog) }
        if let age = point.oldestAge { writer.member("oldest_age_ms", integer: Int(clamping: age.wholeMilliseconds)) }
        if let concurrency = point.concurrency { writer.member("concurrency", integer: concurrency) }
        if let circuit = point.circuit { writer.member("circuit", string: circuit.rawValue) }
        write("latencies", part.latencies, to: &writer)
        writer.endObject()
    }

    /// Numbers of buckets, each followed by how many are in it.
    private static func write(_ name: String, _ latencies: LatencyCounts.Snapshot, to writer: inout JSONWriter) {
        writer.key(name)
        writer.beginArray()
        for (bucket, count) in latencies.numbers().sorted(by: { $0.key < $1.key }) {
            writer.integer(bucket)
            writer.integer(count)
        }
        writer.endArray()
    }

    /// - Returns: nil for what is not an object of ``json``; members that a later version has are left out.
    package init?(json: [UInt8]) {
        guard let root = JSONDocument(ifValid: json)?.root, root.kind == .object else { return nil }
        accepted = Self.count(root["accepted"]) ?? 0
        acceptLatencies = Self.latencies(root["latencies"])
        for value in root["providers"].map({ Array($0.elements) }) ?? [] {
            guard let name = value["name"]?.string else { continue }
            var part = Part()
            part.point.accepted = Self.count(value["accepted"]) ?? 0
            part.point.delivered = Self.count(value["delivered"]) ?? 0
            part.point.retried = Self.count(value["retried"]) ?? 0
            part.point.rejected = Self.count(value["rejected"]) ?? 0
            part.point.uncertain = Self.count(value["uncertain"]) ?? 0
            part.point.requests.live = Self.count(value["requests_live"]) ?? 0
            part.point.requests.backfills = Self.count(value["requests_backfills"]) ?? 0
            part.point.requests.reads = Self.count(value["requests_reads"]) ?? 0
            part.point.backlog = Self.count(value["backlog"])
            part.point.oldestAge = Self.count(value["oldest_age_ms"]).map { .milliseconds($0) }
            part.point.concurrency = Self.count(value["concurrency"])
            part.point.circuit = value["circuit"]?.string.flatMap { CircuitState(rawValue: $0) }
            part.latencies = Self.latencies(value["latencies"])
            providers[ProviderName(name)] = part
        }
    }

    private static func count(_ value: JSONValue?) -> Int? {
        value?.int64.map { Int(min(max(0, $0), most)) }
    }

    private static func latencies(_ value: JSONValue?) -> LatencyCounts.Snapshot {
        let numbers = (value.map { Array($0.elements) } ?? []).map { count($0) ?? 0 }
        var counts: [Int: Int] = [:]
        for place in stride(from: 0, to: numbers.count - 1, by: 2) { counts[numbers[place]] = numbers[place + 1] }
        return LatencyCounts.Snapshot(counts)
    }
}

// MARK: - Adding up

extension GatewayFigures {
    /// The figures of all gateways in one step, added up: of the whole, and of each provider.
    package static func sum(_ all: [GatewayFigures]) -> (
        whole: StatisticsPoint, providers: [ProviderName: StatisticsPoint]
    ) {
        var points: [ProviderName: StatisticsPoint] = [:]
        for name in Set(all.flatMap(\.providers.keys)) { points[name] = sum(all.compactMap { $0.providers[name] }) }
        var whole = StatisticsPoint()
        for point in points.values { whole.addCounts(of: point) }
        whole.accepted = all.reduce(0) { $0 &+ $1.accepted }
        if !points.values.contains(where: { $0.backlog == nil }) {
            whole.backlog = points.values.reduce(0) { $0 &+ ($1.backlog ?? 0) }
        }
        if !points.values.contains(where: { $0.oldestAge == nil }) {
            whole.oldestAge = points.values.compactMap(\.oldestAge).max() ?? .zero
        }
        whole.addPercentiles(of: all.map(\.acceptLatencies))
        return (whole, points)
    }

    private static func sum(_ parts: [Part]) -> StatisticsPoint {
        var sum = StatisticsPoint()
        for part in parts {
            sum.addCounts(of: part.point)
            sum.accepted &+= part.point.accepted
        }
        // All gateways see the same backlog. The one that delivers has the newest, and it alone has a pipeline.
        let owner = parts.first { $0.point.circuit != nil }
        sum.backlog = owner?.point.backlog ?? parts.lazy.compactMap(\.point.backlog).first
        sum.oldestAge = owner?.point.oldestAge ?? parts.lazy.compactMap(\.point.oldestAge).first
        sum.concurrency = parts.compactMap(\.point.concurrency).max()
        sum.circuit = parts.compactMap(\.point.circuit).max()
        sum.addPercentiles(of: parts.map(\.latencies))
        return sum
    }
}

extension StatisticsPoint {
    fileprivate mutating func addCounts(of other: StatisticsPoint) {
        delivered &+= other.delivered
        retried &+= other.retried
        rejected &+= other.rejected
        uncertain &+= other.uncertain
        requests &+= other.requests
    }

    fileprivate mutating func addPercentiles(of latencies: [LatencyCounts.Snapshot]) {
        var all = LatencyCounts.Snapshot()
        for latency in latencies { all.add(latency) }
        (p50, p99) = (all.percentile(50), all.percentile(99))
    }
}
