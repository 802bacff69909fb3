import Events
import Testing
import Vendors

/// What vendors tell of names, subscriptions and customers that they do not bill, with bytes alone.
@Suite struct ObstacleReadsTests {
    private func reader(_ name: AdapterName) throws -> any VendorReader {
        try #require(VendorRegistry.adapter(named: name)?.reader)
    }

    /// What is asked, and what the responses come to.
    private func run<Value>(_ inquiry: VendorInquiry<Value>, _ answers: [(Int, String)]) -> (
        asked: [String], end: VendorInquiry<Value>
    ) {
        var (asked, inquiry) = ([String](), inquiry)
        for (status, body) in answers {
            guard case .ask(let request, let next) = inquiry else { break }
            asked.append("\(request.method) \(request.path)")
            inquiry = next(VendorAnswer(status: status, body: Array(body.utf8)))
        }
        return (asked, inquiry)
    }

    // MARK: Polar

    private func counted(_ filters: [String]) throws -> CountedNames {
        let items = filters.map { #"{"id":"m","filter":\#($0)}"# }.joined(separator: ",")
        let body = #"{"items":[\#(items)],"pagination":{"total_count":1,"max_page":1}}"#
        guard case .done(let names) = run(try reader("polar").countedNames(), [(200, body)]).end else {
            throw DeliveryFault(code: .vendorError, message: body)
        }
        return names
    }

    private static func clause(_ property: String, _ operation: String, _ value: String) -> String {
        #"{"property":"\#(property)","operator":"\#(operation)","value":\#(value)}"#
    }

    private static func filter(_ conjunction: String, _ clauses: String...) -> String {
        #"{"conjunction":"\#(conjunction)","clauses":[\#(clauses.joined(separator: ","))]}"#
    }

    @Test(arguments: [
        (filter("and"), ["api", "other"]), (filter("and", clause("name", "eq", #""api""#)), ["api"]),
        (filter("and", clause("name", "ne", #""api""#)), ["other"]),
        (filter("and", clause("name", "like", #""ap""#)), ["api"]),
        (filter("and", clause("name", "not_like", #""ap""#)), ["other"]),
        // In older servers it stands for any character.
        (filter("and", clause("name", "like", #""a_i""#)), ["api", "other"]),
        (filter("or", clause("name", "eq", #""api""#), clause("name", "eq", #""other""#)), ["api", "other"]),
        // Names are text.
        (filter("and", clause("name", "eq", "1")), []), (filter("or", clause("name", "eq", "1")), []),
        // An event of the name may have the property or not.
        (filter("and", clause("name", "eq", #""api""#), clause("metadata.size", "gt", "5")), ["api"]),
        (filter("or", clause("name", "eq", #""api""#), clause("size", "gt", "5")), ["api", "other"]),
        // Polar's own editor puts each group into another one.
        (filter("and", filter("or", clause("name", "eq", #""api""#))), ["api"]),
        (filter("and", filter("or", clause("name", "eq", #""api""#)), clause("name", "ne", #""api""#)), []),
        (filter("and", clause("source", "eq", #""system""#)), []),
        (filter("and", clause("source", "ne", #""system""#)), ["api", "other"]),
        // What is not known may take anything.
        (#"{"something":"new"}"#, ["api", "other"]), (filter("xor", clause("name", "eq", "1")), ["api", "other"]),
        (filter("and", clause("name", "between", #""a""#)), ["api", "other"]),
        (filter("and", clause("name", "gt", #""a""#)), ["api", "other"]), ("null", ["api", "other"]),
    ])
    func `Polar counts the names that a meter's filter can take`(filter: String, names: [String]) throws {
        let counted = try counted([filter])
        #expect(["api", "other"].filter(counted.contains) == names)
    }

    @Test func `Polar counts what any of its meters takes, on all pages, and nothing without a meter`() throws {
        let reader = try reader("polar")
        #expect(reader.obstacles == ObstacleTraits(ofNames: true))
        func page(_ name: String) -> String {
            let meter = #"{"id":"m","filter":\#(Self.filter("and", Self.clause("name", "eq", "\"\(name)\"")))}"#
            return #"{"items":[\#(meter)],"pagination":{"total_count":101,"max_page":2}}"#
        }
        let (asked, end) = run(reader.countedNames(), [(200, page("a")), (200, page("b"))])
        #expect(
            asked == [
                "GET /v1/meters/?is_archived=false&page=1&limit=100",
                "GET /v1/meters/?is_archived=false&page=2&limit=100",
            ]
        )
        guard case .done(let names) = end else {
            Issue.record("it does not tell")
            return
        }
        #expect(["a", "b", "c"].filter(names.contains) == ["a", "b"])
        #expect(try !counted([]).contains("a"))
        guard case .failed = run(reader.countedNames(), [(403, #"{"error":"insufficient_scope"}"#)]).end else {
            Issue.record("a refusal tells something")
            return
        }
    }

    // MARK: Lago

    private static func subscription(_ status: String, _ start: String?, _ end: String? = nil, id: String = "s/1")
        -> String
    {
        func text(_ value: String?) -> String { value.map { "\"\($0)\"" } ?? "null" }
        return
            #"{"external_id":"\#(id)","status":"\#(status)","started_at":\#(text(start)),"terminated_at":\#(text(end))}"#
    }

    private static func list(_ subscriptions: String..., more: Bool = false) -> String {
        #"{"subscriptions":[\#(subscriptions.joined(separator: ","))],"meta":{"next_page":\#(more ? "2" : "null")}}"#
    }

    private static let (may, june) = ("2026-05-01T00:00:00.000Z", "2026-06-01T00:00:00Z")

    private static func window(_ from: String, _ until: String?) -> ReadWindow {
        let end = until.flatMap { Timestamp(rfc3339: $0) } ?? Timestamp(milliseconds: .max)
        return ReadWindow(from: Timestamp(rfc3339: from)!, until: end)
    }

    @Test(arguments: [
        (list(), [ReadWindow]()), (list(subscription("active", may)), [window(may, nil)]),
        // The second in which it ends is the last one.
        (list(subscription("terminated", may, june)), [window(may, "2026-06-01T00:00:01Z")]),
        (
            list(subscription("active", june), subscription("terminated", may, june)),
            [window(june, nil), window(may, "2026-06-01T00:00:01Z")]
        ),
        // An older server lists whatever there is.
        (list(subscription("active", may, id: "other")), nil), (list(more: true), nil),
        (list(subscription("active", nil)), nil), (list(subscription("terminated", may)), nil),
        (list(subscription("terminated", june, "2026-05-01T00:00:00Z")), nil),
        (list(subscription("pending", may)), nil),
    ])
    func `Lago tells when a subscription runs`(body: String, times: [ReadWindow]?) throws {
        let reader = try reader("lago")
        #expect(reader.obstacles.ofSubscriptions)
        let (asked, end) = run(reader.billedTimes(of: "s/1"), [(200, body)])
        let query = "external_id=s%2F1&status%5B%5D=active&status%5B%5D=terminated&page=1&per_page=100"
        #expect(asked == ["GET /api/v1/subscriptions?\(query)"])
        guard case .done(let found) = end else {
            Issue.record("it is not understood")
            return
        }
        #expect(found == times)
    }

    @Test func `Lago tells whether there is a customer`() throws {
        let reader = try reader("lago")
        let answers: [(Int, String, Bool?)] = [
            (200, #"{"customer":{"external_id":"c 1"}}"#, true),
            (404, #"{"status":404,"error":"Not Found","code":"customer_not_found"}"#, false),
            (404, #"{"code":"resource_not_found"}"#, nil), (200, "{}", nil), (403, "{}", nil), (500, "", nil),
        ]
        for (status, body, expected) in answers {
            let (asked, end) = run(reader.hasCustomer("c 1"), [(status, body)])
            #expect(asked == ["GET /api/v1/customers/c%201"])
            let found: Bool? = if case .done(let isThere) = end { isThere } else { nil }
            #expect(found == expected, "\(status) \(body)")
        }
        guard case .failed = run(reader.billedTimes(of: "s"), [(403, "{}")]).end else {
            Issue.record("a refusal tells something")
            return
        }
    }
}
