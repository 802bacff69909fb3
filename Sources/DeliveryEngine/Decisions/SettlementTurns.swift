import Events

/// Which of the awaited deliveries to ask the journal for next. Each gets its turn, however many of them have no outcome for a long time
/// because their provider is down.
struct SettlementTurns: Sendable {
    private let limit: Int
    /// The last event of the previous question; nil: the next question starts with the first one.
    private var last: SequenceNumber?

    /// - Parameter limit: maximum number of events per question.
    init(limit: Int) {
        precondition(limit > 0, "a question about nothing has no answer")
        self.limit = limit
    }

    /// The deliveries to ask for now, of all that are awaited.
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
