package import Events

/// Runs comparisons, and tells what they found.
package protocol ParityRunning: Sendable {
    /// Queues a comparison.
    /// - Throws: ``ParityError/tooMany(limit:)`` if too many wait.
    func start(_ order: ParityOrder, for tenant: TenantID, by client: ClientName) async throws(ParityError) -> ParityRun

    /// A run; nil if there is none with this number.
    func run(_ id: Int64) async throws(ParityError) -> ParityRun?

    /// The runs before a number, newest first.
    func runs(before id: Int64?, limit: Int) async throws(ParityError) -> [ParityRun]

    /// The numbers of a run by provider and name.
    func cells(of id: Int64, after number: Int64, limit: Int) async throws(ParityError) -> [NumberedCell]

    /// The findings of a run.
    func findings(of id: Int64, _ filter: FindingFilter, after number: Int64, limit: Int) async throws(ParityError)
        -> [NumberedFinding]

    /// The customers that findings of a run are about, with what their bills are wrong by. Those that are equal in the order come by wrong
    /// bills, then by findings.
    func customers(of id: Int64, by order: ParityCustomer.Order, limit: Int) async throws(ParityError)
        -> [ParityCustomer]

    /// The findings of a run by provider, day, cause and name, in this order, at most ``FindingDay/most``.
    func findingDays(of id: Int64) async throws(ParityError) -> [FindingDay]

    /// Sends lost events again, to the provider that lost them, with the identity that they had.
    func resend(in id: Int64, _ filter: FindingFilter) async throws(ParityError) -> ResendCount

    /// What ``resend(in:_:)`` would do now: as sent counts what would be. Nothing is sent.
    func planResend(in id: Int64, _ filter: FindingFilter) async throws(ParityError) -> ResendCount

    /// When an event was sent again because a provider had lost it, oldest first.
    func resends(of event: SequenceNumber) async throws(ParityError) -> [Resend]

    /// Accepts a cause for a time: its findings are shown, and no longer count.
    func accept(_ acceptance: Acceptance) async throws(ParityError)

    /// Who accepted which causes of a run that are accepted now, oldest first.
    func acceptances(in run: ParityRun) async throws(ParityError) -> [Acceptance]

    /// The latest finished run of each provider, with what it found.
    func latest() async throws(ParityError) -> [ParityRun]
}

/// Why a comparison is not made, or not shown.
package enum ParityError: Error, Sendable, Equatable {
    /// So many runs wait already.
    case tooMany(limit: Int)
    /// Events of the window's start are not kept any more; those from this time on are.
    case beforeRetention(Timestamp)
    /// The comparison stood still for so long that events of its window may have been removed.
    case removed
    case unknownRun(Int64)
    /// The run is not over yet.
    case unfinished(Int64)
    /// Another gateway makes the run now: nothing was written.
    case taken(Int64)
    /// The comparisons cannot be read or written.
    case store(String)
    /// The journal cannot be read.
    case journal(String)
}

extension ParityError {
    /// For people.
    package var message: String {
        switch self {
        case .tooMany(let limit):
            "\(limit) comparisons are waiting or running, which is the maximum; try again when one is finished"
        case .beforeRetention(let oldest):
            "the journal has no events from before \(oldest.rfc3339); start the window there or later"
        case .removed:
            "it stood still for longer than a day, and events of its window may have been removed since; start it again"
        case .unknownRun(let id): "no comparison has the id \(id)"
        case .unfinished(let id): "comparison \(id) is not finished"
        case .taken(let id): "another gateway continues comparison \(id)"
        case .store(let reason): "the file of comparisons cannot be used: \(reason)"
        case .journal(let reason): "the journal cannot be read: \(reason)"
        }
    }
}

/// Which findings are meant; what is nil does not restrict.
package struct FindingFilter: Sendable, Equatable {
    package var cause: Cause?
    package var provider: ProviderName?
    package var customerID: String?
    package var name: String?
    /// The event's ID, as ``Finding/eventID`` has it.
    package var eventID: String?

    package init(
        cause: Cause? = nil,
        provider: ProviderName? = nil,
        customerID: String? = nil,
        name: String? = nil,
        eventID: String? = nil
    ) {
        self.cause = cause
        self.provider = provider
        self.customerID = customerID
        self.name = name
        self.eventID = eventID
    }
}

/// A finding as it is kept.
package struct NumberedFinding: Sendable, Equatable {
    /// Rises within a run.
    package let number: Int64
    package let finding: Finding
    /// What somebody did about it: `resent`, or the reason for which its cause is accepted; nil if nothing.
    package let resolution: String?

    package init(number: Int64, finding: Finding, resolution: String?) {
        self.number = number
        self.finding = finding
        self.resolution = resolution
    }
}

/// A cell with its place in the list.
package struct NumberedCell: Sendable, Equatable {
    package let number: Int64
    package let cell: ParityCell

    package init(number: Int64, cell: ParityCell) {
        self.number = number
        self.cell = cell
    }
}

/// The outcome of events that were sent again.
package struct ResendCount: Sendable, Equatable {
    package var sent: Int
    package var failed: Int
    /// The first failure, for people.
    package var reason: String?

    package init(sent: Int = 0, failed: Int = 0, reason: String? = nil) {
        self.sent = sent
        self.failed = failed
        self.reason = reason
    }
}

/// Somebody's word that findings of a cause are as they should be.
package struct Acceptance: Sendable, Equatable {
    package let cause: Cause
    /// Nil: at every provider.
    package let provider: ProviderName?
    /// Nil: of every name.
    package let name: String?
    package let reason: String
    package let until: Timestamp
    package let by: ClientName
    package let at: Timestamp

    package init(
        cause: Cause,
        provider: ProviderName?,
        name: String?,
        reason: String,
        until: Timestamp,
        by client: ClientName,
        at timestamp: Timestamp
    ) {
        self.cause = cause
        self.provider = provider
        self.name = name
        self.reason = reason
        self.until = until
        self.by = client
        self.at = timestamp
    }
}
