import Events
import Journal
import JournalFormat

/// A row of `lanes`.
struct LaneRecord: Sendable {
    let number: LaneNumber
    /// The lane's account.
    let account: Int32
    let provider: ProviderName
    let adapter: AdapterName
    let filter: LaneFilter
    let routes: [UInt8]
    /// Where it ends; nil while it has no end.
    let through: JournalPosition?
    let state: LaneState
    let rate: Double
    let startedBy: ClientName
    let startedAt: Timestamp
    let changedBy: ClientName
    let changedAt: Timestamp
    let endedAt: Timestamp?

    /// The account's name.
    var name: ProviderName { Lane.account(of: number, at: provider) }

    init(_ row: Row) throws(StoreError) {
        number = LaneNumber(row.integer(0))
        account = Int32(clamping: row.integer(1))
        provider = ProviderName(row.text(2))
        adapter = AdapterName(row.text(3))
        do {
            filter = try LaneFilterText.decode(row.bytes(4))
        } catch {
            throw .failed(reason: "the filter of lane \(row.integer(0)) cannot be read: \(error)")
        }
        routes = row.bytes(5)
        through = row.optionalText(6).flatMap { JournalPosition($0) }
        state = try row.word(7)
        rate = row.float(8)
        startedBy = ClientName(row.text(9))
        startedAt = Timestamp(milliseconds: row.integer(10))
        changedBy = ClientName(row.text(11))
        changedAt = Timestamp(milliseconds: row.integer(12))
        endedAt = row.optionalInteger(13).map { Timestamp(milliseconds: $0) }
    }

    /// Whether a lane was started with these words; then it is the one whose start was not answered.
    func isStart(_ lane: NewLane) -> Bool {
        provider == lane.provider && routes == lane.routes && startedBy == lane.by && startedAt == lane.at
            && filter == lane.filter
    }

    /// The lane as callers see it.
    func lane(_ progress: LaneProgress, _ counts: LaneCounts) -> Lane {
        Lane(
            number: number,
            of: NewLane(
                provider: provider,
                adapter: adapter,
                filter: filter,
                routes: routes,
                rate: rate,
                by: startedBy,
                at: startedAt
            ),
            state: state,
            changedBy: changedBy,
            changedAt: changedAt,
            endedAt: endedAt,
            progress: progress,
            counts: counts
        )
    }
}

extension LaneChange {
    /// The states in which a lane can be changed so.
    var states: [LaneState] {
        switch self {
        case .pause: [.running]
        case .resume: [.paused]
        case .rate, .fixEnd, .cancel: [.running, .paused]
        }
    }

    /// The state that the lane gets; nil if it stays in its own.
    var state: LaneState? {
        switch self {
        case .pause: .paused
        case .resume: .running
        case .cancel: .cancelling
        case .rate, .fixEnd: nil
        }
    }
}
