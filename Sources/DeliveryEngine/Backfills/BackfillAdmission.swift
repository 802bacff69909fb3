package import Events
import Synchronization

/// Between the pipelines of backfills and those of their providers: the former ask for turns, the latter give them.
///
/// What a backfill asks for while its provider has no pipeline is asked of the next one.
package final class BackfillAdmission: Sendable {
    /// What a provider's pipeline is told.
    enum Wish: Sendable, Equatable {
        /// A backfill begins, or continues at another rate.
        case join(LaneNumber, percent: Double)
        /// It asks for no more turns.
        case leave(LaneNumber)
        case ask(LaneNumber)
        case end(BackfillTurns.End)
    }

    private struct Member {
        let provider: ProviderName
        var percent: Double
        let give: @Sendable (BackfillTraffic.Turn) -> Void
        var isAsking = false
        /// Given, and not over.
        var turns: Set<BackfillTraffic.Turn> = []
        var snapshot: BackfillTraffic.Snapshot?
        /// What its own pipeline says that it waits for.
        var ownHold: BackfillThrottle.Hold?
    }

    private struct State {
        var pipelines: [ProviderName: @Sendable (Wish) -> Void] = [:]
        var members: [LaneNumber: Member] = [:]
        var watcher: (@Sendable () -> Void)?
    }

    private let state = Mutex(State())

    /// Starts without a pipeline.
    package init() {}

    // MARK: - What people see and want

    /// What the provider's pipeline and its own last said of a backfill; nil if the backfill does not run.
    package func snapshot(of backfill: LaneNumber) -> BackfillTraffic.Snapshot? {
        state.withLock { state in
            guard let member = state.members[backfill], let shared = member.snapshot else { return nil }
            return BackfillTraffic.Snapshot(
                // While it waits for itself, it asks for nothing that the provider's pipeline could hold.
                hold: shared.hold ?? member.ownHold,
                factor: shared.factor,
                requests: shared.requests
            )
        }
    }

    /// Takes down what the pipeline of a backfill waits for by itself; nil: for nothing.
    func update(_ backfill: LaneNumber, ownHold hold: BackfillThrottle.Hold?) {
        state.withLock { $0.members[backfill]?.ownHold = hold }
    }

    /// Whether the provider of a backfill has a pipeline that can give it turns.
    package func hasPipeline(_ provider: ProviderName) -> Bool {
        state.withLock { $0.pipelines[provider] != nil }
    }

    /// Tells who runs the backfills that one of them was changed.
    package func changed() {
        state.withLock { $0.watcher }?()
    }

    /// Sets who is told of changes.
    func watch(_ watcher: (@Sendable () -> Void)?) {
        state.withLock { $0.watcher = watcher }
    }

    /// Lets a backfill that runs continue at another rate.
    func change(_ backfill: LaneNumber, to percent: Double) {
        let tell = state.withLock { state -> (@Sendable (Wish) -> Void)? in
            guard let member = state.members[backfill], member.percent != percent else { return nil }
            state.members[backfill]?.percent = percent
            return state.pipelines[member.provider]
        }
        tell?(.join(backfill, percent: percent))
    }

    // MARK: - The pipeline of a backfill

    /// A backfill begins.
    /// - Parameter give: takes its turns.
    func join(
        _ backfill: LaneNumber,
        at provider: ProviderName,
        percent: Double,
        _ give: @escaping @Sendable (BackfillTraffic.Turn) -> Void
    ) {
        let tell = state.withLock { state in
            state.members[backfill] = Member(provider: provider, percent: percent, give: give)
            return state.pipelines[provider]
        }
        tell?(.join(backfill, percent: percent))
    }

    /// A backfill waits for a turn.
    func ask(_ backfill: LaneNumber) {
        let tell = state.withLock { state -> (@Sendable (Wish) -> Void)? in
            guard let member = state.members[backfill] else { return nil }
            state.members[backfill]?.isAsking = true
            return state.pipelines[member.provider]
        }
        tell?(.ask(backfill))
    }

    /// A turn has ended.
    func end(_ end: BackfillTurns.End) {
        let tell = state.withLock { state -> (@Sendable (Wish) -> Void)? in
            guard let member = state.members[end.turn.backfill] else { return nil }
            state.members[end.turn.backfill]?.turns.remove(end.turn)
            return state.pipelines[member.provider]
        }
        tell?(.end(end))
    }

    /// The pipeline of a backfill has ended; the turns that it has have ended.
    func leave(_ backfill: LaneNumber) {
        let (member, tell) = state.withLock { state in
            let member = state.members.removeValue(forKey: backfill)
            return (member, member.flatMap { state.pipelines[$0.provider] })
        }
        for turn in member?.turns ?? [] { tell?(.end(BackfillTurns.End(turn: turn, news: nil))) }
        tell?(.leave(backfill))
    }

    // MARK: - The provider's pipeline

    /// A provider has a pipeline.
    func set(_ tell: @escaping @Sendable (Wish) -> Void, for provider: ProviderName) {
        let members = state.withLock { state in
            state.pipelines[provider] = tell
            return state.members.filter { $0.value.provider == provider }
        }
        for (number, member) in members {
            tell(.join(number, percent: member.percent))
            if member.isAsking { tell(.ask(number)) }
        }
    }

    /// The pipeline of a provider has ended.
    func removePipeline(of provider: ProviderName) {
        state.withLock { state in
            state.pipelines[provider] = nil
            for (number, member) in state.members where member.provider == provider {
                state.members[number]?.turns = []
                state.members[number]?.snapshot = nil
            }
        }
    }

    /// A request of a backfill may leave.
    /// - Returns: false if the backfill was removed, so that the turn has ended.
    func grant(_ turn: BackfillTraffic.Turn) -> Bool {
        let give = state.withLock { state -> (@Sendable (BackfillTraffic.Turn) -> Void)? in
            guard let member = state.members[turn.backfill] else { return nil }
            state.members[turn.backfill]?.isAsking = false
            state.members[turn.backfill]?.turns.insert(turn)
            return member.give
        }
        give?(turn)
        return give != nil
    }

    /// Takes down what a provider's pipeline says of its backfills.
    func update(_ snapshots: [LaneNumber: BackfillTraffic.Snapshot]) {
        state.withLock { state in
            for (number, snapshot) in snapshots { state.members[number]?.snapshot = snapshot }
        }
    }
}
