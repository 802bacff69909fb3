import Events
import Testing

@testable import Parity

/// In what a vendor's event differs from what was sent, over the forms that a value can have.
@Suite struct ContentComparisonTests {
    private static let plain = ComparisonRules(identity: [])
    private static let asText = ComparisonRules(identity: [], showsValuesAsText: true)
    private static let adding = ComparisonRules(identity: [], addsProperties: true)

    private static func event(_ properties: String?) -> VendorEvent {
        VendorEvent(
            id: "e",
            name: "api",
            customerID: "c",
            timestamp: Timestamp(milliseconds: 0),
            properties: properties.map { JSONText(checked: $0) }
        )
    }

    /// Each difference as `field kind`.
    private static func differences(_ sent: String?, _ shown: String?, _ rules: ComparisonRules = plain) -> [String] {
        ContentComparison.differences(sent: event(sent), shown: event(shown), rules).map {
            "\($0.field) \($0.kind.rawValue)"
        }
    }

    /// Values with one meaning a group; of two groups, none says what another does.
    private static let groups: [[String]] = [
        ["1", "1.0", "1e0", "10e-1", "0.1E1"], ["-1", "-1.00"], ["0", "-0", "0.0", "0e5"],
        ["12345678901234567890", "1234567890123456789e1"], [#""1""#, #""\u0031""#], ["true"], ["false"], ["null"],
        [#""""#], ["[]", "[ ]"], ["{}", "{ }"], ["[1]", "[1.0]"], ["[[1]]"], ["[1,null]"],
        [#"{"a":1,"b":2}"#, #"{"b":2.0,"a":1}"#], [#"{"a":1}"#], ["\"caf\u{E9}\"", #""caf\u00e9""#],
        ["\"cafe\u{301}\""], [#""true""#], ["1e400"], ["1e401"],
    ]

    @Test func `tells values by what they say, and not by how they are written`() {
        for (place, group) in Self.groups.enumerated() {
            for (other, values) in Self.groups.enumerated() {
                for sent in group {
                    for shown in values {
                        let found = Self.differences(#"{"v":\#(sent)}"#, #"{"v":\#(shown)}"#)
                        #expect(found.isEmpty == (place == other), "\(sent) and \(shown): \(found)")
                    }
                }
            }
        }
    }

    @Test(
        arguments: [
            (nil, nil, []), (nil, "{}", []), ("{}", nil, []), ("{}", "{}", []),
            (nil, #"{"a":null}"#, ["properties added"]),
            (#"{"a":null}"#, nil, ["properties dropped"]), (#"{"a":null}"#, "{}", ["properties.a dropped"]),
            ("{}", #"{"a":null}"#, ["properties.a added"]),
            (#"{"a":{"b":1}}"#, #"{"a":{"b":1,"c":2}}"#, ["properties.a.c added"]),
            (#"{"a":[1]}"#, #"{"a":[1,2,3]}"#, ["properties.a.1 added", "properties.a.2 added"]),
            (#"{"a":[1,2]}"#, #"{"a":[]}"#, ["properties.a.0 dropped", "properties.a.1 dropped"]),
            (#"{"a":[1]}"#, #"{"a":{"0":1}}"#, ["properties.a value"]),
            (#"{"a":[{"b":1},{"b":2}]}"#, #"{"a":[{"b":1},{"b":3}]}"#, ["properties.a.1.b value"]),
            (#"{"a":1}"#, #"{"A":1}"#, ["properties.a dropped", "properties.A added"]),
            (#"{"a":true}"#, #"{"a":"true"}"#, ["properties.a type"]),
            (#"{"a":"1"}"#, #"{"a":1.0}"#, ["properties.a type"]),
            (#"{"a":1}"#, #"{"a":true}"#, ["properties.a value"]),
            (#"{"a":0.1}"#, #"{"a":0.1000000000000000055511151231257827}"#, ["properties.a precision"]),
            (#"{"a":9007199254740993}"#, #"{"a":9007199254740992}"#, ["properties.a precision"]),
        ] as [(String?, String?, [String])]
    )
    func `names each field`(sent: String?, shown: String?, expected: [String]) {
        #expect(Self.differences(sent, shown) == expected)
    }

    /// Two forms of one text are two names of properties.
    @Test func `tells properties apart whose names are two forms of one text`() {
        let found = Self.differences("{\"caf\u{E9}\":1}", "{\"cafe\u{301}\":1}")
        #expect(found.map { $0.split(separator: " ").last } == ["dropped", "added"])
    }

    @Test func `names eight fields at most, in the order in which they were sent`() {
        let sent = (1...20).map { "\"p\($0)\":\($0)" }.joined(separator: ",")
        let shown = (1...20).reversed().map { "\"p\($0)\":0" }.joined(separator: ",")
        let expected = (1...8).map { "properties.p\($0) value" }
        #expect(Self.differences("{\(sent)}", "{\(shown)}") == expected)
        #expect(Self.differences("{}", "{\(sent)}").count == 8)
    }

    // MARK: Text

    @Test(
        arguments: [
            ("5", #""5""#, []), ("5", #""5.0""#, []), ("0.5", #"".5""#, []), ("true", #""true""#, []),
            ("null", #""null""#, []), ("[1,2]", #""[1, 2.0]""#, []), (#"{"b":1}"#, #""{\"b\":1}""#, []),
            (#""5""#, "5", []), (#""x""#, #""x""#, []), (#""x""#, #""y""#, ["value"]), ("5", #""6""#, ["value"]),
            ("true", #""false""#, ["value"]), ("[1]", #""[2]""#, ["value"]), (#""[1]""#, "[1]", ["type"]),
            (#"{"b":1}"#, #""not json""#, ["value"]),
        ] as [(String, String, [String])]
    )
    func `takes the text of a value for the value where the vendor shows text`(
        sent: String,
        shown: String,
        kinds: [String]
    ) {
        let found = Self.differences(#"{"a":\#(sent)}"#, #"{"a":\#(shown)}"#, Self.asText)
        #expect(found == kinds.map { "properties.a \($0)" })
        if sent != shown { #expect(!Self.differences(#"{"a":\#(sent)}"#, #"{"a":\#(shown)}"#).isEmpty) }
    }

    @Test(
        arguments: [
            (#"{"a":1,"total":"3.0"}"#, []), (#"{"a":1,"total":3}"#, ["properties.total added"]),
            (#"{"a":1,"total":"three"}"#, ["properties.total added"]),
            (#"{"a":1,"n":{"total":"3"}}"#, ["properties.n added"]), (#"{"total":"3"}"#, ["properties.a dropped"]),
        ] as [(String, [String])]
    )
    func `takes a number as text for computed where the vendor computes, and nothing else`(
        shown: String,
        expected: [String]
    ) {
        #expect(Self.differences(#"{"a":1}"#, shown, Self.adding) == expected)
        #expect(Self.differences(#"{"a":1}"#, #"{"a":1,"total":"3.0"}"#) == ["properties.total added"])
    }

    // MARK: Fields

    @Test func `compares what was sent, and lets a vendor know more of the customer`() {
        let time = Timestamp(milliseconds: 0)
        let bare = VendorEvent(id: "e", name: "api", timestamp: time)
        let known = VendorEvent(id: "e", name: "api", customerID: "c", subscriptionID: "s", timestamp: time)
        #expect(ContentComparison.differences(sent: bare, shown: known, Self.plain).isEmpty)
        let lost = ContentComparison.differences(sent: known, shown: bare, Self.plain)
        #expect(lost.map(\.field) == ["customer_id", "subscription_id"] && lost.allSatisfy { $0.kind == .dropped })
        // A source that nobody sent is another writer's.
        let foreign = VendorEvent(id: "e", name: "api", timestamp: time, source: "job")
        let added = ContentComparison.differences(sent: bare, shown: foreign, Self.plain)
        #expect(added == [ContentDifference(field: "source", kind: .added, sent: nil, shown: "job")])
    }

    @Test func `compares texts byte for byte, and times to the millisecond`() {
        let sent = VendorEvent(id: "e", name: "caf\u{E9}", timestamp: Timestamp(milliseconds: 0))
        let shown = VendorEvent(id: "e", name: "cafe\u{301}", timestamp: Timestamp(milliseconds: 1))
        let found = ContentComparison.differences(sent: sent, shown: shown, Self.plain)
        #expect(found.map(\.field) == ["name", "timestamp"])
        #expect(found[1].sent == "1970-01-01T00:00:00.000Z" && found[1].shown == "1970-01-01T00:00:00.001Z")
    }

    @Test func `compares those of a vendor's own members that were sent`() {
        func event(_ own: String?) -> VendorEvent {
            VendorEvent(
                id: "e",
                name: "api",
                timestamp: Timestamp(milliseconds: 0),
                own: own.map { JSONText(checked: $0) }
            )
        }
        let rules = ComparisonRules(identity: [], ownMembers: ["cents", "parent"])
        func found(_ sent: String?, _ shown: String?) -> [String] {
            ContentComparison.differences(sent: event(sent), shown: event(shown), rules).map {
                "\($0.field) \($0.kind.rawValue)"
            }
        }
        #expect(found(#"{"cents":"12","later":1}"#, #"{"cents":12.0,"id":"x"}"#) == [], "in whichever type")
        #expect(found(#"{"cents":12}"#, #"{"cents":13}"#) == ["vendor.cents value"])
        #expect(found(#"{"cents":12}"#, nil) == ["vendor.cents dropped"])
        #expect(found(nil, #"{"parent":"p"}"#) == ["vendor.parent added"])
        #expect(found(nil, #"{"other":1}"#) == [] && found(nil, nil) == [])
    }

    // MARK: Excerpts

    /// A length of text, and how much of it is kept.
    @Test(arguments: [(199, 199), (200, 200), (201, 201), (100_000, 201)])
    func `keeps the beginning of long texts`(length: Int, kept: Int) throws {
        let sent = VendorEvent(id: "e", name: "api", timestamp: Timestamp(milliseconds: 0))
        var shown = sent
        shown.name = String(repeating: "x", count: length)
        let text = try #require(ContentComparison.differences(sent: sent, shown: shown, Self.plain).first?.shown)
        #expect(text.unicodeScalars.count == kept && text.hasSuffix("…") == (length > 200))
    }

    /// One letter with any number of marks is one character.
    @Test func `keeps the beginning of a text of one character`() throws {
        let sent = VendorEvent(id: "e", name: "api", timestamp: Timestamp(milliseconds: 0))
        var shown = sent
        shown.name = "e" + String(repeating: "\u{301}", count: 100_000)
        let text = try #require(ContentComparison.differences(sent: sent, shown: shown, Self.plain).first?.shown)
        #expect(text.unicodeScalars.count == 201)
    }

    @Test func `keeps the beginning of a value that is cut within a character`() throws {
        let value = "\"" + String(repeating: "\u{20AC}", count: 5000) + "\""
        let difference = try #require(
            ContentComparison.differences(
                sent: Self.event("{}"),
                shown: Self.event("{\"a\":\(value)}"),
                Self.plain
            ).first
        )
        #expect(difference.shown == "\"" + String(repeating: "\u{20AC}", count: 199) + "…")
    }
}
