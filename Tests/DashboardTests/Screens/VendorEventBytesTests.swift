import Events
import Testing

@testable import Dashboard

/// What a vendor shows beside what was accepted, byte for byte: to vendors, two forms of a letter are two.
@Suite struct VendorEventBytesTests {
    private static let (composed, decomposed) = ("caf\u{E9}", "cafe\u{301}")
    private let time = SamplePages.now + .seconds(-3600)

    private func fields(_ shown: VendorEvent, of text: String = "x", named name: String = "x") -> [String] {
        VendorEventView.differences(of: shown, from: SamplePages.accepted(text), named: name).map(\.field)
    }

    @Test func `finds a field of another form of the same letters`() {
        var shown = VendorEvent(
            id: Self.composed,
            name: Self.composed,
            customerID: Self.composed,
            subscriptionID: Self.composed,
            timestamp: time,
            source: Self.composed
        )
        #expect(fields(shown, of: Self.composed, named: Self.composed).isEmpty)
        #expect(
            fields(shown, of: Self.decomposed, named: Self.decomposed) == [
                "id", "name", "customer_id", "subscription_id", "source",
            ]
        )
        shown.id = Self.decomposed
        #expect(fields(shown, of: Self.composed, named: Self.composed) == ["id"])
    }

    @Test func `finds a property of another form of the same name`() {
        let accepted = AcceptedEvent(
            CanonicalEvent(
                name: "x",
                customerID: "x",
                timestamp: time,
                properties: JSONText(checked: "{\"\(Self.composed)\":1,\"b\":\"\(Self.composed)\"}")
            ),
            id: "x",
            in: SamplePages.accepted("x").submission
        )
        func differences(_ properties: String) -> [[String?]] {
            let shown = VendorEvent(id: nil, name: "x", timestamp: time, properties: JSONText(checked: properties))
            return VendorEventView.differences(of: shown, from: accepted, named: "x").map {
                [$0.field, $0.accepted, $0.shown]
            }
        }
        #expect(differences("{\"b\":\"\(Self.composed)\",\"\(Self.composed)\":1.0}").isEmpty)
        let renamed = differences("{\"\(Self.decomposed)\":1,\"b\":\"\(Self.composed)\"}")
        #expect(
            renamed.map { $0[0]?.exact } == [
                "properties.\(Self.decomposed)".exact, "properties.\(Self.composed)".exact,
            ]
        )
        #expect(renamed.map { $0[1] } == [nil, "1"] && renamed.map { $0[2] } == ["1", nil])
        let both = differences("{\"\(Self.composed)\":1,\"\(Self.decomposed)\":2,\"b\":\"\(Self.decomposed)\"}")
        #expect(both.count == 2)
    }

    /// Some vendors keep whole seconds.
    @Test(arguments: [(-1000, true), (-999, false), (0, false), (999, false), (1000, true)])
    func `takes a time within a second for the same`(milliseconds: Int, differs: Bool) {
        let shown = VendorEvent(id: nil, name: "x", timestamp: time + .milliseconds(milliseconds))
        #expect(fields(shown) == (differs ? ["timestamp"] : []))
    }

    @Test(arguments: [
        ("100", true), ("1e2", true), ("\"100.0\"", true), ("101", false), ("\"hundred\"", false), ("null", false),
        ("[100]", false), ("true", false), ("\"\"", false),
    ])
    func `takes a number that is shown as text for the same`(value: String, isSame: Bool) {
        let properties = JSONText(checked: "{\"size\":\(value),\"inner\":{\"list\":[1,2]}}")
        let shown = VendorEvent(id: nil, name: "x", timestamp: time, properties: properties)
        #expect(fields(shown) == (isSame ? [] : ["properties.size"]))
    }

    @Test func `writes what a vendor shows as JSON, with values hidden from whoever may not see them`() {
        let shown = VendorEvent(
            id: nil,
            name: "n\"",
            customerID: "c",
            timestamp: Timestamp(milliseconds: 0),
            properties: JSONText(checked: #"{"a":[1,2],"b":{"c":"d"}}"#),
            own: JSONText(checked: #"{"cost":7}"#)
        )
        let start = """
            {
              "id": null,
              "name": "n\\"",
              "customer_id": "c",
              "timestamp": "1970-01-01T00:00:00.000Z",

            """
        #expect(
            VendorEventView.text(shown, hidesProperties: false) == start + """
                  "properties": {
                    "a": [
                      1,
                      2
                    ],
                    "b": {
                      "c": "d"
                    }
                  },
                  "vendor": {
                    "cost": 7
                  }
                }
                """
        )
        #expect(
            VendorEventView.text(shown, hidesProperties: true) == start + """
                  "properties": {
                    "a": [hidden],
                    "b": {
                      "c": [hidden]
                    }
                  },
                  "vendor": {
                    "cost": [hidden]
                  }
                }
                """
        )
    }

    /// A matrix has a row for each name and a column for each provider, as vendors tell them.
    @Test func `a matrix of comparisons keeps names of different bytes apart`() {
        func cell(_ name: String, missing: Int) -> ParityMatrix.Cell {
            ParityMatrix.Cell(
                provider: "p",
                name: name,
                expected: 10,
                missing: missing,
                extra: 0,
                different: 0,
                address: "/f"
            )
        }
        let cells = [cell(Self.composed, missing: 1), cell(Self.decomposed, missing: 2)]
        for order in [cells, cells.reversed()] {
            let markup = ParityMatrix(caption: "c", providers: ["p"], cells: order).markup
            #expect(markup.count(of: "<th scope=\"row\">") == 2)
            #expect(
                markup.contains("<b>1</b><span>of 10: 1 missing") && markup.contains("<b>2</b><span>of 10: 2 missing")
            )
        }
        let columns = ParityMatrix(caption: "c", providers: [Self.composed, Self.decomposed], cells: []).markup
        #expect(columns.count(of: "<th scope=\"col\">") == 3)
    }
}
