import Events
import Testing

/// A vendor's event is a value, though its copies share their fields.
@Suite struct VendorEventTests {
    private static let at = Timestamp(milliseconds: 1000)

    private var full: VendorEvent {
        VendorEvent(
            id: "i",
            name: "n",
            customerID: "c",
            subscriptionID: "s",
            timestamp: Self.at,
            source: "o",
            properties: JSONText(checked: #"{"a":1}"#),
            own: JSONText(checked: "{}"),
            notes: ["matched by its id"]
        )
    }

    private static let changes: [@Sendable (inout VendorEvent) -> Void] = [
        { $0.id = nil }, { $0.name = "m" }, { $0.customerID = "d" }, { $0.subscriptionID = nil },
        { $0.timestamp = VendorEventTests.at + .milliseconds(1) }, { $0.source = "" },
        { $0.properties = JSONText(checked: #"{"a":1.0}"#) },
        { $0.own = nil }, { $0.notes.append("cut") },
    ]

    @Test(arguments: changes.indices)
    func `a change is in one copy, and in one field`(index: Int) {
        let original = full
        var copy = original
        #expect(copy == original)
        Self.changes[index](&copy)
        #expect(copy != original && original == full)
        // Every other field is as it was.
        var other = full
        Self.changes[index](&other)
        #expect(copy == other)
        for (place, change) in Self.changes.enumerated() where place != index {
            var third = copy
            change(&third)
            #expect(third != copy && third != original)
        }
    }

    private func request(_ headers: [(name: String, value: String)], _ query: [(name: String, value: String)] = [])
        -> DialectRequest
    {
        DialectRequest(method: "GET", path: "/events", query: query, headers: headers)
    }

    @Test func `a request's fields are found whatever their case, the first of several`() {
        let request = request([("X-Key", "1"), ("x-key", "2"), ("Empty", "")])
        #expect(request.header("x-KEY") == "1" && request.header("empty") == "" && request.header("key") == nil)
    }

    @Test func `a request's parameters are found by their exact name, in order`() {
        let request = request([], [("id", "a"), ("ID", "x"), ("id", ""), ("id[]", "b"), ("id", "c")])
        #expect(request.parameter("id") == "a" && request.parameters("id") == ["a", "", "c"])
        #expect(request.parameter("ID") == "x" && request.parameters("id[]") == ["b"])
        #expect(request.parameter("none") == nil && request.parameters("none").isEmpty)
    }

    @Test func `identifiers have the order of their bytes`() {
        // By bytes, a letter with a combining mark comes before all composed ones, and capitals before small letters.
        let sorted = ["", "A", "Z", "a", "ab", "b", "e\u{301}", "z", "\u{E9}", "\u{FFFF}", "\u{1F600}"]
        #expect(sorted.reversed().map { EventID($0) }.sorted().map(\.rawValue.utf8.count) == sorted.map(\.utf8.count))
        for (index, left) in sorted.enumerated() {
            for (other, right) in sorted.enumerated() {
                #expect((EventID(left) < EventID(right)) == (index < other))
                #expect((EventID(left) == EventID(right)) == (index == other))
                #expect((EventID(left).hashValue == EventID(right).hashValue) == (index == other))
            }
        }
        #expect(EventID("") == EventID("") && "\(EventID("x"))" == "x" && "x".exact == ExactText("x"))
    }
}
