import Events
import Parity
import Randomness
import Testing

/// What is planted at a vendor is named, and nothing else.
@Suite struct MatcherTests {
    /// How the vendors tell events apart.
    enum Kind: String, CaseIterable, Sendable {
        case content, property, subscription, clickHouse, customerAndTime

        var rules: ComparisonRules {
            switch self {
            case .content: ComparisonRules(identity: nil)
            case .property: ComparisonRules(identity: nil, idProperties: ["other_id", "tollgate_id"])
            case .subscription: ComparisonRules(identity: [.subscription], addsProperties: true)
            case .clickHouse:
                ComparisonRules(
                    identity: [.subscription, .name, .timestamp],
                    showsValuesAsText: true,
                    addsProperties: true
                )
            case .customerAndTime: ComparisonRules(identity: [.customer, .timestamp])
            }
        }
    }

    static func event(
        _ number: Int,
        id: String? = nil,
        name: String = "api",
        customer: String? = "c",
        at milliseconds: Int64 = 1000,
        _ properties: String = "{}"
    ) -> VendorEvent {
        VendorEvent(
            id: id ?? "e\(number)",
            name: name,
            customerID: customer,
            subscriptionID: customer.map { "sub_\($0)" },
            timestamp: Timestamp(milliseconds: milliseconds),
            properties: JSONText(checked: properties)
        )
    }

    static func expected(
        _ number: Int,
        _ sent: VendorEvent?,
        _ state: LedgerState = .delivered(deduplicated: false, at: nil)
    ) -> ExpectedEvent {
        let time = sent?.timestamp ?? Timestamp(milliseconds: 1000)
        let event = AcceptedEvent(
            CanonicalEvent(
                name: sent?.name ?? "api",
                customerID: sent?.customerID,
                subscriptionID: sent?.subscriptionID,
                timestamp: time,
                properties: sent?.properties
            ),
            id: EventID(sent?.id ?? "e\(number)"),
            in: Submission(tenant: "t", client: "c", acceptedAt: time, plan: Plan(route: "r", destinations: []))
        )
        return ExpectedEvent(sequence: SequenceNumber(Int64(number + 1)), event: event, sent: sent, state: state)
    }

    /// What was done to one event at the vendor.
    private enum Fault: CaseIterable { case lost, altered, doubled }

    @Test(arguments: Kind.allCases, 1...60)
    func `names exactly what was planted`(kind: Kind, seed: Int) {
        var random = SplitMix(seed: UInt64(seed))
        let count = Int.random(in: 1...40, using: &random)
        var sent: [VendorEvent] = []
        func id(_ number: Int) -> String { kind == .property ? #""tollgate_id": "e\#(number)", "# : "" }
        for number in 0..<count {
            // Few names, customers and times, so that many share them; the number in the content tells events apart.
            sent.append(
                Self.event(
                    number,
                    name: ["api", "disk"].randomElement(using: &random)!,
                    customer: ["a", "b", "c"].randomElement(using: &random)!,
                    at: Int64.random(in: 1...4, using: &random),
                    #"{\#(id(number))"units": \#(number), "text": "x\#(number)", "list": [1, {"a": null}]}"#
                )
            )
        }
        var shown: [VendorEvent] = []
        var planted: [Fault: Set<Int>] = [:]
        var foreign: Set<Int> = []
        for (number, event) in sent.enumerated() {
            var row = event
            if kind == .content || kind == .property { row.id = nil }
            switch Int.random(in: 0..<10, using: &random) {
            case 0:
                planted[.lost, default: []].insert(number)
                continue
            case 1:
                planted[.altered, default: []].insert(number)
                row.properties = JSONText(
                    checked: #"{\#(id(number))"list":[1,{"a":null}],"text":"x\#(number)","units":\#(number).5}"#
                )
            case 2:
                planted[.doubled, default: []].insert(number)
                shown.append(row)
            default:
                // The same with another form.
                row.properties = JSONText(
                    checked: kind == .clickHouse
                        ? #"{"list":"[1,{\"a\":null}]","text":"x\#(number)","units":"\#(number).0","added":"3.0"}"#
                        : #"{\#(id(number))"text":"x\#(number)","list":[1.0,{"a":null}],"units":\#(number)e0}"#
                )
            }
            shown.append(row)
        }
        for number in 0..<Int.random(in: 0...4, using: &random) {
            // Of a customer of its own: one that shares name, time and customer with a lost event is that event with other content.
            foreign.insert(shown.count)
            shown.append(Self.event(100 + number, customer: "foreign\(number)", at: 2, #"{"units": -1}"#))
        }
        let order = Array(shown.indices).shuffled(using: &random)
        let rows = order.map { shown[$0] }
        var found: [Fault: Set<Int>] = [:]
        var extras: Set<Int> = []
        for mismatch in Matcher.match(sent.enumerated().map { Self.expected($0, $1) }, with: rows, kind.rules) {
            switch mismatch {
            case .missing(let index): found[.lost, default: []].insert(index)
            case .different(let index, _, let differences):
                // Without ids, a lost and an altered event of one name, time and customer can be taken for one another.
                found[.altered, default: []].insert(index)
                #expect(!differences.isEmpty)
            case .repeated(let index, _): found[.doubled, default: []].insert(index)
            case .extra(let row): extras.insert(order[row])
            }
        }
        #expect(extras == foreign)
        #expect(found[.doubled] == planted[.doubled])
        guard kind == .content else {
            #expect(found == planted)
            return
        }
        let touched = (planted[.lost] ?? []).union(planted[.altered] ?? [])
        #expect((found[.lost] ?? []).union(found[.altered] ?? []) == touched)
        #expect(found[.lost]?.count == planted[.lost]?.count)
    }

    @Test func `finds by the property with the id what has another name and time`() {
        let sent = [Self.expected(0, Self.event(0, #"{"tollgate_id": "e0"}"#)), Self.expected(1, Self.event(1))]
        var moved = Self.event(0, name: "other", at: 5000, #"{"tollgate_id": "e0"}"#)
        moved.id = nil
        let rules = ComparisonRules(identity: nil, idProperties: ["tollgate_id"])
        let mismatches = Matcher.match(sent, with: [moved, moved], rules)
        guard mismatches.count == 3, case .different(sent: 0, shown: 0, let differences) = mismatches[0] else {
            Issue.record("\(mismatches)")
            return
        }
        #expect(differences.map(\.field) == ["name", "timestamp"])
        #expect(mismatches[1] == .repeated(sent: 0, shown: 1) && mismatches[2] == .missing(1))
    }

    @Test(arguments: [
        (#"{"a": 1}"#, #"{"a": 1.0}"#, []), (#"{"a": 1}"#, #"{"a": 2}"#, ["properties.a value"]),
        (#"{"a": 1}"#, #"{"a": "1"}"#, ["properties.a type"]), (#"{"a": 1}"#, #"{}"#, ["properties.a dropped"]),
        (#"{}"#, #"{"a": 1}"#, ["properties.a added"]),
        (
            #"{"a": 12345678901234567.891}"#, #"{"a": 12345678901234568}"#, ["properties.a precision"]
        ),
        (#"{"a": [1, 2]}"#, #"{"a": [2, 1]}"#, ["properties.a.0 value", "properties.a.1 value"]),
        (#"{"a": {"b": true}}"#, #"{"a": {"b": false}}"#, ["properties.a.b value"]),
    ])
    func `names the field that differs and how`(sent: String, shown: String, expected: [String]) {
        let mismatches = Matcher.match(
            [Self.expected(0, Self.event(0, sent))],
            with: [Self.event(0, shown)],
            ComparisonRules(identity: [.customer])
        )
        guard case .different(_, _, let differences)? = mismatches.first else {
            #expect(expected == [] && mismatches == [])
            return
        }
        #expect(differences.map { "\($0.field) \($0.kind.rawValue)" } == expected)
    }

    @Test func `gives the only row to the event that was delivered`() {
        let event = Self.event(0, #"{"n": 1}"#)
        let mismatches = Matcher.match(
            [Self.expected(0, event, .waiting(next: nil)), Self.expected(1, event)],
            with: [event],
            ComparisonRules(identity: nil)
        )
        #expect(mismatches == [.missing(0)])
    }

    @Test func `knows an event by what the vendor knows of its customer`() {
        var row = Self.event(0, #"{"n": 1}"#)
        row.customerID = "the vendor's own"
        row.subscriptionID = nil
        let sent = Self.expected(
            0,
            VendorEvent(id: "e0", name: "api", timestamp: row.timestamp, properties: row.properties)
        )
        #expect(Matcher.match([sent], with: [row], ComparisonRules(identity: nil)) == [])
        #expect(Matcher.match([sent, sent], with: [row, row], ComparisonRules(identity: nil)) == [])
    }
}
