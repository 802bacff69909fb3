import Events
import Journal
import JournalFormat

/// How one request fares while it is compared with what the journal has.
struct Acceptance {
    let append: PreparedAppend
    /// The number that the next new event gets.
    private(set) var next: Int64
    private var hasConflict = false
    private var hasDuplicate = false
    /// One an event, as if the request were stored.
    private(set) var results: [AppendResult] = []
    /// The places of the new events in the request; their entries in the index are made.
    private(set) var indices: [Int] = []
    private let first: Int64

    init(_ append: PreparedAppend, next: Int64) {
        self.append = append
        self.next = next
        first = next
        results.reserveCapacity(append.identities.count)
        indices.reserveCapacity(append.identities.count)
    }

    /// The place of the event that comes next.
    var index: Int { results.count }

    /// What the request put into the index.
    var entries: [IdentityEntry] {
        indices.enumerated().map { offset, index in
            IdentityEntry(hash: append.identities[index].hash, sequence: first + Int64(offset))
        }
    }

    /// An earlier event of the same request.
    func event(at sequence: Int64) -> AcceptedEvent? {
        let offset = Int(sequence - first)
        return indices.indices.contains(offset) ? append.encoded.events[indices[offset]] : nil
    }

    /// The next so many events are new, and in the index already.
    mutating func accept(_ count: Int) {
        for _ in 0..<count {
            indices.append(index)
            results.append(.stored(SequenceNumber(next)))
            next += 1
        }
    }

    /// The journal has an event with the identity of the next one.
    mutating func compare(with stored: AcceptedEvent, at sequence: Int64) {
        let event = append.encoded.events[index]
        let fields = event.fieldsDiffering(from: stored)
        if fields.isEmpty {
            hasDuplicate = true
            let hasOtherTime = event.timestamp != stored.timestamp
            results.append(.duplicate(of: SequenceNumber(sequence), hasOtherTime: hasOtherTime))
        } else {
            hasConflict = true
            results.append(.conflict(with: SequenceNumber(sequence), fields: fields))
        }
    }

    /// Whether nothing of the request is stored.
    var isWithheld: Bool { append.policy.withholds(hasConflict: hasConflict, hasDuplicate: hasDuplicate) }

    /// The results if nothing of the request is stored.
    var resultsIfWithheld: [AppendResult] {
        results.map { result in
            switch result {
            case .stored: .withheld
            case .duplicate(let known, _): known.rawValue >= first ? .withheld : result
            // An event of this very request has no number, since it is not stored.
            case .conflict(let known, let fields):
                known.rawValue >= first ? .conflict(with: SequenceNumber(0), fields: fields) : result
            case .withheld: result
            }
        }
    }
}
