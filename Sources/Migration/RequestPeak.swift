package import Events

/// The busiest minute of a destination against its vendor's rate limit, and the backlog that its traffic would have made.
///
/// Events come nearly in the order of their acceptance. Retries are not counted, and requests are as full as they can be, so the figures
/// are lower bounds.
package struct RequestPeak: Sendable {
    /// The result.
    package struct Result: Sendable, Equatable {
        /// When the busiest minute began.
        package let minute: Timestamp
        package let events: Int
        package let requests: Int
        /// How many requests a minute the vendor allows; nil if it has no limit.
        package let limit: Int?
        /// For how many minutes at a time requests would have waited, at most.
        package let backlogMinutes: Int
    }

    private let batch: BatchLimit
    private let limitPerMinute: Double?
    /// The latest minutes; others are closed. Streams of a journal, and clocks that are set, put events a little out of order.
    private var open: [(minute: Int64, count: RequestCount)] = []
    private var closed = ClosedMinutes()

    private static let mostOpen = 16
    private static let milliseconds: Int64 = 60_000

    /// - Parameter limit: nil if the vendor has none.
    package init(batch: BatchLimit, limit: RateLimit?) {
        self.batch = batch
        limitPerMinute = limit.map { Double($0.requests) * 60 / max($0.per / .seconds(1), 0.001) }
    }

    /// - Parameter bytes: of the event in the vendor's format.
    package mutating func add(bytes: Int, acceptedAt time: Timestamp) {
        open[place(of: minute(time))].count.add(bytes: bytes)
    }

    /// Rounded down, also before 1970.
    private func minute(_ time: Timestamp) -> Int64 {
        (time.milliseconds - (time.milliseconds % Self.milliseconds + Self.milliseconds) % Self.milliseconds)
            / Self.milliseconds
    }

    /// The index of a minute among the open ones. What comes after its minute was closed counts with the oldest that is open.
    private mutating func place(of minute: Int64) -> Int {
        if let last = open.indices.last, open[last].minute == minute { return last }
        if let found = open.firstIndex(where: { $0.minute == minute }) { return found }
        if let end = closed.last, minute <= end, !open.isEmpty { return 0 }
        let place = open.firstIndex { $0.minute > minute } ?? open.endIndex
        open.insert((minute, RequestCount(batch: batch)), at: place)
        guard open.count > Self.mostOpen else { return place }
        let oldest = open.removeFirst()
        closed.add(oldest.minute, oldest.count, limit: limitPerMinute)
        return max(0, place - 1)
    }

    /// The result with the minutes that have begun; nil before the first event.
    package var result: Result? {
        var all = closed
        for (minute, count) in open { all.add(minute, count, limit: limitPerMinute) }
        guard let busiest = all.busiest else { return nil }
        let waiting = limitPerMinute.map { (all.longestBacklog / $0).rounded(.up) } ?? 0
        return Result(
            minute: Timestamp(milliseconds: busiest.minute * Self.milliseconds),
            events: busiest.count.events,
            requests: busiest.count.requests,
            limit: limitPerMinute.map { Int(min($0, 1e9)) },
            backlogMinutes: Int(min(waiting, 1e9))
        )
    }
}

/// Minutes in their order, of which the busiest is kept, and the longest backlog of requests.
private struct ClosedMinutes: Sendable {
    private(set) var last: Int64?
    private(set) var busiest: (minute: Int64, count: RequestCount)?
    private var backlog = 0.0
    private(set) var longestBacklog = 0.0

    /// - Parameter limit: requests a minute.
    mutating func add(_ minute: Int64, _ count: RequestCount, limit: Double?) {
        if count.requests > busiest?.count.requests ?? 0 { busiest = (minute, count) }
        if let limit {
            let idle = last.map { Double(max(0, minute - $0 - 1)) } ?? 0
            backlog = max(0, backlog - limit * idle)
            backlog = max(0, backlog + Double(count.requests) - limit)
            longestBacklog = max(longestBacklog, backlog)
        }
        last = minute
    }
}
