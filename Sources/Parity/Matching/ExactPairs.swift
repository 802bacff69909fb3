import Events
import JSON

#if canImport(Darwin)
    import Darwin
#else
    import Glibc
#endif

/// Pairs events with rows that say the same byte for byte, as most of them do, without looking into their properties.
///
/// It compares whole values: a hash only says which row to look at.
struct ExactPairs {
    /// Positions of events that no row repeats byte for byte.
    private(set) var sent: [Int] = []
    /// Positions of rows that repeat no event byte for byte.
    private(set) var shown: [Int] = []

    private let rules: ComparisonRules
    private let expected: [ExpectedEvent]
    /// The latest event that has no row yet, by its hash.
    private var heads: [Int: Int32] = [:]
    /// The event before it with the same hash, by the event's place; -1 if there is none.
    private var previous: [Int32]

    /// - Parameters:
    ///   - expected: events; those that can no longer be translated are in neither list.
    ///   - rows: what the vendor shows.
    init(_ expected: [ExpectedEvent], _ rows: [VendorEvent], _ rules: ComparisonRules) {
        (self.expected, self.rules) = (expected, rules)
        previous = Array(repeating: -1, count: expected.count)
        heads.reserveCapacity(expected.count)
        for (place, event) in expected.enumerated() {
            guard let sent = event.sent else { continue }
            let place = Int32(truncatingIfNeeded: place)
            if let before = heads.updateValue(place, forKey: hash(sent)) { previous[Int(place)] = before }
        }
        for (place, row) in rows.enumerated() where !take(row) { shown.append(place) }
        for head in heads.values {
            var place = head
            while place >= 0 {
                sent.append(Int(place))
                place = previous[Int(place)]
            }
        }
    }

    /// Takes an event that the row repeats from those that have none.
    private mutating func take(_ row: VendorEvent) -> Bool {
        let hash = hash(row)
        guard var place = heads[hash] else { return false }
        var later: Int32 = -1
        while place >= 0 {
            let before = previous[Int(place)]
            if let sent = expected[Int(place)].sent, isSame(sent, row) {
                if later >= 0 { previous[Int(later)] = before } else { heads[hash] = before >= 0 ? before : nil }
                return true
            }
            (later, place) = (place, before)
        }
        return false
    }

    private func hash(_ event: VendorEvent) -> Int {
        var hasher = Hasher()
        if rules.identity != nil { Self.add(event.id, to: &hasher) }
        Self.add(event.name, to: &hasher)
        Self.add(event.customerID, to: &hasher)
        Self.add(event.subscriptionID, to: &hasher)
        hasher.combine(event.timestamp.milliseconds)
        // Where ids tell events apart, few share all of these, and the properties are most of an event's bytes.
        if rules.identity == nil { event.properties?.bytes.withUnsafeBytes { hasher.combine(bytes: $0) } }
        return hasher.finalize()
    }

    private static func add(_ text: String?, to hasher: inout Hasher) {
        guard var text else { return }
        text.withUTF8 { hasher.combine(bytes: UnsafeRawBufferPointer($0)) }
    }

    private func isSame(_ sent: VendorEvent, _ row: VendorEvent) -> Bool {
        sent.timestamp == row.timestamp && (rules.identity == nil || Self.isSame(sent.id, row.id))
            && Self.isSame(sent.name, row.name) && Self.isSame(sent.customerID, row.customerID)
            && Self.isSame(sent.subscriptionID, row.subscriptionID) && Self.isSame(sent.source, row.source)
            && Self.isSame(sent.properties, row.properties) && haveSameMembers(sent.own, row.own)
    }

    private static func isSame(_ one: String?, _ other: String?) -> Bool {
        switch (one, other) {
        case (nil, nil): true
        case (var one?, var other?):
            one.withUTF8 { one in
                other.withUTF8 { isSame(UnsafeRawBufferPointer(one), UnsafeRawBufferPointer($0)) }
            }
        case (_?, nil), (nil, _?): false
        }
    }

    private static func isSame(_ one: JSONText?, _ other: JSONText?) -> Bool {
        switch (one, other) {
        case (nil, nil): true
        case (let one?, let other?):
            one.bytes.withUnsafeBytes { one in other.bytes.withUnsafeBytes { isSame(one, $0) } }
        case (_?, nil), (nil, _?): false
        }
    }

    /// As memory, not byte by byte: this runs several times for each event.
    private static func isSame(_ one: UnsafeRawBufferPointer, _ other: UnsafeRawBufferPointer) -> Bool {
        guard one.count == other.count, let bytes = one.baseAddress, let others = other.baseAddress else {
            return one.isEmpty && other.isEmpty
        }
        return memcmp(bytes, others, one.count) == 0
    }

    /// Whether the members that were sent are the same; most events have none of them.
    private func haveSameMembers(_ one: JSONText?, _ other: JSONText?) -> Bool {
        if rules.ownMembers.isEmpty || one == nil && other == nil { return true }
        let (one, other) = (Self.root(one), Self.root(other))
        return rules.ownMembers.allSatisfy { one?[$0]?.raw == other?[$0]?.raw }
    }

    private static func root(_ json: JSONText?) -> JSONValue? {
        json.flatMap { JSONDocument(ifValid: Array($0.bytes))?.root }
    }
}
