/// The turns that the pipeline of a backfill has, asks for, and gives back: with each, one request may leave.
struct BackfillTurns: Sendable {
    /// A turn that is over, and what its request told of the provider; nil if none left.
    struct End: Sendable, Equatable {
        let turn: BackfillTraffic.Turn
        let news: News?
    }

    /// What a request told of the provider.
    struct News: Sendable, Equatable {
        let signal: ProviderSignal
        let blame: ProviderGates.Blame
    }

    private(set) var held: [BackfillTraffic.Turn] = []
    private var isAsking = false
    private var ended: [End] = []

    /// Whether a request may leave.
    var hasTurn: Bool { !held.isEmpty }
    /// Whether nothing is asked for, held or to be given back.
    var isIdle: Bool { !isAsking && held.isEmpty && ended.isEmpty }

    /// Whether to ask for a turn now; one that has come must be told by ``came(_:)``.
    mutating func ask() -> Bool {
        guard !isAsking, held.isEmpty else { return false }
        isAsking = true
        return true
    }

    /// A turn has come.
    mutating func came(_ turn: BackfillTraffic.Turn) {
        isAsking = false
        held.append(turn)
    }

    /// A request leaves.
    mutating func take() -> BackfillTraffic.Turn {
        held.remove(at: 0)
    }

    /// The request of a turn is over.
    mutating func end(_ turn: BackfillTraffic.Turn, _ news: News) {
        ended.append(End(turn: turn, news: news))
    }

    /// Gives back the turns with which no request will leave.
    mutating func giveBack() {
        ended += held.map { End(turn: $0, news: nil) }
        held = []
    }

    /// The next turn that is over, for the provider's pipeline.
    mutating func nextEnd() -> End? {
        ended.isEmpty ? nil : ended.remove(at: 0)
    }
}
