import Events
import Parity
import Synchronization

/// A storage of comparisons that can be told to fail.
struct FailingStorage: ParityStorage {
    /// What fails, and how often comparisons were asked for.
    final class Switch: Sendable {
        struct State {
            var failsToRead = false
            var failsToWrite = false
            var tries = 0
            /// How often all findings of money were read.
            var moneyReads = 0
            /// What comes before a window is written down.
            var beforeSave: (@Sendable () async -> Void)?
        }

        let state = Mutex(State())
    }

    let storage: any ParityStorage
    let faults: Switch

    private static let full = ParityError.store("database or disk is full")

    private func write() throws(ParityError) {
        if faults.state.withLock({ $0.failsToWrite }) { throw Self.full }
    }

    func next() async throws(ParityError) -> ParityRun? {
        let isFailing = faults.state.withLock { state in
            state.tries += 1
            return state.failsToRead
        }
        if isFailing { throw Self.full }
        return try await storage.next()
    }

    func set(_ state: ParityRun.State, of id: Int64, reason: String?, at now: Timestamp) async throws(ParityError) {
        try write()
        try await storage.set(state, of: id, reason: reason, at: now)
    }

    func plan(_ windows: [ReadWindow], events: Int, _ reports: [ProviderReport], for id: Int64)
        async throws(ParityError)
    {
        try write()
        try await storage.plan(windows, events: events, reports, for: id)
    }

    func note(calls: Int, fault: String?, at provider: ProviderName, for id: Int64) async throws(ParityError) {
        try write()
        try await storage.note(calls: calls, fault: fault, at: provider, for: id)
    }

    func save(_ records: [ProviderName: WindowRecord], of window: ReadWindow, state: WindowState, for id: Int64)
        async throws(ParityError)
    {
        try write()
        await faults.state.withLock { $0.beforeSave }?()
        try await storage.save(records, of: window, state: state, for: id)
    }

    // MARK: What never fails

    var isShared: Bool { storage.isShared }

    func close() async throws(ParityError) { try await storage.close() }

    func add(_ order: ParityOrder, for tenant: TenantID, by client: ClientName, at now: Timestamp)
        async throws(ParityError) -> ParityRun
    { try await storage.add(order, for: tenant, by: client, at: now) }

    func run(_ id: Int64, at now: Timestamp) async throws(ParityError) -> ParityRun? {
        try await storage.run(id, at: now)
    }

    func runs(before id: Int64?, limit: Int, at now: Timestamp) async throws(ParityError) -> [ParityRun] {
        try await storage.runs(before: id, limit: limit, at: now)
    }

    func windows(_ state: WindowState, of id: Int64, limit: Int) async throws(ParityError) -> [ReadWindow] {
        try await storage.windows(state, of: id, limit: limit)
    }

    func split(_ window: ReadWindow, into halves: (ReadWindow, ReadWindow), of id: Int64) async throws(ParityError) {
        try await storage.split(window, into: halves, of: id)
    }

    func findings(of window: ReadWindow, at provider: ProviderName, for id: Int64) async throws(ParityError)
        -> [Finding]
    { try await storage.findings(of: window, at: provider, for: id) }

    func findings(of id: Int64, _ filter: FindingFilter, after number: Int64, limit: Int, at now: Timestamp)
        async throws(ParityError) -> [NumberedFinding]
    { try await storage.findings(of: id, filter, after: number, limit: limit, at: now) }

    func cells(of id: Int64, after number: Int64, limit: Int) async throws(ParityError) -> [NumberedCell] {
        try await storage.cells(of: id, after: number, limit: limit)
    }

    func customers(of id: Int64, limit: Int) async throws(ParityError) -> [ParityCustomer] {
        try await storage.customers(of: id, limit: limit)
    }

    func moneyFindings(of id: Int64) async throws(ParityError) -> [MoneyFinding] {
        faults.state.withLock { $0.moneyReads += 1 }
        return try await storage.moneyFindings(of: id)
    }

    func findingDays(of id: Int64) async throws(ParityError) -> [FindingDay] { try await storage.findingDays(of: id) }

    func resent(_ numbers: [Int64], at now: Timestamp, keepingSince oldest: Timestamp) async throws(ParityError) {
        try await storage.resent(numbers, at: now, keepingSince: oldest)
    }

    func resends(of event: SequenceNumber) async throws(ParityError) -> [Resend] {
        try await storage.resends(of: event)
    }

    func accept(_ acceptance: Acceptance) async throws(ParityError) { try await storage.accept(acceptance) }

    func acceptances(at now: Timestamp) async throws(ParityError) -> [Acceptance] {
        try await storage.acceptances(at: now)
    }

    func note(_ events: [UnbilledEvent], at provider: ProviderName, at now: Timestamp, keepingSince oldest: Timestamp)
        async throws(ParityError)
    { try await storage.note(events, at: provider, at: now, keepingSince: oldest) }

    func unbilled(at provider: ProviderName) async throws(ParityError) -> [UnbilledEvent] {
        try await storage.unbilled(at: provider)
    }

    func watchState(_ kind: WatchKind, of provider: ProviderName) async throws(ParityError) -> [UInt8]? {
        try await storage.watchState(kind, of: provider)
    }

    func watchStates(_ kind: WatchKind) async throws(ParityError) -> [ProviderName: [UInt8]] {
        try await storage.watchStates(kind)
    }

    func save(_ state: [UInt8], _ kind: WatchKind, of provider: ProviderName) async throws(ParityError) {
        try await storage.save(state, kind, of: provider)
    }
}
