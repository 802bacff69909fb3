package import Events

/// Counts the outcomes of the deliveries of a window's events, without reading the events.
package protocol LedgerCounting: Sendable {
    /// The deliveries of a window's events by provider, name and day, without canaries. Takes a few seconds for millions of events, and
    /// memory for its cells.
    func ledgerCounts(_ window: RecordedWindow) async throws(StoreError) -> LedgerCounts
}

/// The outcomes of the deliveries of a window's events.
package struct LedgerCounts: Sendable, Equatable {
    /// Deliveries of one provider that are counted together.
    package struct Key: Sendable, Hashable, Comparable {
        package let provider: ProviderName
        /// The events' name; nil for events beyond ``LedgerCounts/mostCells``.
        package let name: String?
        /// The start of the day of the events' own timestamps, UTC; nil for events beyond ``LedgerCounts/mostCells``.
        package let day: Timestamp?

        package init(provider: ProviderName, name: String?, day: Timestamp?) {
            self.provider = provider
            self.name = name
            self.day = day
        }

        /// Names are compared byte for byte, as the journal has them.
        package static func == (left: Self, right: Self) -> Bool {
            left.provider == right.provider && left.name?.exact == right.name?.exact && left.day == right.day
        }

        /// Of what two equal keys have in common.
        package func hash(into hasher: inout Hasher) {
            hasher.combine(provider)
            hasher.combine(name?.exact)
            hasher.combine(day)
        }

        /// By provider, name and day; keys without a name come last.
        package static func < (left: Self, right: Self) -> Bool {
            guard left.provider == right.provider else { return left.provider < right.provider }
            guard let leftName = left.name?.exact, let rightName = right.name?.exact else {
                return left.name != nil && right.name == nil
            }
            guard leftName == rightName else { return leftName < rightName }
            return (left.day?.milliseconds ?? .max) < (right.day?.milliseconds ?? .max)
        }
    }

    /// How many deliveries there are of each kind; ``planned`` is the sum of the states.
    package struct Counts: Sendable, Equatable {
        package var planned = 0
        /// Confirmed by the vendor.
        package var delivered = 0
        /// Never tried, or waiting for a retry.
        package var waiting = 0
        package var rejected = 0
        package var uncertain = 0
        package var discarded = 0
        /// Translated only.
        package var skipped = 0
        /// How many of them belong to lanes rather than to the events' plans.
        package var byLane = 0

        package init() {}

        /// Counts one more delivery.
        package mutating func add(_ status: DeliveryStatus, isByLane: Bool = false) {
            planned += 1
            if isByLane { byLane += 1 }
            switch status {
            case .pending, .retrying: waiting += 1
            case .delivered: delivered += 1
            case .rejected: rejected += 1
            case .uncertain: uncertain += 1
            case .discarded: discarded += 1
            case .skipped: skipped += 1
            }
        }

        /// Adds what was counted elsewhere.
        package static func += (left: inout Self, right: Self) {
            left.planned += right.planned
            left.delivered += right.delivered
            left.waiting += right.waiting
            left.rejected += right.rejected
            left.uncertain += right.uncertain
            left.discarded += right.discarded
            left.skipped += right.skipped
            left.byLane += right.byLane
        }
    }

    /// Maximum number of combinations of name and day, over all providers; further ones are counted by provider alone.
    package static let mostCells = 100_000

    /// Number of events in the window, including those without a provider.
    package var events = 0
    package var cells: [Key: Counts] = [:]
    /// Parts of the journal that cannot be read, and that may have events of the window.
    package var damage: [ChunkDamage] = []

    package init() {}

    /// Counts these deliveries together with others of the same key.
    package mutating func add(_ counts: Counts, to key: Key) {
        if cells[key] == nil, cells.count >= Self.mostCells {
            cells[Key(provider: key.provider, name: nil, day: nil), default: Counts()] += counts
        } else {
            cells[key, default: Counts()] += counts
        }
    }
}
