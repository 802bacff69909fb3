package import Events

/// Keeps the lanes of backfills: each a durable walk through the journal to one provider, with a cursor of its own.
///
/// **What belongs to a lane.** An event belongs to a lane if the lane's ``LaneMembership`` has a destination for it, if its plan has
/// the lane's provider not at all or only as `shadow`, and if no other lane of the provider has an outcome for it. Two lanes of one
/// provider that can take the same event are never active at the same time. So an event has at most one delivery at a provider that
/// sends it, and every restart finds the same set.
///
/// **How it is delivered.** A lane has an account of its own in the ledger, ``Lane/account``. Under the lease that
/// ``lease(_:taking:)`` gives, ``DeliveryLedger`` hands out, settles and retries the lane's events as it does a provider's: what is not
/// settled when the lease ends is claimed again under the next one. The live deliveries of the provider are another account.
///
/// **What it keeps.** Nothing that an active lane has not walked over is removed by retention.
package protocol LaneKeeping: Sendable {
    /// Writes a lane down, which is `running` then. When it returns, that is on disk.
    func start(_ lane: NewLane) async throws(StoreError) -> LaneStart

    /// All lanes, the newest first.
    func lanes() async throws(StoreError) -> [Lane]

    /// What tells whether another process has changed a lane, the newest first. It costs little, however long the journal is.
    func laneMarks() async throws(StoreError) -> [LaneMark]

    /// A lane; nil if there is none with this number.
    func lane(_ number: LaneNumber) async throws(StoreError) -> Lane?

    /// Changes a lane. When it returns, that is on disk.
    func change(_ number: LaneNumber, _ change: LaneChange, by client: ClientName, at now: Timestamp)
        async throws(StoreError) -> LaneAnswer

    /// Waits until the lane's account is the caller's, as ``AccountLeasing/lease(_:)`` does. Lanes that have ended have one, too: a
    /// delivery of theirs can be due again because a person has asked for it.
    ///
    /// A lane that is not ``LaneState/running`` hands out no new events under it; one that is ``LaneState/cancelling`` no retries
    /// either: after a claim of them that finds none for this reason, ``DeliveryLedger/nextDue(for:)`` knows of none.
    /// - Parameter membership: the same for every lease of the lane.
    /// - Throws: ``StoreError/failed(reason:)`` if there is no such lane.
    func lease(_ number: LaneNumber, taking membership: any LaneMembership) async throws(StoreError) -> AccountLease

    /// Ends a lane whose work is done, together with the lease: a ``LaneState/cancelling`` one becomes ``LaneState/cancelled``, one that
    /// has come to its end ``LaneState/done``. Deliveries of a cancelled lane that wait for another attempt are discarded with the code
    /// ``DeliveryErrorCode/backfillCancelled``, and a later lane may take those events.
    /// - Returns: ``LaneAnswer/unfinished(_:)`` if an event is claimed or interrupted and not settled, or if a lane that is not cancelled
    ///   has no end yet or has not come to it; nothing is changed then.
    /// - Throws: ``StoreError/leaseLost`` if the lease has ended.
    func end(_ number: LaneNumber, under lease: AccountLease, at now: Timestamp) async throws(StoreError) -> LaneAnswer
}

/// Tells for each event whether the filter and the routes of a lane take it, and how it is sent then.
///
/// A pure function of the event: it must give the same answer forever. The routes are asked with the event's own times, so that what
/// was left out on purpose stays out.
package protocol LaneMembership: Sendable {
    /// Where the event would go. Its provider is the lane's, and its mode is not `shadow`; nil if the event is not for the lane.
    func destination(for event: AcceptedEvent) -> Destination?
}

/// Which events a lane is for; conditions that are nil or empty do not restrict, all others must hold.
package struct LaneFilter: Sendable, Equatable {
    package var tenant: TenantID?
    /// Names of events, in which `*` stands for any text.
    package var names: [String]
    package var customerIDs: [String]
    /// Events that occurred at this time or later.
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

    /// Whether an event may pass both filters, as far as can be told without one.
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

/// A lane that is to be started.
package struct NewLane: Sendable, Equatable {
    package let provider: ProviderName
    package let adapter: AdapterName
    package let filter: LaneFilter
    /// From what the lane's membership is made whenever it is needed: kept as it is, and never read by the journal.
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

/// The outcome of a lane that was to be started.
package enum LaneStart: Sendable, Equatable {
    case started(Lane)
    /// This active lane of the provider may take the same events; nothing was started.
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

    /// Whether it is not over: it pins the journal, and no other lane may take the same events.
    package var isActive: Bool {
        switch self {
        case .running, .paused, .cancelling: true
        case .done, .cancelled: false
        }
    }
}

/// What is changed about a lane.
package enum LaneChange: Sendable, Equatable {
    /// Only of a running lane.
    case pause
    /// Only of a paused lane.
    case resume
    /// In percent of the provider's rate limit.
    case rate(Double)
    /// The lane ends at the event that is newest now. An end does not change.
    case fixEnd
    /// Only of a running or a paused lane. ``LaneKeeping/end(_:under:at:)`` follows once nothing is in flight any more.
    case cancel
}

/// The outcome of a change.
package enum LaneAnswer: Sendable, Equatable {
    case changed(Lane)
    /// It cannot be changed so in the state that it is in.
    case refused(Lane)
    /// It has work left.
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
    /// Who changed it last, and when; as it was started if nobody has.
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

/// How far a lane has come, in events of the journal, whether they belong to it or not.
package struct LaneProgress: Sendable, Equatable {
    /// Walked over, and settled if they belong to it.
    package let walked: Int
    /// Up to its end, or to the newest event while it has none.
    package let ahead: Int
    /// Whether it has an end: events that come from now on do not belong to it.
    package let hasEnd: Bool

    package init(walked: Int, ahead: Int, hasEnd: Bool) {
        self.walked = walked
        self.ahead = ahead
        self.hasEnd = hasEnd
    }
}

/// The outcome of a lane's events; those included that retention has removed since.
package struct LaneCounts: Sendable, Equatable {
    /// Deliveries that have an outcome or wait for another attempt, by state.
    package var statuses: [DeliveryStatus: Int]
    /// Delivered ones that the vendor had already.
    package var deduplicated: Int

    package init(statuses: [DeliveryStatus: Int] = [:], deduplicated: Int = 0) {
        self.statuses = statuses
        self.deduplicated = deduplicated
    }

    /// How many events there are in all.
    package var events: Int { statuses.values.reduce(0, +) }
}

extension AcceptedEvent {
    /// Whether the event's plan leaves it to a lane to send it to this provider. A correction is for those that have the original alone, and
    /// a canary for the provider that it tests.
    package func isOpenToLanes(of provider: ProviderName) -> Bool {
        guard !plan.isOfCorrections, !plan.isOfCanaries else { return false }
        return plan.destination(at: provider).map { $0.mode == .shadow } ?? true
    }
}
