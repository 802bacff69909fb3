package import Events

/// How many calls a comparison takes at a provider.
package struct CallForecast: Sendable, Equatable {
    /// If all is equal.
    package let least: Int
    /// If every part differs.
    package let most: Int

    package init(least: Int, most: Int) {
        self.least = least
        self.most = most
    }

    /// Events of a window, so that memory does not grow with the journal: three times what a count covers where vendors show 100 a page.
    package static let windowEvents = 9900

    /// A comparison of so many events, in windows.
    package static func comparing(_ events: Int, level: ParityLevel, _ traits: ReadTraits) -> CallForecast {
        let windows = max(1, (events + windowEvents - 1) / windowEvents)
        return forecast(
            events: Array(repeating: events / windows, count: windows),
            // Where nothing can be counted, everything is listed.
            level: level == .digest && !traits.lists.isPaged ? .full : level,
            pageSize: traits.lists.isPaged ? traits.lists.pageSize : max(1, traits.lists.pageSize * 9 / 10),
            sample: ParityOrder.standardSample
        )
    }

    /// - Parameters:
    ///   - events: the expected events of each window.
    ///   - level: how the window is compared.
    ///   - sample: how many events are compared at random where counts agree.
    ///   - idsPerRequest: of so many of them one request asks; nil if they are listed by whole pages.
    package static func forecast(
        events: [Int],
        level: ParityLevel,
        pageSize: Int,
        sample: Int,
        idsPerRequest: Int? = nil
    ) -> CallForecast {
        // Every window is listed once more if it has findings that want to be confirmed.
        let full = events.reduce(0) { $0 + pages($1, pageSize) }
        switch level {
        // Usage is not read by windows. What is sent again comes in batches.
        case .ledger, .usage, .resend: return CallForecast(least: 0, most: 0)
        case .full: return CallForecast(least: full, most: 3 * full)
        case .digest:
            let counts = events.reduce(0) { $0 + min(pages($1, pageSize), firstCounts($1, pageSize)) }
            let samples = sample > 0 ? min(samples(sample, of: events, pageSize, idsPerRequest), full) : 0
            return CallForecast(least: min(full, counts + samples), most: 3 * full + counts)
        }
    }

    /// How many requests show a sample. Ids of one window are asked for together.
    private static func samples(_ sample: Int, of events: [Int], _ pageSize: Int, _ idsPerRequest: Int?) -> Int {
        guard let idsPerRequest else { return pages(sample, pageSize) }
        let share = min(1, Double(sample) / Double(max(1, events.reduce(0, +))))
        // Safe: a share of a number is no larger than the number.
        return events.reduce(0) { $0 + pages(Int((Double($1) * share).rounded(.up)), idsPerRequest) }
    }

    /// How many requests carry the events of all windows again, in batches of one name each.
    /// - Parameter names: the most names of a window.
    package static func resending(events: [Int], batch: Int, names: Int) -> CallForecast {
        let least = events.reduce(0) { $0 + ($1 + batch - 1) / batch }
        let most = events.reduce(0) { $0 + min($1, ($1 + batch - 1) / batch + max(0, names - 1)) }
        return CallForecast(least: least, most: max(least, most))
    }

    /// With further calls.
    package func adding(_ other: CallForecast) -> CallForecast {
        CallForecast(least: least + other.least, most: most + other.most)
    }

    /// Whether counts of a window save calls against listing it.
    package static func countingPays(events: Int, pageSize: Int) -> Bool {
        firstCounts(events, pageSize) < pages(events, pageSize)
    }

    private static func pages(_ events: Int, _ size: Int) -> Int { max(1, (events + size - 1) / size) }

    private static func firstCounts(_ events: Int, _ size: Int) -> Int {
        pages(events, size * DigestStep.firstPages)
    }
}

/// How much of what vendors have is compared.
package enum ParityLevel: String, Sendable, CaseIterable {
    /// The journal alone, without asking vendors.
    case ledger
    /// Counts, and whatever differs; a random sample of the rest.
    case digest
    /// Every event.
    case full
    /// The amounts that are billed, and the events of those that differ.
    case usage
    /// Every event is sent again to a vendor that tells how many it did not have: what was lost is counted and mended, and not named.
    case resend

    /// Whether vendors are asked for their events.
    package var readsEvents: Bool { self == .digest || self == .full }
}
