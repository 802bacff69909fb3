/// Requests to a provider, by what they were for: together they are what its rate limit counts.
package struct RequestCounts: Sendable, Equatable {
    /// With live deliveries.
    package var live = 0
    /// Of backfills.
    package var backfills = 0
    /// Reads for clients, comparisons and checks, and calls that clients pass on.
    package var reads = 0

    package init(live: Int = 0, backfills: Int = 0, reads: Int = 0) {
        self.live = live
        self.backfills = backfills
        self.reads = reads
    }

    /// Adds what was counted elsewhere.
    package static func &+= (left: inout Self, right: Self) {
        left.live &+= right.live
        left.backfills &+= right.backfills
        left.reads &+= right.reads
    }

    /// Each of the counts changed in the same way.
    func map(_ change: (Int) -> Int) -> Self {
        RequestCounts(live: change(live), backfills: change(backfills), reads: change(reads))
    }
}
