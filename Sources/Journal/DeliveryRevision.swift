package import Events

/// An operator's decision about deliveries.
package struct DeliveryRevision: Sendable {
    /// What to do with a delivery.
    package enum Action: String, Sendable, CaseIterable {
        /// Sends it again: rejected ones, retries before their time, and uncertain ones if the filter names that state.
        case retry
        /// Discards rejected, uncertain and retrying ones.
        case discard

        /// The states that the action can change. A delivery that was never tried is discarded only at ``DeliveryRevision/untriedAt``.
        package var statuses: Set<DeliveryStatus> { [.rejected, .uncertain, .retrying] }

        /// The states that apply if the filter names none. Retrying an uncertain delivery can bill it twice, so that must be requested
        /// explicitly.
        package var usualStatuses: Set<DeliveryStatus> {
            switch self {
            case .retry: [.rejected, .retrying]
            case .discard: statuses
            }
        }

        /// The states that a filter selects among those that the action can change; empty if it selects none of them.
        package func statuses(meantBy filter: DeliveryFilter) -> Set<DeliveryStatus> {
            filter.statuses.isEmpty ? usualStatuses : filter.statuses.intersection(statuses)
        }
    }

    package let action: Action
    /// Selects among the deliveries that the action can change. If ``DeliveryFilter/statuses`` is empty, ``Action/usualStatuses`` apply.
    package let filter: DeliveryFilter
    /// Providers that were removed, so that deliveries to them that were never tried are discarded too. Nothing of them is retried.
    package let untriedAt: [ProviderName]
    /// Provides the current settings for a retry; nil sends everything as planned.
    package let amending: (any DeliveryAmending)?
    package let by: ClientName
    package let at: Timestamp

    package init(
        action: Action,
        filter: DeliveryFilter,
        untriedAt: [ProviderName] = [],
        amending: (any DeliveryAmending)? = nil,
        by client: ClientName,
        at timestamp: Timestamp
    ) {
        self.action = action
        self.filter = filter
        self.untriedAt = untriedAt
        self.amending = amending
        self.by = client
        self.at = timestamp
    }
}

/// How many deliveries a revision changes.
package struct RevisionCount: Sendable, Equatable {
    package let changed: Int
    /// Not changed because they are in flight.
    package let busy: Int
    /// How many of the changed ones get the current settings; see ``DeliveryRevision/amending``.
    package let amended: Int
    /// How many of the changed ones cannot be translated with the settings that they have now; those with unknown settings are not
    /// counted.
    package let untranslatable: Int

    package init(changed: Int, busy: Int, amended: Int = 0, untranslatable: Int = 0) {
        self.changed = changed
        self.busy = busy
        self.amended = amended
        self.untranslatable = untranslatable
    }

    /// Adds the counts of another part.
    package static func += (left: inout Self, right: Self) {
        left = RevisionCount(
            changed: left.changed + right.changed,
            busy: left.busy + right.busy,
            amended: left.amended + right.amended,
            untranslatable: left.untranslatable + right.untranslatable
        )
    }
}

/// A revision as it was carried out.
package struct RecordedRevision: Sendable, Equatable {
    package let action: DeliveryRevision.Action
    /// ``DeliveryFilter/summary`` of its filter.
    package let filter: String
    package let by: ClientName
    package let at: Timestamp
    package let count: RevisionCount

    package init(
        action: DeliveryRevision.Action,
        filter: String,
        by client: ClientName,
        at timestamp: Timestamp,
        count: RevisionCount
    ) {
        self.action = action
        self.filter = filter
        self.by = client
        self.at = timestamp
        self.count = count
    }
}
