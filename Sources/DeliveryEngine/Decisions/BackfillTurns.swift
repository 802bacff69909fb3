/// The turns that a backfill's pipeline has, requests and returns. Each turn allows one request.
struct BackfillTurns: Sendable {
    /// A turn that has ended, and what its request showed about the provider; nil if no request left.
    struct End: Sendable, Equatable {
        let turn: BackfillTraffic.Turn
        let news: News?
    }

    /// What a request showed about the provider.
    struct News: Sendable, Equatable {
        let signal: ProviderSignal
        let blame: ProviderGates.Blame
    }

    private(set) var held: [BackfillTraffic.Turn] = []
    private var isAsking = false
    private var ended: [End] = []

    /// Whether a request may leave.
    var hasTurn: Bool { !held.isEmpty }
    /// Whether no turn is requested, held or to be returned.
    var isIdle: Bool { !isAsking && held.isEmpty && ended.isEmpty }

    /// Whether to request a turn now; its arrival must be reported by ``came(_:)``.
    mutating func ask() -> Bool {
        guard !isAsking, held.isEmpty else { return false }
        isAsking = true
        return true
    }

    /// A turn has arrived.
    mutating func came(_ turn: BackfillTraffic.Turn) {
        isAsking = false
        held.append(turn)
    }

    /// A request leaves.
    mutating func take() -> BackfillTraffic.Turn {
        held.remove(at: 0)
    }

    /// The request of a turn has ended.
    mutating func end(_ turn: BackfillTraffic.Turn, _ news: News) {
        ended.append(End(turn: turn, news: news))
    }

    /// Returns the turns that will not be used.
    mutating func giveBack() {
        ended += held.map { End(turn: $0, news: nil) }
        held = []
    }

    /// The next turn to report to the provider's pipeline as ended.
    mutating func nextEnd() -> End? {
        ended.isEmpty ? nil : ended.remove(at: 0)
    }
}
