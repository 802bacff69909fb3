import Events
import Parity

/// Events that were drawn by lot where counts agree, and that are looked up by their ids.
struct DrawnEvents: Sendable {
    /// The ids that one request asks for.
    struct Request: Sendable, Equatable {
        let property: String
        var ids: [String] = []
    }

    /// The events with an id.
    private(set) var sequences: Set<SequenceNumber> = []
    private(set) var requests: [Request] = []
    /// What tells the events' ids.
    private let rules: ComparisonRules
    private let idsPerRequest: Int
    /// Where the last request of each property stands, and how many bytes its ids have.
    private var open: [String: (index: Int, bytes: Int)] = [:]

    /// The ids are in the address, whose length servers limit; encoded, they may be three times as long.
    private static let mostBytes = 4000

    /// - Returns: nil if the vendor finds no events by ids in their properties.
    init?(_ rules: ComparisonRules, _ traits: ReadTraits) {
        guard let idsPerRequest = traits.idsPerRequest, rules.identity == nil, !rules.idProperties.isEmpty else {
            return nil
        }
        self.rules = rules
        self.idsPerRequest = idsPerRequest
    }

    /// Adds events, all of them or none.
    /// - Returns: false if one was sent without an id.
    mutating func add(_ events: [ExpectedEvent]) -> Bool {
        let ids = events.compactMap { event in event.sent.flatMap { Matcher.property(withIDOf: $0, rules) } }
        guard ids.count == events.count else { return false }
        for (property, id) in ids { add(id, in: property) }
        sequences.formUnion(events.map(\.sequence))
        return true
    }

    private mutating func add(_ id: String, in property: String) {
        let bytes = id.utf8.count
        if let last = open[property], requests[last.index].ids.count < idsPerRequest,
            last.bytes + bytes <= Self.mostBytes
        {
            requests[last.index].ids.append(id)
            open[property]?.bytes += bytes
        } else {
            open[property] = (requests.count, bytes)
            requests.append(Request(property: property, ids: [id]))
        }
    }
}
