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

    /// - Parameters:
    ///   - events: the expected events of each window.
    ///   - level: how the window is compared.
    ///   - sample: how many events are listed at random where counts agree.
    package static func forecast(events: [Int], level: ParityLevel, pageSize: Int, sample: Int) -> CallForecast {
        // Every window is listed once more if it has findings that want to be confirmed.
        let full = events.reduce(0) { $0 + pages($1, pageSize) }
        switch level {
        // Usage is not read by windows.
        case .ledger, .usage: return CallForecast(least: 0, most: 0)
        case .full: return CallForecast(least: full, most: 3 * full)
        case .digest:
            let counts = events.reduce(0) { $0 + min(pages($1, pageSize), firstCounts($1, pageSize)) }
            let samples = sample > 0 ? min(pages(sample, pageSize), full) : 0
            return CallForecast(least: min(full, counts + samples), most: 3 * full + counts)
        }
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
}
