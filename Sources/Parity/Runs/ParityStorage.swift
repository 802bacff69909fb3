package import Events

/// Keeps comparisons: which are asked for, how far each is, and what it found. Comparisons continue after a restart where they were.
///
/// Every implementation must pass the suite in `Tests/Support/ParityBehaviour`.
package protocol ParityStorage: WatchKeeping {
    // MARK: Runs

    /// Adds a run that waits, and removes the oldest that have ended beyond some hundreds.
    /// - Throws: ``ParityError/tooMany(limit:)``
    func add(_ order: ParityOrder, for tenant: TenantID, by client: ClientName, at now: Timestamp)
        async throws(ParityError) -> ParityRun

    /// The oldest run that is not over and that no other gateway makes; it is this one's from now on. A gateway that dies loses its runs
    /// to the others. Progress is only written by whoever has the run; see ``ParityError/taken(_:)``.
    func next() async throws(ParityError) -> ParityRun?

    /// - Parameter now: by which acceptances are valid.
    func run(_ id: Int64, at now: Timestamp) async throws(ParityError) -> ParityRun?

    /// Runs with a lower id, newest first.
    func runs(before id: Int64?, limit: Int, at now: Timestamp) async throws(ParityError) -> [ParityRun]

    // MARK: Progress

    /// Changes the state of a run.
    /// - Parameter now: when it ended, if that is a state in which it has ended.
    func set(_ state: ParityRun.State, of id: Int64, reason: String?, at now: Timestamp) async throws(ParityError)

    /// The plan of a run: its windows, in the place of those of an earlier plan, and what it will take. The run reads from now on.
    func plan(_ windows: [ReadWindow], events: Int, _ reports: [ProviderReport], for id: Int64)
        async throws(ParityError)

    /// Notes calls to a provider that belong to no window, and why a part of the comparison failed there; the first reason stays.
    func note(calls: Int, fault: String?, at provider: ProviderName, for id: Int64) async throws(ParityError)

    /// Windows that are in a state, in order.
    func windows(_ state: WindowState, of id: Int64, limit: Int) async throws(ParityError) -> [ReadWindow]

    /// Puts two halves in the place of a window that holds too much.
    func split(_ window: ReadWindow, into halves: (ReadWindow, ReadWindow), of id: Int64) async throws(ParityError)

    /// Writes down what a window came to at these providers, in the place of what an earlier read found; calls add up.
    func save(_ records: [ProviderName: WindowRecord], of window: ReadWindow, state: WindowState, for id: Int64)
        async throws(ParityError)

    // MARK: Findings

    /// The findings of a window at a provider, in the order in which they were saved.
    func findings(of window: ReadWindow, at provider: ProviderName, for id: Int64) async throws(ParityError)
        -> [Finding]

    /// Findings of a run with a higher number, in order.
    /// - Parameter now: by which acceptances are valid.
    func findings(of id: Int64, _ filter: FindingFilter, after number: Int64, limit: Int, at now: Timestamp)
        async throws(ParityError) -> [NumberedFinding]

    /// What a run counted by event name and provider, in the order of the names and of the run's providers.
    func cells(of id: Int64, after number: Int64, limit: Int) async throws(ParityError) -> [NumberedCell]

    /// The customers that findings of a run are about: those with the most wrong bills first, then those with the most findings, then in
    /// the order of the bytes of their ids and of the providers' names. Findings that are only counted are not among them.
    func customers(of id: Int64, limit: Int) async throws(ParityError) -> [ParityCustomer]

    /// The findings of a run that have a difference of money, in any order.
    func moneyFindings(of id: Int64) async throws(ParityError) -> [MoneyFinding]

    /// The findings of a run by provider, day, cause and name, in this order, at most ``FindingDay/most``.
    func findingDays(of id: Int64) async throws(ParityError) -> [FindingDay]

    /// Notes that the events of findings were sent again.
    /// - Parameter oldest: resends before it are forgotten, because the journal has none of their events any more.
    func resent(_ numbers: [Int64], at now: Timestamp, keepingSince oldest: Timestamp) async throws(ParityError)

    /// When an event was sent again, oldest first.
    func resends(of event: SequenceNumber) async throws(ParityError) -> [Resend]

    /// Accepts a cause from now on, until it expires.
    func accept(_ acceptance: Acceptance) async throws(ParityError)

    /// The acceptances that are valid at a time, oldest first.
    func acceptances(at now: Timestamp) async throws(ParityError) -> [Acceptance]

    // MARK: What vendors say by themselves

    /// Notes events that a vendor stores and does not bill, each with the latest reason; the oldest beyond ``mostUnbilled`` of a provider go.
    /// - Parameter oldest: what was noted before it is forgotten, because the journal has none of the events any more.
    func note(_ events: [UnbilledEvent], at provider: ProviderName, at now: Timestamp, keepingSince oldest: Timestamp)
        async throws(ParityError)

    /// The events that were noted of a provider, in any order.
    func unbilled(at provider: ProviderName) async throws(ParityError) -> [UnbilledEvent]

    /// Whether other gateways may add runs, or leave some, so that ``next()`` is worth asking from time to time.
    var isShared: Bool { get }

    /// Ends all access.
    func close() async throws(ParityError)
}

extension ParityStorage {
    /// Findings that are kept one by one for a run; the others are counted.
    package static var mostFindings: Int { 100_000 }
    /// Events that are kept of a provider that it stores and does not bill.
    package static var mostUnbilled: Int { 100_000 }
    /// Runs that are kept; the oldest that have ended go.
    package static var mostRuns: Int64 { 200 }
    /// Runs that wait or continue.
    package static var mostOpen: Int { 8 }
}

/// How far the comparison of a window is.
package enum WindowState: String, Sendable {
    case open
    /// Read, with findings that want to be confirmed.
    case suspect
    case settled
}

/// What a provider's part of a window came to.
package struct WindowRecord: Sendable, Equatable {
    /// By the event's name at the gateway.
    package var cells: [ExactText: CellCounts]
    package var findings: [Finding]
    package var calls: Int
    /// Events in parts whose counts agree.
    package var countedOnly: Int
    /// Those among them whose sums agree too.
    package var summed: Int
    package var sampledParts: Int
    /// Why it could not be compared.
    package var unreadable: String?

    package init(
        cells: [ExactText: CellCounts] = [:],
        findings: [Finding] = [],
        calls: Int = 0,
        countedOnly: Int = 0,
        summed: Int = 0,
        sampledParts: Int = 0,
        unreadable: String? = nil
    ) {
        self.cells = cells
        self.findings = findings
        self.calls = calls
        self.countedOnly = countedOnly
        self.summed = summed
        self.sampledParts = sampledParts
        self.unreadable = unreadable
    }

    /// How many findings there are of each cause and name.
    package var causes: [(cause: Cause, name: String, count: Int)] {
        var counts: [Cause: [ExactText: Int]] = [:]
        for finding in findings { counts[finding.cause, default: [:]][finding.subject.name.exact, default: 0] += 1 }
        return counts.flatMap { cause, names in names.map { (cause, $0.key.rawValue, $0.value) } }
    }
}

extension Acceptance {
    /// Whether findings of a run are accepted by it.
    package func concerns(_ run: ParityRun) -> Bool {
        run.reports.contains { report in
            (provider.map { $0 == report.provider } ?? true)
                && report.causes.contains { $0.cause == cause && $0.accepted > 0 }
        }
    }

    /// Whether it is about findings of this cause at this provider and of this event name.
    package func covers(_ cause: Cause, at provider: ProviderName, named name: String) -> Bool {
        self.cause == cause && (self.provider.map { $0 == provider } ?? true)
            && (self.name.map { $0.utf8.elementsEqual(name.utf8) } ?? true)
    }
}
