package import Events

/// What people, and what outlives a restart, change about deliveries.
package protocol DeliveryRevising: Sendable {
    /// How many deliveries a revision would change now, and changes nothing.
    func count(_ revision: DeliveryRevision) async throws(StoreError) -> RevisionCount

    /// Changes deliveries, and records who did it and when with the first of them. When it returns, all is on disk.
    ///
    /// Retried deliveries become `retrying` and are due at once, with their history kept; discarded ones become `discarded`. A delivery
    /// that a pipeline holds at this moment is not touched, and is counted as busy.
    func revise(_ revision: DeliveryRevision) async throws(StoreError) -> RevisionCount

    /// The recorded revisions, newest first.
    func revisions(of tenant: TenantID, limit: Int) async throws(StoreError) -> [RecordedRevision]

    /// Makes the retries of a provider due at `now` that are due later than `limit`. When it returns, that is on disk.
    /// - Parameter limit: `now` or later.
    func makeRetriesDue(
        of provider: ProviderName,
        waitingBeyond limit: Timestamp,
        at now: Timestamp
    ) async throws(StoreError)

    /// Writes down that an operator holds a provider, over restarts; nil lifts the hold.
    func hold(_ provider: ProviderName, byOperator hold: OperatorHold?) async throws(StoreError)

    /// An operator's hold; nil if there is none. It may be over.
    func operatorHold(of provider: ProviderName) async throws(StoreError) -> OperatorHold?

    /// Keeps a provider from being called before a moment, over restarts; nil lifts it.
    func hold(_ provider: ProviderName, _ hold: ProviderHold?) async throws(StoreError)

    /// What keeps a provider from being called; nil if nothing does.
    func hold(of provider: ProviderName) async throws(StoreError) -> ProviderHold?
}

/// What a person decided about deliveries that wait for one.
package struct DeliveryRevision: Sendable {
    /// What is done with a delivery.
    package enum Action: String, Sendable, CaseIterable {
        /// Sends them again: rejected ones, retries before their time, and uncertain ones if the filter names that state.
        case retry
        /// Gives them up: rejected, uncertain and retrying ones.
        case discard

        /// The states that the action can change. A delivery that was never tried is discarded only at
        /// ``DeliveryRevision/untriedAt``.
        package var statuses: Set<DeliveryStatus> { [.rejected, .uncertain, .retrying] }

        /// The states that are meant where the filter names none. To retry an uncertain delivery can bill it twice, so that must
        /// be asked for.
        package var usualStatuses: Set<DeliveryStatus> {
            switch self {
            case .retry: [.rejected, .retrying]
            case .discard: statuses
            }
        }
    }

    package let action: Action
    /// Which of the deliveries that the action can change. ``DeliveryFilter/statuses`` empty: ``Action/usualStatuses``.
    package let filter: DeliveryFilter
    /// Providers whose deliveries are discarded too that were never tried, because nobody delivers to them any more. Nothing of them
    /// is retried.
    package let untriedAt: [ProviderName]
    package let by: ClientName
    package let at: Timestamp

    package init(
        action: Action,
        filter: DeliveryFilter,
        untriedAt: [ProviderName] = [],
        by client: ClientName,
        at moment: Timestamp
    ) {
        self.action = action
        self.filter = filter
        self.untriedAt = untriedAt
        self.by = client
        self.at = moment
    }
}

/// How many deliveries a revision changes.
package struct RevisionCount: Sendable, Equatable {
    package let changed: Int
    /// Under way at this moment, so left alone.
    package let busy: Int

    package init(changed: Int, busy: Int) {
        self.changed = changed
        self.busy = busy
    }
}

/// A revision as it was carried out.
package struct RecordedRevision: Sendable, Equatable {
    package let action: DeliveryRevision.Action
    /// ``DeliveryFilter/words`` of its filter.
    package let filter: String
    package let by: ClientName
    package let at: Timestamp
    package let count: RevisionCount

    package init(
        action: DeliveryRevision.Action,
        filter: String,
        by client: ClientName,
        at moment: Timestamp,
        count: RevisionCount
    ) {
        self.action = action
        self.filter = filter
        self.by = client
        self.at = moment
        self.count = count
    }
}

/// Why a provider is not called, and until when.
package struct ProviderHold: Sendable, Equatable {
    package let until: Timestamp
    /// What the vendor said.
    package let fault: DeliveryFault
    /// Whether the credential or the account is the trouble; else it is a wait that the vendor asked for.
    package let isParked: Bool

    package init(until: Timestamp, fault: DeliveryFault, isParked: Bool) {
        self.until = until
        self.fault = fault
        self.isParked = isParked
    }
}

/// An operator's decision that a provider is not called for a while: neither the vendor's wait nor parking.
package struct OperatorHold: Sendable, Equatable {
    package let until: Timestamp
    package let by: ClientName
    package let at: Timestamp

    package init(until: Timestamp, by client: ClientName, at moment: Timestamp) {
        self.until = until
        self.by = client
        self.at = moment
    }
}
