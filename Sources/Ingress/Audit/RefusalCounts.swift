import Events

/// Counts refusals that are recorded in the audit log together. Pure: it gets the time as an argument.
///
/// The first one from a source is due at once; later ones within a minute become one entry with their number, and so do those from
/// additional sources while many are counted. So a flood of any size writes only a few entries per second.
struct RefusalCounts<Source: Hashable & Sendable>: Sendable {
    /// Refusals of one source.
    struct Count: Sendable {
        fileprivate(set) var attempts = 0
        /// The first of them.
        fileprivate(set) var since: Timestamp
        /// Of the first refused request.
        fileprivate(set) var requestID: String?
        /// When they become an entry.
        fileprivate var due: Timestamp
    }

    /// The period in which refusals of one source are one entry.
    static var window: Duration { .seconds(60) }
    /// Maximum number of sources with a count of their own.
    static var mostSources: Int { 128 }

    private var counts: [Source: Count] = [:]

    /// Counts a refusal.
    /// - Parameters:
    ///   - rest: the source that it is counted for while too many sources are counted.
    ///   - requestID: of the request that was refused.
    mutating func add(_ source: Source, orElse rest: Source, in requestID: String?, at now: Timestamp) {
        let source = counts[source] == nil && counts.count >= Self.mostSources ? rest : source
        var count = counts[source] ?? Count(since: now, due: now)
        if count.attempts == 0 { (count.since, count.requestID) = (now, requestID) }
        if count.attempts < .max { count.attempts += 1 }
        counts[source] = count
    }

    /// What is due. Sources without refusals for a whole window are removed.
    mutating func takeDue(at now: Timestamp) -> [(source: Source, count: Count)] {
        var due: [(source: Source, count: Count)] = []
        for (source, count) in counts where count.due <= now || count.due > now + Self.window {
            if count.attempts > 0 {
                due.append((source, count))
                counts[source] = Count(since: now, due: now + Self.window)
            } else {
                counts[source] = nil
            }
        }
        return due
    }

    /// Everything, due or not. Resets the counts.
    mutating func takeAll() -> [(source: Source, count: Count)] {
        let all = counts.filter { $0.value.attempts > 0 }.map { (source: $0.key, count: $0.value) }
        counts = [:]
        return all
    }
}
