import Access
import DeliveryEngine
import Events
import Ingress
import Journal
import Synchronization

/// Backfills that are not run: remembers what was ordered, and refuses what the test wants refused.
final class ScriptedBackfills: BackfillManaging {
    private let state = Mutex((orders: [BackfillOrder](), changes: [LaneChange]()))
    private let refusal: BackfillRefusal?

    init(refusing refusal: BackfillRefusal? = nil) {
        self.refusal = refusal
    }

    var orders: [BackfillOrder] { state.withLock { $0.orders } }
    var changes: [LaneChange] { state.withLock { $0.changes } }

    static func view(_ number: LaneNumber, state: LaneState = .running, rate: Double = 50) -> BackfillView {
        let lane = Lane(
            number: number,
            of: NewLane(
                provider: "p",
                adapter: "acme",
                filter: LaneFilter(tenant: "t", names: ["api.*"], from: Timestamp(milliseconds: 0)),
                routes: [],
                rate: rate,
                by: "c",
                at: Timestamp(milliseconds: 0)
            ),
            state: state,
            changedBy: "c",
            changedAt: Timestamp(milliseconds: 0),
            endedAt: nil,
            progress: LaneProgress(walked: 10, ahead: 90, hasEnd: true),
            counts: LaneCounts(statuses: [.delivered: 8, .rejected: 2], deduplicated: 1)
        )
        return BackfillView(lane: lane, heldBy: "live_backlog", currentRate: rate / 2)
    }

    func start(_ order: BackfillOrder, by caller: Caller) async throws(BackfillRefusal) -> BackfillStart {
        state.withLock { $0.orders.append(order) }
        if let refusal { throw refusal }
        return BackfillStart(backfills: [Self.view(1)], effect: "It bills.")
    }

    func forecast(_ order: BackfillOrder, for client: Client) async throws(BackfillRefusal) -> [UInt8] {
        state.withLock { $0.orders.append(order) }
        if let refusal { throw refusal }
        return Array(#"{"dry_run":true}"#.utf8)
    }

    func backfills(for client: Client) async throws(BackfillRefusal) -> [BackfillView] { [Self.view(2), Self.view(1)] }

    func backfill(_ number: LaneNumber, for client: Client) async throws(BackfillRefusal) -> BackfillView {
        guard number == 1 else { throw .unknown(number) }
        return Self.view(1)
    }

    func change(_ number: LaneNumber, _ change: LaneChange, by caller: Caller) async throws(BackfillRefusal)
        -> BackfillView
    {
        state.withLock { $0.changes.append(change) }
        if let refusal { throw refusal }
        guard number == 1 else { throw .unknown(number) }
        return Self.view(1, state: .paused)
    }
}
