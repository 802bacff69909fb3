import Events
import Testing
import Vendors

@testable import Facades

/// Parameters of Polar's lists, as its model reads them.
@Suite struct PolarQueryTests {
    private func query(_ parameters: (String, String)...) -> PolarQuery {
        PolarQuery(
            DialectRequest(method: "GET", path: "/events/", query: parameters.map { (name: $0.0, value: $0.1) })
        )
    }

    @Test(arguments: [
        ("5", 5), ("+5", 5), ("007", 7), ("5.0", 5), ("5e2", 500), ("-3", -3), ("999999999", 999_999_999),
        ("1000000000", 1_000_000_000), ("9223372036854775808", 1_000_000_000), ("1e99999", 1_000_000_000),
        ("-1e300", -1_000_000_000),
    ])
    func `reads whole numbers, absurdly large ones as large`(text: String, number: Int) {
        var query = query(("page", text))
        let read = query.integer("page")
        #expect(read == number && query.errors.isEmpty)
    }

    @Test(arguments: ["", "x", "5.5", "1e-1", "--5", " 5", "\u{661}", "0x5", "NaN"])
    func `says of anything else that it is no integer`(text: String) {
        var query = query(("page", text))
        let read = query.integer("page")
        #expect(read == nil && query.errors.map(\.type) == ["int_parsing"])
        #expect(query.errors.first?.location == ["query", "page"])
    }

    @Test(arguments: [
        ("0", "greater_than", "Input should be greater than 0"),
        ("-5", "greater_than", "Input should be greater than 0"),
    ])
    func `holds numbers to a lower limit`(text: String, type: String, message: String) {
        var query = query(("limit", text))
        let read = query.integer("limit", above: 0)
        #expect(read == nil && query.errors.map(\.type) == [type] && query.errors.map(\.message) == [message])
    }

    @Test(
        arguments: [("-1", "greater_than_equal"), ("6", "less_than_equal"), ("0", nil), ("5", nil)]
            as [(String, String?)]
    )
    func `holds numbers to a range`(text: String, type: String?) {
        var query = query(("depth", text))
        let read = query.integer("depth", in: 0...5)
        #expect((read == nil) == (type != nil) && query.errors.first?.type == type)
    }

    @Test func `of a parameter that stands twice the last one counts`() {
        var query = query(("page", "1"), ("page", "2"), ("name", "a"), ("name", "b"))
        let page = query.integer("page")
        #expect(page == 2 && query.texts("name") == ["a", "b"] && query.text("name") == "b")
    }

    /// Values of one key are gathered, in the order of the keys; keys are told by their bytes.
    @Test func `gathers metadata by key`() {
        let found = query(
            ("metadata[b]", "1"),
            ("metadata[a]", "2"),
            ("metadata[b]", "3"),
            ("metadata[é]", "4"),
            ("metadata[e\u{301}]", "5"),
            ("metadata[]", "no"),
            ("metadata", "no"),
            ("metadata[x", "no"),
            ("xmetadata[a]", "no")
        ).metadata
        #expect(found.map(\.values) == [["1", "3"], ["2"], ["4"], ["5"]])
        #expect(found.map { Array($0.key.utf8) } == ["b", "a", "é", "e\u{301}"].map { Array($0.utf8) })
    }

    @Test func `reports a list of ids as one id and as a list`() {
        let good = "7f0c4c9e-6a0e-4a57-9d5b-0d0f6a3a8d11"
        var query = query(("customer_id", good), ("customer_id", "x"), ("customer_id", good.uppercased()))
        let ids = query.uuids("customer_id")
        #expect(ids == [good, good])
        #expect(query.errors.map(\.type) == ["uuid_type", "uuid_parsing"])
        #expect(query.errors.last?.location.last == .index(1))
    }

    @Test(arguments: [
        ([], "-timestamp"), (["timestamp"], "timestamp"), (["-timestamp", "timestamp"], "-timestamp timestamp"),
    ])
    func `reads the order of a list`(given: [String], expected: String) {
        var query = PolarQuery(
            DialectRequest(method: "GET", path: "/", query: given.map { (name: "sorting", value: $0) })
        )
        let order = query.sorting(by: ["timestamp"], standard: "-timestamp")
        #expect(order.map { ($0.isDescending ? "-" : "") + $0.property }.joined(separator: " ") == expected)
        #expect(query.errors.isEmpty)
    }

    @Test(arguments: ["name", "--timestamp", "Timestamp", "", "timestamp "])
    func `names the orders that there are`(word: String) {
        var query = query(("sorting", "timestamp"), ("sorting", word))
        _ = query.sorting(by: ["timestamp"], standard: "-timestamp")
        #expect(query.errors.map(\.message) == ["Input should be 'timestamp' or '-timestamp'"])
        #expect(query.errors.first?.location == ["query", "sorting", .index(1)])
    }
}
