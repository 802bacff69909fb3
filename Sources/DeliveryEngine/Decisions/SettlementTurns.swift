import Events

/// Which of the deliveries that somebody waits for the journal is asked for next: each in its turn, however many of them
/// have no outcome for long, as those to a provider that is down.
struct SettlementTurns: Sendable {
    private let limit: Int
    /// The last event that was asked for; nil: the next question begins with the first.
    private var last: SequenceNumber?

    /// - Parameter limit: maximum number of events of one question.
    init(limit: Int) {
        precondition(limit > 0, "a question about nothing has no answer")
        self.limit = limit
    }

    /// Those to ask for now, of all that are awaited.
    mutating func next(of awaited: SettlementWatch.Awaited) -> SettlementWatch.Awaited {
        guard awaited.count > limit else {
            last = nil
            return awaited
        }
        let events = awaited.keys.sorted()
        let behind = last.map { last in events.drop { $0 <= last } } ?? events[...]
        let rest = behind.isEmpty ? events[...] : behind
        let chosen = rest.prefix(limit)
        last = chosen.count < rest.count ? chosen.last : nil
        return chosen.reduce(into: [:]) { $0[$1] = awaited[$1] }
    }
}
