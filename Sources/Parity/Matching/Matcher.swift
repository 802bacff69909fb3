package import Events
import JSON

/// Finds out which events of a window a vendor has.
///
/// The reference is what was sent, as the vendor would show it. Where the vendor shows the id, events are distinguished by it; elsewhere
/// by the property that carries it, or by what they say, so that of several with one name and time those that say the same are matched
/// first. Only what has no counterpart byte for byte is examined closely.
package struct Matcher {
    /// Where what was sent and what is shown disagree. Numbers are places in the lists that were compared.
    package enum Mismatch: Sendable, Equatable {
        case missing(Int)
        case extra(Int)
        case different(sent: Int, shown: Int, [ContentDifference])
        /// A further row of an event that is there.
        case repeated(sent: Int, shown: Int)
    }

    private let expected: [ExpectedEvent]
    private let shown: [VendorEvent]
    private let rules: ComparisonRules
    /// The ids of the lists' events, where only a property shows them.
    private var sentIDs: [String?] = []
    private var shownIDs: [String?] = []
    private var mismatches: [Mismatch] = []

    private init(_ expected: [ExpectedEvent], _ shown: [VendorEvent], _ rules: ComparisonRules) {
        self.expected = expected
        self.shown = shown
        self.rules = rules
    }

    /// The id of an event, with the property that carries it; nil if none does.
    package static func property(withIDOf event: VendorEvent, _ rules: ComparisonRules) -> (name: String, id: String)? {
        guard rules.identity == nil, !rules.idProperties.isEmpty, let properties = event.properties,
            let root = JSONDocument(ifValid: Array(properties.bytes))?.root
        else { return nil }
        return rules.idProperties.lazy.compactMap { name in root[name]?.string.map { (name, $0) } }.first
    }

    private static func id(of event: VendorEvent, _ rules: ComparisonRules) -> String? {
        property(withIDOf: event, rules)?.id
    }

    /// - Returns: the mismatches; every other event that was sent is there, once.
    package static func match(_ expected: [ExpectedEvent], with shown: [VendorEvent], _ rules: ComparisonRules)
        -> [Mismatch]
    {
        var matcher = Matcher(expected, shown, rules)
        matcher.match()
        return matcher.mismatches
    }

    private mutating func match() {
        for (index, event) in expected.enumerated() where event.sent == nil { mismatches.append(.missing(index)) }
        let pairs = ExactPairs(expected, shown, rules)
        if !pairs.sent.isEmpty || !pairs.shown.isEmpty { matchGroups(of: pairs) }
        // The same lists always give the same findings in the same order.
        mismatches.sort { $0.order < $1.order }
    }

    /// Looks at all events that may be one with an event or a row that has no counterpart byte for byte. In the other groups each event
    /// has its row.
    private mutating func matchGroups(of pairs: ExactPairs) {
        sentIDs = expected.map { event in event.sent.flatMap { Self.id(of: $0, rules) } }
        shownIDs = shown.map { Self.id(of: $0, rules) }
        var groups: [ByteKey: (sent: [Int], shown: [Int])] = [:]
        for index in pairs.sent { if let key = key(ofSent: index) { groups[key] = ([], []) } }
        for row in pairs.shown { groups[key(ofShown: row)] = ([], []) }
        for index in expected.indices {
            if let key = key(ofSent: index) { groups[key]?.sent.append(index) }
        }
        for row in shown.indices { groups[key(ofShown: row)]?.shown.append(row) }
        for group in groups.values { match(group.sent, group.shown) }
    }

    private func key(ofSent index: Int) -> ByteKey? { expected[index].sent.map { key(of: $0, sentIDs[index]) } }

    private func key(ofShown row: Int) -> ByteKey { key(of: shown[row], shownIDs[row]) }

    /// Equal for events that may be one. Without ids, the customer tells candidates apart only later: a vendor may know more of it.
    private func key(of event: VendorEvent, _ id: String?) -> ByteKey {
        var key = ByteKey()
        if let id {
            key.add(nil)
            key.add(id)
            return key
        }
        guard let identity = rules.identity else {
            key.add(event.name)
            key.add(event.timestamp.milliseconds)
            return key
        }
        key.add(event.id)
        if identity.contains(.name) { key.add(event.name) }
        if identity.contains(.customer) { key.add(event.customerID) }
        if identity.contains(.subscription) { key.add(event.subscriptionID) }
        if identity.contains(.timestamp) { key.add(event.timestamp.milliseconds) }
        return key
    }

    private mutating func match(_ sent: [Int], _ rows: [Int]) {
        if sent.isEmpty {
            mismatches += rows.map { .extra($0) }
        } else if rows.isEmpty {
            mismatches += sent.map { .missing($0) }
        } else if sent.count == 1, rows.count == 1 {
            pair(sent[0], rows[0])
        } else {
            matchGroup(sent, rows)
        }
    }

    private mutating func pair(_ sent: Int, _ row: Int) {
        guard mayBeOne(sent, row) else {
            mismatches += [.missing(sent), .extra(row)]
            return
        }
        let differences = differences(sent, row)
        if !differences.isEmpty { mismatches.append(.different(sent: sent, shown: row, differences)) }
    }

    /// Equal content first; then further rows of what was found; then what has other content.
    private mutating func matchGroup(_ sent: [Int], _ rows: [Int]) {
        // A delivered event has the better claim to a row than one that only may have arrived.
        let ordered = sent.filter { expected[$0].state.isDelivered } + sent.filter { !expected[$0].state.isDelivered }
        var (missing, left) = (ordered, rows)
        var found: [ByteKey: Int] = [:]
        for hasCustomer in [true, false] where !missing.isEmpty && !left.isEmpty {
            matchEqual(&missing, &left, hasCustomer: hasCustomer, &found)
        }
        if rules.showsValuesAsText || rules.addsProperties { matchAlike(&missing, &left, &found) }
        matchRest(missing, left, found, first: ordered[0])
    }

    private mutating func matchEqual(
        _ missing: inout [Int],
        _ left: inout [Int],
        hasCustomer: Bool,
        _ found: inout [ByteKey: Int]
    ) {
        var rows: [ByteKey: [Int]] = [:]
        for row in left.reversed() { rows[content(shown[row], hasCustomer), default: []].append(row) }
        var taken: Set<Int> = []
        missing.removeAll { index in
            guard let sent = expected[index].sent, hasCustomer || sent.customerID == nil else { return false }
            let content = content(sent, hasCustomer)
            guard let row = rows[content]?.popLast() else { return false }
            found[hasCustomer ? content : self.content(shown[row], true)] = index
            return taken.insert(row).inserted
        }
        left.removeAll { taken.contains($0) }
    }

    /// Where equal content can have several forms: the few that are left are compared with one another.
    private mutating func matchAlike(_ missing: inout [Int], _ left: inout [Int], _ found: inout [ByteKey: Int]) {
        missing.removeAll { index in
            guard let place = left.firstIndex(where: { differences(index, $0).isEmpty }) else { return false }
            found[content(shown[left[place]], true)] = index
            left.remove(at: place)
            return true
        }
    }

    private mutating func matchRest(_ missing: [Int], _ left: [Int], _ found: [ByteKey: Int], first: Int) {
        var rows: [Int] = []
        for row in left {
            if let index = found[content(shown[row], true)] {
                mismatches.append(.repeated(sent: index, shown: row))
            } else {
                rows.append(row)
            }
        }
        for index in missing {
            guard let place = rows.firstIndex(where: { mayBeOne(index, $0) }) else {
                mismatches.append(.missing(index))
                continue
            }
            let row = rows.remove(at: place)
            let differences = differences(index, row)
            // A vendor that knows more of an event than it was sent shows no other event.
            if !differences.isEmpty { mismatches.append(.different(sent: index, shown: row, differences)) }
        }
        // Where the id tells events apart, a further row with it is the same event again.
        mismatches += rows.map { row in
            rules.identity == nil && shownIDs[row] == nil ? .extra(row) : .repeated(sent: first, shown: row)
        }
    }

    private func mayBeOne(_ index: Int, _ row: Int) -> Bool {
        guard rules.identity == nil, sentIDs[index] == nil, let customer = expected[index].sent?.customerID else {
            return true
        }
        return shown[row].customerID.map { $0.utf8.elementsEqual(customer.utf8) } ?? false
    }

    private func differences(_ index: Int, _ row: Int) -> [ContentDifference] {
        guard let sent = expected[index].sent else { return [] }
        return ContentComparison.differences(sent: sent, shown: shown[row], rules)
    }

    private func content(_ event: VendorEvent, _ hasCustomer: Bool) -> ByteKey {
        ByteKey(CanonicalContent.text(of: event, hasCustomer: hasCustomer, members: rules.ownMembers))
    }
}

extension Matcher.Mismatch {
    /// By the event that was sent, then by the row; rows that nothing was sent for come last.
    fileprivate var order: (Int, Int) {
        switch self {
        case .missing(let index): (index, 0)
        case .different(let index, let row, _), .repeated(let index, let row): (index, row)
        case .extra(let row): (.max, row)
        }
    }
}
