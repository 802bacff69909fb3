package import Events
package import Journal
package import OfRecord

/// What each of a migration's two providers got of the events of each day, by the events' own time in UTC.
///
/// All events of the providers, those of other routes included.
package struct MigrationDays: Sendable, Equatable {
    /// One day.
    package struct Day: Sendable, Equatable {
        /// Its midnight.
        package let start: Timestamp
        package let countedAt: Timestamp
        /// Deliveries to the provider that the customers leave.
        package let from: LedgerCounts.Counts
        /// Deliveries to the provider that they move to.
        package let to: LedgerCounts.Counts

        package init(
            start: Timestamp,
            countedAt: Timestamp,
            from: LedgerCounts.Counts = LedgerCounts.Counts(),
            to: LedgerCounts.Counts = LedgerCounts.Counts()
        ) {
            self.start = start
            self.countedAt = countedAt
            self.from = from
            self.to = to
        }
    }

    package let from: ProviderName
    package let to: ProviderName
    /// Newest first, without a gap.
    package let days: [Day]
    /// How many older days were not counted yet: counting reads the journal, and takes a limited time for each request.
    package let uncounted: Int

    package init(from: ProviderName, to: ProviderName, days: [Day], uncounted: Int = 0) {
        self.from = from
        self.to = to
        self.days = days
        self.uncounted = uncounted
    }

    /// Maximum number of days.
    package static let most = 31
    /// How many are shown of a migration for which nothing was ordered yet.
    package static let usual = 7
    package static let length = Duration.seconds(86_400)

    /// The midnights of the days that are shown, newest first: from the first order on.
    package static func starts(since first: Timestamp?, at now: Timestamp) -> [Timestamp] {
        let today = start(of: now)
        let earliest = first.map(start) ?? today + (.zero - length * (usual - 1))
        var starts: [Timestamp] = []
        var day = today
        while starts.isEmpty || day >= earliest, starts.count < most {
            starts.append(day)
            day = day + (.zero - length)
        }
        return starts
    }

    private static func start(of time: Timestamp) -> Timestamp {
        let day = length.wholeMilliseconds
        let rest = time.milliseconds % day
        return Timestamp(milliseconds: time.milliseconds - (rest < 0 ? rest + day : rest))
    }
}

extension MigrationStatus {
    /// When the first order was given; nil before.
    package var firstOrderAt: Timestamp? { records.first?.entry.at }

    /// The customers who move next, as the log says now.
    /// - Parameter limit: maximum number of times.
    package func upcoming(limit: Int) -> UpcomingMoves {
        let log = MigrationLog(records.map(\.entry))
        guard !log.isClosed else { return UpcomingMoves(groups: []) }
        return RecordKeeping(boundaries: outline.boundaries, log: log).upcoming(after: now, limit: limit)
    }
}
