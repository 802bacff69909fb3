import Foundation
import Histogram

/// The results of the requests of one connection, or of all.
struct LoadCount: Sendable {
    private(set) var accepted = 0
    private(set) var failed = 0
    private var latencies = Histogram<UInt32>(
        highestTrackableValue: Self.longest,
        numberOfSignificantValueDigits: .three
    )
    private static let longest: UInt64 = 60_000_000

    /// - Parameter latency: from the request's first byte to the answer's last, in microseconds.
    mutating func note(accepted isAccepted: Bool, latency: UInt64) {
        if isAccepted { accepted += 1 } else { failed += 1 }
        latencies.record(min(max(1, latency), Self.longest))
    }

    /// A request without an answer.
    mutating func noteBroken() {
        failed += 1
    }

    /// Adds the counts of another connection.
    mutating func add(_ other: LoadCount) {
        accepted += other.accepted
        failed += other.failed
        latencies.add(other.latencies)
    }

    /// - Parameters:
    ///   - start: by the shared clock, in nanoseconds, so that reports of several processes can be compared.
    ///   - batch: events per request.
    func report(batch: Int, eventBytes: Int, start: UInt64, end: UInt64) -> LoadReport {
        LoadReport(
            startedAt: start,
            seconds: Double(max(1, end - start)) / 1e9,
            requests: accepted,
            events: accepted * batch,
            eventBytes: eventBytes,
            failed: failed,
            p50: Int(latencies.valueAtPercentile(50)),
            p99: Int(latencies.valueAtPercentile(99))
        )
    }
}

/// What the load's process tells the one that started it.
struct LoadReport: Codable {
    /// Nanoseconds of the machine's clock that all processes share.
    let startedAt: UInt64
    let seconds: Double
    /// Requests that were answered with success.
    let requests: Int
    let events: Int
    let eventBytes: Int
    let failed: Int
    /// Microseconds.
    let p50: Int
    let p99: Int

    var requestsPerSecond: Double { Double(requests) / seconds }
    var eventsPerSecond: Double { Double(events) / seconds }
}

/// Nanoseconds of the machine's clock that all processes share.
enum SharedClock {
    static var now: UInt64 { DispatchTime.now().uptimeNanoseconds }
}
