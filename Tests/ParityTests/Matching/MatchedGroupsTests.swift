import Events
import Parity
import Randomness
import Testing

/// Which row goes to which event where several may be one.
@Suite struct MatchedGroupsTests {
    private static let byID = ComparisonRules(identity: [])
    private static let byContent = ComparisonRules(identity: nil)

    private static func match(_ sent: [VendorEvent], _ shown: [VendorEvent], _ rules: ComparisonRules)
        -> [Matcher.Mismatch]
    {
        Matcher.match(sent.enumerated().map { MatcherTests.expected($0.offset, $0.element) }, with: shown, rules)
    }

    /// What a mismatch is about, without the differences.
    private static func text(_ mismatch: Matcher.Mismatch) -> String {
        switch mismatch {
        case .missing(let index): "missing \(index)"
        case .extra(let row): "extra \(row)"
        case .different(let index, let row, _): "different \(index) \(row)"
        case .repeated(let index, let row): "repeated \(index) \(row)"
        }
    }

    private static func event(_ id: String, _ n: Int, customer: String? = "c", name: String = "api") -> VendorEvent {
        MatcherTests.event(0, id: id, name: name, customer: customer, #"{"n":\#(n)}"#)
    }

    @Test func `gives the row that says the same to the event, and calls the others copies of it`() {
        let found = Self.match([Self.event("a", 1)], [Self.event("a", 2), Self.event("a", 1)], Self.byID)
        #expect(found.map(Self.text) == ["repeated 0 0"])
        let none = Self.match([Self.event("a", 1)], [Self.event("a", 2), Self.event("a", 3)], Self.byID)
        #expect(none.map(Self.text) == ["different 0 0", "repeated 0 1"])
    }

    @Test func `orders by events, and rows that nobody sent last`() {
        let sent = [Self.event("a", 1), Self.event("b", 1), Self.event("c", 1)]
        let shown = [
            Self.event("x", 1), Self.event("c", 9), Self.event("b", 1), Self.event("b", 1), Self.event("y", 1),
        ]
        #expect(
            Self.match(sent, shown, Self.byID).map(Self.text) == [
                "missing 0", "repeated 1 3", "different 2 1", "extra 0", "extra 4",
            ]
        )
    }

    @Test func `knows no event without a translation, and takes its row for foreign`() {
        let sent = Self.event("a", 1)
        let expected = [MatcherTests.expected(0, nil), MatcherTests.expected(1, sent)]
        #expect(Matcher.match(expected, with: [sent], Self.byID).map(Self.text) == ["missing 0"])
        #expect(
            Matcher.match([MatcherTests.expected(0, nil)], with: [sent], Self.byID).map(Self.text)
                == ["missing 0", "extra 0"]
        )
    }

    /// An id is what was sent; two forms of one text are two events.
    @Test func `tells ids apart byte for byte`() {
        let (one, other) = (Self.event("caf\u{E9}", 1), Self.event("cafe\u{301}", 1))
        #expect(Self.match([one], [other], Self.byID).map(Self.text) == ["missing 0", "extra 0"])
        #expect(Self.match([one, other], [other, one], Self.byID).isEmpty)
    }

    /// What is a part of the identity makes another event, and what is not another value.
    @Test(arguments: ComparisonRules.IdentityPart.allCases)
    func `tells events apart by all that belongs to their identity`(part: ComparisonRules.IdentityPart) {
        let sent = Self.event("a", 1)
        var shown = sent
        switch part {
        case .name: shown.name = "other"
        case .customer: shown.customerID = "other"
        case .subscription: shown.subscriptionID = "other"
        case .timestamp: shown.timestamp = Timestamp(milliseconds: 1001)
        }
        let apart = Self.match([sent], [shown], ComparisonRules(identity: [part]))
        #expect(apart.map(Self.text) == ["missing 0", "extra 0"])
        #expect(Self.match([sent], [shown], Self.byID).map(Self.text) == ["different 0 0"])
    }

    // MARK: Without ids

    @Test func `without ids, takes another value of the same customer for a change, and another customer for none`() {
        let sent = [Self.event("a", 1)]
        #expect(Self.match(sent, [Self.event("", 2)], Self.byContent).map(Self.text) == ["different 0 0"])
        let other = Self.match(sent, [Self.event("", 1, customer: "d")], Self.byContent)
        #expect(other.map(Self.text) == ["missing 0", "extra 0"])
        let unknown = Self.match(sent, [Self.event("", 1, customer: nil)], Self.byContent)
        #expect(unknown.map(Self.text) == ["missing 0", "extra 0"])
    }

    @Test func `without ids, calls a second row that says the same a copy`() {
        let row = Self.event("", 1)
        let found = Self.match([Self.event("a", 1)], [row, row, Self.event("", 7)], Self.byContent)
        #expect(found.map(Self.text) == ["repeated 0 1", "extra 2"])
    }

    @Test func `without ids, counts equal events, whichever is whose row`() {
        let events = ["a", "b", "c"].map { Self.event($0, 1) }
        let rows = Array(repeating: Self.event("", 1), count: 2)
        #expect(Self.match(events, rows, Self.byContent).count == 1)
        #expect(Self.match(events, rows + rows, Self.byContent).map(Self.text) == ["repeated 2 3"])
    }

    @Test func `without ids, finds the event of a customer that the vendor alone knows`() {
        let sent = [Self.event("a", 1, customer: nil), Self.event("b", 2, customer: nil)]
        let rows = [Self.event("", 2, customer: "own"), Self.event("", 1, customer: "own")]
        let unbilled = rows.map { row in
            var row = row
            row.subscriptionID = nil
            return row
        }
        #expect(Self.match(sent, unbilled, Self.byContent).isEmpty)
    }

    /// A vendor that knows the subscription of an event which names none shows the event all the same.
    @Test(arguments: [byID, byContent])
    func `says nothing of rows that only know more`(rules: ComparisonRules) {
        let sent = [Self.event("a", 1, customer: nil), Self.event("a", 1, customer: nil)]
        let rows = [Self.event("a", 1, customer: "own"), Self.event("a", 1, customer: "own")]
        #expect(Self.match(sent, rows, rules).isEmpty)
    }

    /// Vendors show `{}` where nothing was sent.
    @Test(arguments: [byID, byContent])
    func `takes no properties and an empty object for the same, also where several may be one`(rules: ComparisonRules) {
        func event(_ properties: String?) -> VendorEvent {
            VendorEvent(
                id: "a",
                name: "api",
                customerID: "c",
                timestamp: Timestamp(milliseconds: 1000),
                properties: properties.map { JSONText(checked: $0) }
            )
        }
        let rows = Array(repeating: event("{}"), count: 2)
        #expect(Self.match([event(nil), event(nil)], rows, rules).isEmpty)
        #expect(Self.match([event(nil)], rows, rules).map(Self.text) == ["repeated 0 1"])
    }

    /// Any order of events and rows comes to as many mismatches of each kind.
    @Test(arguments: 1...40, [true, false])
    func `finds as much in any order`(seed: Int, hasIDs: Bool) {
        var random = SplitMix(seed: UInt64(seed))
        func events(_ count: Int) -> [VendorEvent] {
            (0..<count).map { _ in
                Self.event(
                    ["a", "b", "c"].randomElement(using: &random)!,
                    Int.random(in: 0...2, using: &random),
                    customer: ["c", "d"].randomElement(using: &random)!
                )
            }
        }
        let (sent, shown) = (
            events(Int.random(in: 0...8, using: &random)), events(Int.random(in: 0...8, using: &random))
        )
        func kinds(_ sent: [VendorEvent], _ shown: [VendorEvent]) -> [String: Int] {
            let found = Self.match(sent, shown, hasIDs ? Self.byID : Self.byContent)
            return Dictionary(
                found.map { (String(Self.text($0).prefix { $0 != " " }), 1) },
                uniquingKeysWith: +
            )
        }
        let first = kinds(sent, shown)
        for _ in 0..<4 {
            let again = kinds(sent.shuffled(using: &random), shown.shuffled(using: &random))
            #expect(again == first, "seed \(seed)")
        }
        // Whatever was paired with whatever, no row and no event is forgotten.
        let lost = first["missing", default: 0]
        let beyond = first["extra", default: 0] + first["repeated", default: 0]
        #expect(sent.count - lost == shown.count - beyond, "seed \(seed)")
    }
}
