import Events
import Journal

/// How one request fares while it is compared with what the journal has.
struct Acceptance {
    /// The number that the next new event gets.
    private(set) var next: Int64
    private(set) var hasConflict = false
    /// One an event, as if the request were stored.
    private(set) var results: [AppendResult] = []
    /// The new events: their places in the request, themselves, and their entries in the index.
    private(set) var indices: [Int] = []
    private(set) var events: [AcceptedEvent] = []
    private(set) var identities: [IdentityEntry] = []
    private let first: Int64

    init(next: Int64, expecting count: Int) {
        self.next = next
        first = next
        results.reserveCapacity(count)
        indices.reserveCapacity(count)
        events.reserveCapacity(count)
        identities.reserveCapacity(count)
    }

    /// An earlier event of the same request.
    func event(at sequence: Int64) -> AcceptedEvent? {
        let index = Int(sequence - first)
        return events.indices.contains(index) ? events[index] : nil
    }

    /// The event is new; it has its entry in the index already.
    mutating func accept(_ event: AcceptedEvent, at index: Int, hash: UInt64) {
        results.append(.stored(SequenceNumber(next)))
        indices.append(index)
        events.append(event)
        identities.append(IdentityEntry(hash: hash, sequence: next))
        next += 1
    }

    /// The journal has an event of this identity.
    mutating func compare(_ event: AcceptedEvent, with stored: AcceptedEvent, at sequence: Int64) {
        let fields = event.fieldsDiffering(from: stored)
        if fields.isEmpty {
            results.append(.duplicate(of: SequenceNumber(sequence)))
        } else {
            hasConflict = true
            results.append(.conflict(with: SequenceNumber(sequence), fields: fields))
        }
    }

    /// The results if nothing of the request is stored.
    var resultsIfWithheld: [AppendResult] {
        results.map { result in
            switch result {
            case .stored: .withheld
            case .duplicate(let known): known.rawValue >= first ? .withheld : result
            // An event of this very request has no number, since it is not stored.
            case .conflict(let known, let fields):
                known.rawValue >= first ? .conflict(with: SequenceNumber(0), fields: fields) : result
            case .withheld: result
            }
        }
    }
}
