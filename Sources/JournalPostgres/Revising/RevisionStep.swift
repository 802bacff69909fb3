import Events
import Journal
import JournalFormat

/// A part of a person's decision about deliveries of one account, small enough for one statement.
struct RevisionStep: Sendable {
    /// What a delivery's row said when the step came to it.
    struct Trace: Sendable {
        let sequence: Int64
        /// Whether the owner of the account has it claimed, or may have sent it.
        let isBusy: Bool
        let row: DeliveryTrace
    }

    /// What one step did.
    struct Result: Sendable {
        /// The revision's number, for the steps that follow.
        let number: Int64
        let count: RevisionCount
    }

    let revision: DeliveryRevision
    let tenant: TenantID
    /// Nil: the first step, which makes the record.
    let number: Int64?
    let account: Int32
    /// The lane whose account it is; nil if it is a provider's.
    let lane: LaneNumber?
    let sequences: [Int64]
    /// What they would be sent with; nothing of those that are not retried, or for which nobody has said it.
    var prospects: [Int64: RetryProspect] = [:]
    /// How many deliveries beside these a settlement has changed already.
    var settled = 0
    /// How many others are busy.
    var busy = 0
    /// Whether nobody but this node can have sent an event.
    let isOwn: @Sendable (Int64) -> Bool

    private var isRetry: Bool { revision.action == .retry }

    var parameters: [Parameter] {
        let amended = prospects.compactMap { sequence, prospect in
            prospect.today.map { (sequence: sequence, plan: Plan(route: nil, destinations: [$0.destination]).encoded) }
        }.sorted { $0.sequence < $1.sequence }
        return [
            .int4(account), .int8s(sequences), .texts(revision.action.statuses.map(\.rawValue).sorted()),
            .text((isRetry ? DeliveryStatus.retrying : .discarded).rawValue),
            .int8(isRetry ? revision.at.milliseconds : nil), .int8(number), .text(tenant.rawValue),
            .text(revision.action.rawValue), .text(revision.filter.summary.storable), .text(revision.by.rawValue),
            .int8(revision.at.milliseconds), .int8(Int64(settled)), .int8(Int64(busy)),
            .int8s(amended.map(\.sequence)), .byteas(amended.map(\.plan)), .bools(amended.map { isOwn($0.sequence) }),
            .int8(lane?.rawValue),
        ]
    }

    /// Reads what ``Statement/revise`` has returned.
    func result(_ rows: Rows) throws(StoreError) -> Result {
        guard let number = rows.first?.optionalInteger(0) else { throw .failed(reason: "a revision was not recorded") }
        var (changed, busy, amended, untranslatable) = (0, 0, 0, 0)
        for row in rows {
            guard let sequence = row.optionalInteger(1) else { continue }
            if row.bool(2) { busy += 1 }
            guard row.bool(3) else { continue }
            changed += 1
            amended += row.bool(4) ? 1 : 0
            guard let prospect = prospects[sequence] else { continue }
            let isUntouched = try DeliveryTrace(row, from: 5).isUntouched(isOfThisRun: isOwn(sequence))
            untranslatable += prospect.canTranslate(isUntouched: isUntouched) ? 0 : 1
        }
        return Result(
            number: number,
            count: RevisionCount(changed: changed, busy: busy, amended: amended, untranslatable: untranslatable)
        )
    }
}

extension DeliveryTrace {
    /// - Parameter column: where `status, attempts, reached, reached_before, fault_code` begin.
    init(_ row: Row, from column: Int) throws(StoreError) {
        self.init(
            status: try row.word(column),
            attempts: Int(clamping: row.integer(column + 1)),
            hasReached: row.bool(column + 2),
            hadReached: row.bool(column + 3),
            faultCode: row.optionalText(column + 4)
        )
    }
}
