package import Events

/// Keeps the lanes of backfills. Each is a durable walk through the journal to one provider, with its own cursor.
///
/// **What belongs to a lane.** An event belongs to a lane if the lane's ``LaneMembership`` has a destination for it, if its plan does not
/// have the lane's provider or has it only as `shadow`, and if no other lane of the provider has an outcome for it. Two lanes of one
/// provider that could select the same event are never active at the same time. So an event has at most one delivery at a provider that
/// sends it, and every restart finds the same set.
///
/// **How it is delivered.** A lane has an account of its own in the ledger, ``Lane/account``. Under the lease from ``lease(_:taking:)``,
/// ``DeliveryLedger`` hands out, settles and retries the lane's events as it does a provider's: what is not settled when the lease ends
/// is claimed again under the next one. The live deliveries of the provider are another account.
///
/// **What it keeps.** Retention removes nothing that an active lane has yet to pass.
package protocol LaneKeeping: Sendable {
    /// Records a lane as `running`. When it returns, that is on disk.
    func start(_ lane: NewLane) async throws(StoreError) -> LaneStart

    /// All lanes, the newest first.
    func lanes() async throws(StoreError) -> [Lane]

    /// Shows whether another process has changed a lane, newest first. Cheap, however long the journal is.
    func laneMarks() async throws(StoreError) -> [LaneMark]

    /// A lane; nil if there is none with this number.
    func lane(_ number: LaneNumber) async throws(StoreError) -> Lane?

    /// Changes a lane. When it returns, that is on disk.
    func change(_ number: LaneNumber, _ change: LaneChange, by client: ClientName, at now: Timestamp)
        async throws(StoreError) -> LaneAnswer

    /// Waits until the lane's account belongs to the caller, as ``AccountLeasing/lease(_:)`` does. Lanes that have ended have one too,
    /// because a person may retry one of their deliveries.
    ///
    /// A lane that is not ``LaneState/running`` hands out no new events under it; one that is ``LaneState/cancelling`` no retries either:
    /// after a claim that finds none for this reason, ``DeliveryLedger/nextDue(for:)`` is nil.
    /// - Parameter membership: the same for every lease of the lane.
    /// - Throws: ``StoreError/failed(reason:)`` if there is no such lane.
    func lease(_ number: LaneNumber, taking membership: any LaneMembership) async throws(StoreError) -> AccountLease

    /// Ends a lane whose work is done, together with the lease: a ``LaneState/cancelling`` one becomes ``LaneState/cancelled``, one that
    /// has reached its end becomes ``LaneState/done``. Deliveries of a cancelled lane that wait for a retry are discarded with the code
    /// ``DeliveryErrorCode/backfillCancelled``, and a later lane may send those events.
    /// - Returns: ``LaneAnswer/unfinished(_:)``, with nothing changed, if an event is claimed or interrupted and not settled, or if a
    ///   lane that is not cancelled has no end yet or has not reached it.
    /// - Throws: ``StoreError/leaseLost`` if the lease has ended.
    func end(_ number: LaneNumber, under lease: AccountLease, at now: Timestamp) async throws(StoreError) -> LaneAnswer
}

/// Decides for each event whether a lane's filter and routes select it, and how it is sent.
///
/// A pure function of the event: it must give the same answer forever. The routes are evaluated at the event's own times, so that what
/// was left out on purpose stays out.
package protocol LaneMembership: Sendable {
    /// The event's destination, whose provider is the lane's and whose mode is not `shadow`; nil if the event is not for the lane.
    func destination(for event: AcceptedEvent) -> Destination?
}

/// Which events a lane is for; conditions that are nil or empty do not restrict, all others must hold.
package struct LaneFilter: Sendable, Equatable {
    package var tenant: TenantID?
    /// Names of events, in which `*` stands for any text.
    package var names: [String]
    package var customerIDs: [String]
    /// Events that occurred at or after this time.
    package var from: Timestamp?
    /// Events that occurred before this time.
    package var until: Timestamp?

    package init(
        tenant: TenantID? = nil,
        names: [String] = [],
        customerIDs: [String] = [],
        from: Timestamp? = nil,
        until: Timestamp? = nil
    ) {
        self.tenant = tenant
        self.names = names
        self.customerIDs = customerIDs
        self.from = from
        self.until = until
    }

    /// Whether some event could match both filters, as far as the filters show.
    package func mayOverlap(_ other: LaneFilter) -> Bool {
        if let tenant, let otherTenant = other.tenant, tenant != otherTenant { return false }
        if let until, let from = other.from, until <= from { return false }
        if let from, let until = other.until, until <= from { return false }
        if Self.areDisjoint(customerIDs, other.customerIDs) { return false }
        let hasPattern = (names + other.names).contains { $0.utf8.contains(UInt8(ascii: "*")) }
        return hasPattern || !Self.areDisjoint(names, other.names)
    }

    private static func areDisjoint(_ left: [String], _ right: [String]) -> Bool {
        guard !left.isEmpty, !right.isEmpty else { return false }
        return Set(left.map { Array($0.utf8) }).isDisjoint(with: right.map { Array($0.utf8) })
    }
}

/// A lane to start.
package struct NewLane: Sendable, Equatable {
    package let provider: ProviderName
    package let adapter: AdapterName
    package let filter: LaneFilter
    /// The data from which the lane's membership is built whenever it is needed. The journal keeps it unchanged and never reads it.
    package let routes: [UInt8]
    /// Maximum share of the provider's rate limit that the lane uses, in percent.
    package let rate: Double
    package let by: ClientName
    package let at: Timestamp

    package init(
        provider: ProviderName,
        adapter: AdapterName,
        filter: LaneFilter,
        routes: [UInt8],
        rate: Double,
        by client: ClientName,
        at now: Timestamp
    ) {
        self.provider = provider
        self.adapter = adapter
        self.filter = filter
        self.routes = routes
        self.rate = rate
        self.by = client
        self.at = now
    }
}

/// The result of starting a lane.
package enum LaneStart: Sendable, Equatable {
    case started(Lane)
    /// This active lane of the provider could select the same events; nothing was started.
    case overlaps(Lane)
}

/// The state of a lane.
package enum LaneState: String, Sendable, CaseIterable {
    case running
    /// Stopped by an operator, who can resume it.
    case paused
    /// Cancelled by an operator; requests may still be in flight.
    case cancelling
    /// It has reached its end.
    case done
    /// Cancelled by an operator.
    case cancelled

    /// Whether it has not ended: it pins the journal, and no other lane may select the same events.
    package var isActive: Bool {
        switch self {
        case .running, .paused, .cancelling: true
        case .done, .cancelled: false
        }
    }
}

/// A change of a lane.
package enum LaneChange: Sendable, Equatable {
    /// Only for a running lane.
    case pause
    /// Only for a paused lane.
    case resume
    /// The share of the provider's rate limit, in percent.
    case rate(Double)
    /// Ends the lane at the newest event. An end that is set does not change.
    case fixEnd
    /// Only for a running or a paused lane. ``LaneKeeping/end(_:under:at:)`` follows once nothing is in flight.
    case cancel
}

/// The result of a change.
package enum LaneAnswer: Sendable, Equatable {
    case changed(Lane)
    /// The lane's state does not allow the change.
    case refused(Lane)
    /// The lane has work left.
    case unfinished(Lane)
    /// There is no lane with this number.
    case unknown
}

/// A lane as the journal has it.
package struct Lane: Sendable, Equatable {
    package let number: LaneNumber
    package let provider: ProviderName
    package let adapter: AdapterName
    package let filter: LaneFilter
    /// As ``NewLane/routes``.
    package let routes: [UInt8]
    package let state: LaneState
    /// Maximum share of the provider's rate limit that it uses, in percent.
    package let rate: Double
    package let startedBy: ClientName
    package let startedAt: Timestamp
    /// Who changed it last; if nobody has, who started it.
    package let changedBy: ClientName
    package let changedAt: Timestamp
    package let endedAt: Timestamp?
    package let progress: LaneProgress
    package let counts: LaneCounts

    /// - Parameter order: as it was started, but with the rate that holds now.
    package init(
        number: LaneNumber,
        of order: NewLane,
        state: LaneState,
        changedBy: ClientName,
        changedAt: Timestamp,
        endedAt: Timestamp?,
        progress: LaneProgress,
        counts: LaneCounts
    ) {
        self.number = number
        provider = order.provider
        adapter = order.adapter
        filter = order.filter
        routes = order.routes
        self.state = state
        rate = order.rate
        startedBy = order.by
        startedAt = order.at
        self.changedBy = changedBy
        self.changedAt = changedAt
        self.endedAt = endedAt
        self.progress = progress
        self.counts = counts
    }

    /// The lane's account in the ledger. No provider of `routes.json` can have its name.
    package var account: ProviderName { Self.account(of: number, at: provider) }

    /// The account of a lane.
    package static func account(of number: LaneNumber, at provider: ProviderName) -> ProviderName {
        ProviderName("\(provider)~\(number)")
    }
}

/// How far a lane has come, counted in events of the journal, whether or not they belong to it.
package struct LaneProgress: Sendable, Equatable {
    /// Events that it has passed, and settled if they belong to it.
    package let walked: Int
    /// Events that remain up to its end, or up to the newest event while it has no end.
    package let ahead: Int
    /// Whether it has an end: events that come from now on do not belong to it.
    package let hasEnd: Bool

    package init(walked: Int, ahead: Int, hasEnd: Bool) {
        self.walked = walked
        self.ahead = ahead
        self.hasEnd = hasEnd
    }
}

/// The outcomes of a lane's events, including events that retention has removed.
package struct LaneCounts: Sendable, Equatable {
    /// Deliveries that have an outcome or wait for a retry, by state.
    package var statuses: [DeliveryStatus: Int]
    /// Delivered ones that the vendor already had.
    package var deduplicated: Int

    package init(statuses: [DeliveryStatus: Int] = [:], deduplicated: Int = 0) {
        self.statuses = statuses
        self.deduplicated = deduplicated
    }

    /// Total number of events.
    package var events: Int { statuses.values.reduce(0, +) }
}

extension AcceptedEvent {
    /// Whether the event's plan leaves it to a lane to send it to this provider. A correction is only for providers that have the
    /// original, and a canary only for the provider that it tests.
    package func isOpenToLanes(of provider: ProviderName) -> Bool {
        guard !plan.isOfCorrections, !plan.isOfCanaries else { return false }
        return plan.destination(at: provider).map { $0.mode == .shadow } ?? true
    }
}
