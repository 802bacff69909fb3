import Events
import GRDB
import Journal
import JournalFormat

/// A part of a person's decision about deliveries, small enough not to hold up the commits beside it.
struct RevisionStep: Sendable {
    /// What one step did.
    struct Result: Sendable {
        /// The revision's number, for the steps that follow.
        let number: Int64
        let changed: Int
        /// How many of them get other settings, and how many cannot be translated.
        let amended: Int
        let untranslatable: Int
        /// By how much the number of rows that say `retrying` has changed.
        let retryingChange: Int
    }

    let revision: DeliveryRevision
    let tenant: TenantID
    /// Nil: the first step, which makes the record.
    let number: Int64?
    let provider: ProviderName
    let providerNumber: Int64
    /// The lane whose account it is; nil if it is a provider's.
    let lane: LaneNumber?
    /// Deliveries with a row, held by the caller for as long as the step takes.
    let sequences: [Int64]
    /// What they would be sent with; nothing of those that are not retried, or for which nobody has said it.
    var prospects: [Int64: RetryProspect] = [:]
    /// Events with higher numbers were accepted since the store was opened.
    let newestAtOpening: Int64
    /// How many deliveries beside these a settlement has changed already.
    var settled = 0
    /// How many others a pipeline holds.
    let busy: Int

    func run(in db: Database) throws -> Result {
        var (changed, amended, untranslatable, retryingChange) = (settled, 0, 0, 0)
        let update = try db.cachedStatement(
            sql: """
                UPDATE deliveries SET status = ?, next_attempt_at = ?, reached_at = NULL,
                    reached_before = reached_before OR reached_at IS NOT NULL OR status = 'uncertain'
                WHERE sequence = ? AND provider = ?
                """
        )
        let isRetry = revision.action == .retry
        var counts: [String: Int] = [:]
        for sequence in sequences {
            guard let trace = try DeliveryTrace.fetch(sequence: sequence, provider: providerNumber, in: db),
                revision.action.statuses.contains(trace.status)
            else { continue }
            if let prospect = prospects[sequence] {
                let isUntouched = trace.isUntouched(isOfThisRun: sequence > newestAtOpening)
                if isUntouched, let today = prospect.today {
                    try amend(sequence, today.destination, after: trace.attempts, in: db)
                    amended += 1
                }
                untranslatable += prospect.canTranslate(isUntouched: isUntouched) ? 0 : 1
            }
            try update.execute(
                arguments: [
                    (isRetry ? DeliveryStatus.retrying : .discarded).rawValue,
                    isRetry ? revision.at.milliseconds : nil, sequence, providerNumber,
                ]
            )
            counts[trace.status.rawValue, default: 0] -= 1
            counts[(isRetry ? DeliveryStatus.retrying : .discarded).rawValue, default: 0] += 1
            changed += 1
            retryingChange += (isRetry ? 1 : 0) - (trace.status == .retrying ? 1 : 0)
        }
        if let lane { try LaneTable.add(counts, to: lane, in: db) }
        return Result(
            number: try record(changed, in: db),
            changed: changed,
            amended: amended,
            untranslatable: untranslatable,
            retryingChange: retryingChange
        )
    }

    private func amend(_ sequence: Int64, _ destination: Destination, after attempts: Int, in db: Database) throws {
        let amendment = DeliveryAmendment(
            at: revision.at,
            by: revision.by,
            firstAttempt: attempts + 1,
            destination: destination
        )
        try AmendmentTable.insert(amendment, sequence: sequence, provider: providerNumber, in: db)
    }

    private func record(_ changed: Int, in db: Database) throws -> Int64 {
        if let number {
            try db.execute(
                sql: "UPDATE revisions SET changed = changed + ?, busy = busy + ? WHERE number = ?",
                arguments: [changed, busy, number]
            )
            return number
        }
        try db.execute(
            sql: """
                INSERT INTO revisions(tenant, action, filter, client, at, changed, busy) VALUES(?, ?, ?, ?, ?, ?, ?)
                """,
            arguments: [
                tenant.rawValue, revision.action.rawValue, revision.filter.summary, revision.by.rawValue,
                revision.at.milliseconds, changed, busy,
            ]
        )
        return db.lastInsertedRowID
    }
}

/// What keeps providers from being called.
enum HoldTable {
    static func set(_ hold: ProviderHold?, of provider: ProviderName, in db: Database) throws {
        guard let hold else {
            return try db.execute(sql: "DELETE FROM holds WHERE provider = ?", arguments: [provider.rawValue])
        }
        try db.execute(
            sql: "INSERT OR REPLACE INTO holds VALUES(?, ?, ?, ?, ?, ?)",
            arguments: [
                provider.rawValue, hold.until.milliseconds, hold.isParked, hold.fault.code.rawValue,
                hold.fault.message, hold.fault.vendor,
            ]
        )
    }

    static func hold(of provider: ProviderName, in db: Database) throws -> ProviderHold? {
        let row = try Row.fetchOne(
            db,
            sql: "SELECT until, is_parked, fault_code, fault_message, fault_vendor FROM holds WHERE provider = ?",
            arguments: [provider.rawValue]
        )
        guard let row, let fault = try DeliveryRow.fault(row, from: 2) else { return nil }
        return try ProviderHold(until: Timestamp(milliseconds: row.value(0)), fault: fault, isParked: row.value(1))
    }
}
