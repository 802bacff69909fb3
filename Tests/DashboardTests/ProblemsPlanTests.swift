import Events
import Testing

@testable import Dashboard

@Suite struct ProblemsPlanTests {
    @Test(
        arguments: [
            ("5", nil, 5, true), ("5", nil, 3, true), ("5", nil, 6, false), ("1000", nil, 1000, true),
            ("1001", nil, 1001, false), ("1001", "1001", 1001, true), ("12408", "12,408", 12_408, true),
            ("12408", "12 408", 12_408, true), ("12408", "12409", 12_408, false), ("12408", "", 12_408, false),
            ("12408", "12408", 12_409, false), (nil, nil, 0, false), ("x", "x", 0, false), ("-1", "-1", 0, false),
            ("9223372036854775808", nil, 0, false),
        ] as [(String?, String?, Int, Bool)]
    )
    func `asks for the number above a thousand, and again if more match`(
        expected: String?,
        typed: String?,
        total: Int,
        isConfirmed: Bool
    ) {
        #expect((ProblemsPlanPage.fault(expected: expected, typed: typed, total: total) == nil) == isConfirmed)
    }
}

@Suite struct EventTextTests {
    @Test func `shows numbers and texts byte for byte`() {
        let text = EventText.indented(Array(#"{"a":1.10,"b":"\u00e4","big":12345678901234567890,"c":[],"d":{}}"#.utf8))
        #expect(
            text == """
                {
                  "a": 1.10,
                  "b": "\\u00e4",
                  "big": 12345678901234567890,
                  "c": [],
                  "d": {}
                }
                """
        )
    }

    @Test func `hides values, and shows the names of all levels`() {
        let json = #"{"name":"n","properties":{"secret":"s3cret","inner":{"deep":[1,{"x":"s3cret"}]}}}"#
        let text = EventText.indented(Array(json.utf8), hiding: ["properties"])
        #expect(!text.contains("s3cret"))
        #expect(
            text.contains(#""secret": [hidden]"#) && text.contains(#""deep": [hidden]"#)
                && text.contains(#""name": "n""#)
        )
    }

    @Test func `hides text that is not JSON`() {
        #expect(EventText.indented(Array("s3cret".utf8), hiding: ["properties"]) == "[hidden]")
        #expect(EventText.indented(Array("plain".utf8)) == "plain")
    }

    @Test func `bounds its depth`() {
        let deep = String(repeating: "[", count: 60) + String(repeating: "]", count: 60)
        #expect(EventText.indented(Array(deep.utf8)).split(separator: "\n").count < 40)
    }

    /// A shell reads code points: the quotation mark of a character with a combining mark ends the text, and what follows is run.
    @Test(arguments: ["\u{301}", "\u{200D}", "\u{FE0F}", "\u{20DD}", ""])
    func `quotes each quotation mark for the shell, also one that has a combining mark`(mark: String) {
        let command = EventText.curl(SamplePages.accepted("a'\(mark); reboot #'\(mark)"), to: "http://127.0.0.1:8080")
        let rest = Array(command.utf8).split(separator: UInt8(ascii: "'"), omittingEmptySubsequences: false)
        // Two quotation marks around the type, two around the body, and three for each of the two within each of the event's five texts.
        let within = 5 * 2
        #expect(rest.count == 1 + 4 + 3 * within, "\(command)")
        #expect(command.utf8.count { $0 == UInt8(ascii: "\\") } == within)
    }

    @Test func `quotes a command for the shell`() {
        let event = SamplePages.accepted("it's")
        #expect(EventText.curl(event, to: "http://127.0.0.1:8080").contains(#""id":"it'\''s""#))
    }
}

@Suite struct VendorEventViewTests {
    private func differences(_ shown: VendorEvent) -> [String] {
        VendorEventView.differences(of: shown, from: SamplePages.accepted("x"), named: "x").map(\.field)
    }

    private let timestamp = SamplePages.now + .seconds(-3600)

    @Test func `finds fields that differ, and takes what is not shown for no difference`() {
        let same = VendorEvent(id: "x", name: "x", customerID: "x", timestamp: timestamp)
        #expect(differences(same).isEmpty)
        var other = same
        other.id = "y"
        other.customerID = "z"
        other.timestamp = timestamp + .seconds(1)
        #expect(differences(other) == ["id", "customer_id", "timestamp"])
        other = same
        // Cut to the second.
        other.timestamp = timestamp + .milliseconds(999)
        #expect(differences(other).isEmpty)
    }

    @Test func `compares properties by what they mean`() {
        var shown = VendorEvent(id: nil, name: "x", timestamp: timestamp)
        shown.properties = JSONText(checked: #"{"inner":{"list":[1,2]},"size":1e2}"#)
        #expect(differences(shown).isEmpty)
        shown.properties = JSONText(checked: #"{"inner":{"list":[1,2]},"size":"100"}"#)
        #expect(differences(shown).isEmpty)
        shown.properties = JSONText(checked: #"{"size":101,"more":true}"#)
        #expect(differences(shown) == ["properties.inner", "properties.more", "properties.size"])
    }
}
