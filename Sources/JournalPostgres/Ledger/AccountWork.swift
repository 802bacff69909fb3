import Events
import Journal
import JournalFormat
import Synchronization
import Telemetry

/// What this node does for an account under one lease: what it has claimed, and what it writes, one statement after another.
final class AccountWork: Sendable {
    let lease: AccountLease
    let account: Int32
    /// The node that holds the lease.
    let node: Int64
    let lane: LaneNumber?
    /// What lies after was sent by this node or by nobody: where the journal ended when its leases began.
    let ownSince: JournalPosition
    let signal = LeaseSignal()
    let progress: Mutex<AccountProgress>
    /// What was removed of the account's old intents.
    let flightRemoval = Mutex(FlightRemoval())
    private let intended = Atomic(false)
    private let writtenOff = Atomic(false)
    private let connection: PostgresConnection
    private let testimonies: LateTestimonies
    private let reach: DatabaseReach
    private let metrics: CommitMetrics
    /// Statements under the lease go one at a time.
    private let turns = Turns()
    private let waiting = Mutex<[Pending]>([])

    /// A call that waits for its statement.
    private final class Pending: Sendable {
        let write: AccountWrite
        let result = Mutex<Result<Void, StoreError>?>(nil)

        init(_ write: AccountWrite) {
            self.write = write
        }
    }

    /// Maximum number of calls of one statement.
    private static let writesAtOnce = 256

    init(
        _ lease: AccountLease,
        account: Int32,
        node: Int64,
        lane: LaneNumber?,
        ownSince: JournalPosition,
        progress: AccountProgress,
        in ledger: LedgerParts,
        of store: StoreParts
    ) {
        self.lease = lease
        self.account = account
        self.node = node
        self.lane = lane
        self.ownSince = ownSince
        self.progress = Mutex(progress)
        connection = ledger.connection
        testimonies = ledger.testimonies
        reach = store.reach
        metrics = store.metrics
    }

    /// Whether intents were written under the lease, as for vendors that do not recognize repeats.
    var hasIntended: Bool { intended.load(ordering: .relaxed) }

    /// Whether the database need not have any more what it has confirmed under the lease.
    var isWrittenOff: Bool { writtenOff.load(ordering: .relaxed) }

    /// It is known that the database may have lost what it has confirmed under the lease.
    func writeOff() { writtenOff.store(true, ordering: .relaxed) }

    /// Others have changed rows of the account.
    func rescheduled() {
        progress.withLock { $0.retries.lower(to: RetryTimes.overdue) }
    }

    // MARK: - Outcomes and intents

    /// Writes something down, in one statement with whatever else waits.
    /// - Parameter origins: finds out whose events these are.
    func write(
        _ write: AccountWrite,
        origins: @escaping @Sendable ([Int64]) async throws(StoreError) -> [Int64: Int32]
    ) async throws(StoreError) {
        if case .intend = write { intended.store(true, ordering: .relaxed) }
        let own = Pending(write)
        waiting.withLock { $0.append(own) }
        while true {
            await turns.run { await writeWhatWaits(unless: own, origins: origins) }
            if let result = own.result.withLock({ $0 }) { return try result.get() }
            // It was not among those that could be written together.
        }
    }

    /// - Parameter own: whose caller has the turn; whoever had one before may have written it along.
    private func writeWhatWaits(
        unless own: Pending,
        origins: ([Int64]) async throws(StoreError) -> [Int64: Int32]
    ) async {
        guard own.result.withLock({ $0 == nil }) else { return }
        let taken = waiting.withLock { waiting in
            let count = SettleBatch.prefix(of: waiting.map(\.write), limit: Self.writesAtOnce)
            defer { waiting.removeFirst(count) }
            return Array(waiting.prefix(count))
        }
        let result: Result<Void, StoreError>
        do throws(StoreError) {
            try await commit(taken.map(\.write), origins: origins)
            result = .success(())
        } catch {
            // It may have claimed rows before it failed.
            progress.withLock { $0.doubtClaims(at: .now) }
            if error == .leaseLost { testify(taken.map(\.write)) }
            result = .failure(error)
        }
        for pending in taken { pending.result.withLock { $0 = result } }
    }

    /// Remembers what the vendor has confirmed too late.
    private func testify(_ writes: [AccountWrite]) {
        let intended = progress.withLock { $0.intended }
        let testimony = LateTestimony(writes, intended: intended, account: account, lane: lane)
        if let testimony { testimonies.add(testimony, at: .now) }
    }

    private func commit(
        _ writes: [AccountWrite],
        origins: ([Int64]) async throws(StoreError) -> [Int64: Int32]
    ) async throws(StoreError) {
        let before = progress.withLock { $0 }
        let batch = SettleBatch(writes, progress: before)
        let known = try await rowsBefore(batch.exceptions.map(\.sequence.rawValue), before)
        let cursors = before.cursorsToSave(at: .now)
        let settle = SettleParameters(
            batch: batch,
            before: known,
            origins: try await origins(batch.exceptions.map(\.sequence.rawValue)),
            cursors: cursors,
            flight: progress.withLock { $0.takeFlight() },
            lane: lane,
            shadow: try await countable(batch.shadow)
        )
        let sent = ContinuousClock.now
        try await fenced(settle.statement, settle.parameters(account: account, epoch: lease.epoch, node: node))
        metrics.committed(events: 0, in: .now - sent)
        progress.withLock { progress in
            batch.apply(to: &progress)
            if batch.flying != nil { progress.confirmFlight(settle.flight) }
            progress.saved(cursors, at: .now)
        }
    }

    /// What is known of deliveries before they get an outcome; claims those that nobody has claimed.
    private func rowsBefore(_ sequences: [Int64], _ progress: AccountProgress) async throws(StoreError)
        -> [Int64: SettleBatch.Before]
    {
        var known: [Int64: SettleBatch.Before] = [:]
        var unknown: [Int64] = []
        for sequence in sequences {
            if let row = progress.rows[sequence] {
                known[sequence] = SettleBatch.Before(attempts: row.attempts, status: row.status)
            } else if progress.isFirstTry(sequence) {
                known[sequence] = SettleBatch.Before()
            } else {
                unknown.append(sequence)
            }
        }
        guard !unknown.isEmpty else { return known }
        for row in try await fenced(.claimForOutcome, fence + [.int8s(unknown)]) {
            guard let sequence = row.optionalInteger(0) else { continue }
            known[sequence] = SettleBatch.Before(attempts: Int(clamping: row.integer(1)), status: try row.word(2))
        }
        return known
    }

    /// What shadow deliveries showed, one tally a class and field: those of fields beyond the limit are counted together.
    private func countable(_ tallies: [ShadowTally]) async throws(StoreError) -> [ShadowTally] {
        guard !tallies.isEmpty else { return [] }
        let rows = try await untilAnswered(.readShadowFields, [.int4(account)])
        return ShadowTally.merged(tallies, known: rows.map { $0.text(0) })
    }

    // MARK: - Statements under the lease

    /// Does something else under the lease, between the statements of ``write(_:origins:)``.
    func inTurn<Value>(_ body: () async throws(StoreError) -> Value) async throws(StoreError) -> Value {
        try await turns.run(body)
    }

    /// Runs a statement that begins with the fence, until the database has answered.
    /// - Throws: ``StoreError/leaseLost`` if the fence did not find the account under this lease.
    @discardableResult
    func fenced(_ statement: Statement, _ parameters: [Parameter]) async throws(StoreError) -> Rows {
        let rows = try await untilAnswered(statement, parameters)
        guard !rows.isEmpty else {
            signal.set(.lost)
            throw .leaseLost
        }
        return rows
    }

    /// The first three parameters of a statement that begins with the fence.
    var fence: [Parameter] { [.int4(account), .int8(lease.epoch), .int8(node)] }

    /// Runs a statement that may run twice, until the database has answered or the lease has ended.
    func untilAnswered(_ statement: Statement, _ parameters: [Parameter]) async throws(StoreError) -> Rows {
        var pause = Duration.milliseconds(20)
        while true {
            if signal.isLost { throw .leaseLost }
            do throws(PostgresFailure) {
                return try await connection.run(statement, parameters)
            } catch {
                if !error.isCertain { progress.withLock { $0.doubtClaims(at: .now) } }
                // A shutdown does not wait for a database that is away: what is not written is found in flight by the next owner.
                guard error.isWorthAnotherTry, signal.end != .unwatched, !Task.isCancelled else {
                    throw reach.error(error)
                }
            }
            await Pause.wait(pause)
            pause = min(pause * 2, .seconds(1))
        }
    }
}

extension PostgresFailure {
    /// Whether the same statement can succeed later, or has succeeded already.
    fileprivate var isWorthAnotherTry: Bool {
        switch self {
        case .refused(let state, _): state.isTransient
        case .unreachable, .unknown: true
        case .closed: false
        }
    }
}

extension Row {
    /// A word of one of our enumerations.
    func word<Word: RawRepresentable>(_ column: Int) throws(StoreError) -> Word where Word.RawValue == String {
        guard let word = Word(rawValue: text(column)) else {
            throw .failed(reason: "the database has the unknown word \"\(text(column))\"")
        }
        return word
    }
}
