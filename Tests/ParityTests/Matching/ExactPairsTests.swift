import Events
import Randomness
import Testing

@testable import Parity

/// Pairs of events and rows that are equal byte for byte, against a plain count of equal ones.
@Suite struct ExactPairsTests {
    private static func event(_ random: inout SplitMix) -> VendorEvent {
        // Few values, so that many are equal, and many share a hash.
        let forms = [#"{"n":1}"#, #"{"n":1.0}"#, "{}"]
        return VendorEvent(
            id: ["a", "b", nil].randomElement(using: &random)!,
            name: ["api", "disk"].randomElement(using: &random)!,
            customerID: ["c", nil].randomElement(using: &random)!,
            timestamp: Timestamp(milliseconds: Int64.random(in: 0...1, using: &random)),
            source: Int.random(in: 0...4, using: &random) == 0 ? "job" : nil,
            properties: JSONText(checked: forms.randomElement(using: &random)!)
        )
    }

    /// All that is compared, as one text. The id counts only where ids tell events apart.
    private static func key(_ event: VendorEvent, _ rules: ComparisonRules) -> String {
        let id = rules.identity == nil ? "" : event.id ?? "-"
        let properties = event.properties?.description ?? "-"
        return "\(id)|\(event.name)|\(event.customerID ?? "-")|\(event.timestamp.milliseconds)|"
            + "\(event.source ?? "-")|\(properties)"
    }

    @Test(arguments: 1...40, [true, false])
    func `leaves over what has no equal, as often as it has none`(seed: Int, hasIDs: Bool) {
        var random = SplitMix(seed: UInt64(seed))
        let rules = ComparisonRules(identity: hasIDs ? [] : nil)
        let sent = (0..<Int.random(in: 0...60, using: &random)).map { _ in
            Int.random(in: 0...9, using: &random) == 0 ? nil : Self.event(&random)
        }
        let rows = (0..<Int.random(in: 0...60, using: &random)).map { _ in Self.event(&random) }
        let expected = sent.enumerated().map { MatcherTests.expected($0.offset, $0.element) }
        let pairs = ExactPairs(expected, rows, rules)
        func counts(_ events: [VendorEvent]) -> [String: Int] {
            Dictionary(events.map { (Self.key($0, rules), 1) }, uniquingKeysWith: +)
        }
        let (all, shown) = (counts(sent.compactMap(\.self)), counts(rows))
        let left = counts(pairs.sent.compactMap { sent[$0] })
        let leftRows = counts(pairs.shown.map { rows[$0] })
        for key in Set(all.keys).union(shown.keys) {
            let (mine, theirs) = (all[key, default: 0], shown[key, default: 0])
            #expect(left[key, default: 0] == max(0, mine - theirs), "seed \(seed): \(key)")
            #expect(leftRows[key, default: 0] == max(0, theirs - mine), "seed \(seed): \(key)")
        }
        #expect(Set(pairs.sent).count == pairs.sent.count && Set(pairs.shown).count == pairs.shown.count)
        #expect(pairs.sent.allSatisfy { sent[$0] != nil }, "what cannot be translated is in neither list")
    }

    @Test func `pairs nothing that differs in any field`() {
        let sent = VendorEvent(
            id: "e",
            name: "api",
            customerID: "c",
            subscriptionID: "s",
            timestamp: Timestamp(milliseconds: 5),
            source: "job",
            properties: JSONText(checked: "{}")
        )
        var others = Array(repeating: sent, count: 8)
        others[0].id = nil
        others[1].name = "apj"
        others[2].customerID = nil
        others[3].subscriptionID = "S"
        others[4].timestamp = Timestamp(milliseconds: 6)
        others[5].source = nil
        others[6].properties = nil
        others[7].properties = JSONText(checked: "{ }")
        for other in others {
            let pairs = ExactPairs([MatcherTests.expected(0, sent)], [other], ComparisonRules(identity: []))
            #expect(pairs.sent == [0] && pairs.shown == [0], "\(other)")
        }
        let same = ExactPairs([MatcherTests.expected(0, sent)], [sent], ComparisonRules(identity: []))
        #expect(same.sent.isEmpty && same.shown.isEmpty)
    }

    /// Of a vendor's own members, only those that were sent count.
    @Test func `compares the vendor's own members that were sent`() {
        func event(_ own: String?) -> VendorEvent {
            VendorEvent(
                id: "e",
                name: "api",
                timestamp: Timestamp(milliseconds: 5),
                own: own.map { JSONText(checked: $0) }
            )
        }
        func isPair(_ one: String?, _ other: String?, _ members: [String]) -> Bool {
            let rules = ComparisonRules(identity: [], ownMembers: members)
            return ExactPairs([MatcherTests.expected(0, event(one))], [event(other)], rules).sent.isEmpty
        }
        #expect(isPair(#"{"a":1}"#, #"{"a":2}"#, []) && isPair(nil, nil, ["a"]))
        #expect(isPair(#"{"a":1,"x":1}"#, #"{"y":2,"a":1}"#, ["a"]))
        #expect(!isPair(#"{"a":1}"#, #"{"a":2}"#, ["a"]) && !isPair(#"{"a":1}"#, nil, ["a"]))
        #expect(isPair(#"{"x":1}"#, nil, ["a"]), "neither has the member")
    }
}
