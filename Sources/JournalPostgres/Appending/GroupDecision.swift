import Events
import Journal
import JournalFormat

/// Decides what happens to the events of a group of requests, from what is known of their identities.
///
/// It is made again whenever more is known: the database says which keys are taken, and the events there are compared.
struct GroupDecision {
    /// What the database has under a key.
    struct Taken: Sendable {
        let sequence: Int64
        /// Nil if the event was removed.
        let event: AcceptedEvent?
        /// Whether nothing else can be stored under the key: the part that has it still takes new events.
        let blocks: Bool
    }

    /// An event that is to be stored.
    struct Accepted: Equatable {
        /// The request's index in the group, and the event's index in the request.
        let request: Int
        let event: Int
        let key: Int64
    }

    /// The event that another one repeats.
    fileprivate enum Original {
        case stored(Int64)
        /// Index in ``accepted``.
        case accepted(Int)
        /// Of the same request, which is withheld.
        case withheld
    }

    fileprivate enum Verdict {
        case new(Int)
        /// A try of this very group has stored it, whose answer was lost.
        case storedBefore(Int64)
        case duplicate(Original, hasOtherTime: Bool)
        case conflict(Original, fields: [String])
    }

    private(set) var accepted: [Accepted] = []
    /// Keys that decide what happens to an event, and under which it is not going to be stored: only asking for them tells whether they are
    /// taken.
    private(set) var ends: Set<Int64> = []
    private var verdicts: [[Verdict]] = []
    private var withheld: [Bool] = []
    private let requests: [PreparedAppend]
    private let taken: [Int64: [Taken]]
    private let given: Set<Int64>
    private let keys: IdentityKeys
    /// Indices in ``accepted``, by key.
    private var indices: [Int64: Int] = [:]
    /// Numbers of earlier tries that an event of the group has got already.
    private var claimed: Set<Int64> = []

    /// - Parameters:
    ///   - taken: what is known, by key.
    ///   - given: numbers that earlier tries of this group have given to its events.
    init(_ requests: [PreparedAppend], taken: [Int64: [Taken]], given: Set<Int64>, keys: IdentityKeys) {
        self.requests = requests
        self.taken = taken
        self.given = given
        self.keys = keys
        for index in requests.indices { decide(index) }
    }

    /// The results of each request, if the accepted events get these numbers.
    func results(numbers: [Int64]) -> [[AppendResult]] {
        verdicts.indices.map { request in
            verdicts[request].map { result($0, of: request, numbers) }
        }
    }

    private mutating func decide(_ request: Int) {
        let before = (accepted, indices, claimed)
        var own: [Verdict] = []
        for event in requests[request].encoded.events.indices { own.append(verdict(request, event)) }
        let hasConflict = own.contains { if case .conflict = $0 { true } else { false } }
        let hasDuplicate = own.contains { if case .duplicate = $0 { true } else { false } }
        let isWithheld = requests[request].policy.withholds(hasConflict: hasConflict, hasDuplicate: hasDuplicate)
        if isWithheld {
            // What the database has under their keys is a result, too.
            ends.formUnion(accepted[before.0.count...].map(\.key))
            (accepted, indices, claimed) = before
            own = own.map { $0.withheld(from: before.0.count) }
        }
        verdicts.append(own)
        withheld.append(isWithheld)
    }

    /// Follows the keys of an event until one that nothing has, since whoever stored the event may have found all before taken.
    private mutating func verdict(_ request: Int, _ index: Int) -> Verdict {
        let event = requests[request].encoded.events[index]
        var free: Int64?
        var ordinal = 0
        while true {
            let key = ordinal == 0 ? requests[request].keys[index] : keys.key(of: event, ordinal)
            ordinal += 1
            let (known, other) = (taken[key] ?? [], indices[key])
            if let same = known.first(where: { $0.event.map(event.hasIdentity(of:)) ?? false }), let stored = same.event
            {
                if given.contains(same.sequence), claimed.insert(same.sequence).inserted {
                    return .storedBefore(same.sequence)
                }
                return Self.compare(event, with: stored, .stored(same.sequence))
            }
            if let other {
                let stored = requests[accepted[other].request].encoded.events[accepted[other].event]
                if event.hasIdentity(of: stored) { return Self.compare(event, with: stored, .accepted(other)) }
            } else if free == nil, !known.contains(where: \.blocks) {
                free = key
            }
            if known.isEmpty, other == nil {
                if free != key { ends.insert(key) }
                return accept(request, index, free ?? key)
            }
        }
    }

    private mutating func accept(_ request: Int, _ index: Int, _ key: Int64) -> Verdict {
        indices[key] = accepted.count
        accepted.append(Accepted(request: request, event: index, key: key))
        return .new(accepted.count - 1)
    }

    private static func compare(_ event: AcceptedEvent, with stored: AcceptedEvent, _ original: Original) -> Verdict {
        let fields = event.fieldsDiffering(from: stored)
        guard fields.isEmpty else { return .conflict(original, fields: fields) }
        return .duplicate(original, hasOtherTime: event.timestamp != stored.timestamp)
    }

    private func result(_ verdict: Verdict, of request: Int, _ numbers: [Int64]) -> AppendResult {
        func number(_ original: Original) -> SequenceNumber? {
            switch original {
            case .stored(let number): SequenceNumber(number)
            case .accepted(let index): SequenceNumber(numbers[index])
            case .withheld: nil
            }
        }
        switch verdict {
        case .new(let index): return withheld[request] ? .withheld : .stored(SequenceNumber(numbers[index]))
        case .storedBefore(let number): return .stored(SequenceNumber(number))
        case .duplicate(let original, let hasOtherTime):
            return number(original).map { .duplicate(of: $0, hasOtherTime: hasOtherTime) } ?? .withheld
        case .conflict(let original, let fields):
            return .conflict(with: number(original) ?? SequenceNumber(0), fields: fields)
        }
    }
}

extension GroupDecision.Verdict {
    /// The same when the events from an index on are not accepted after all.
    fileprivate func withheld(from count: Int) -> Self {
        switch self {
        case .new, .storedBefore: self
        case .duplicate(.accepted(let index), let hasOtherTime) where index >= count:
            .duplicate(.withheld, hasOtherTime: hasOtherTime)
        case .conflict(.accepted(let index), let fields) where index >= count: .conflict(.withheld, fields: fields)
        case .duplicate, .conflict: self
        }
    }
}
