import Events
import JSON
import TestSupport
import Testing

/// Lists, names and single events as Polar's SDKs read them.
@Suite struct PolarFacadeReadTests {
    private static let customer = "7f0c4c9e-6a0e-4a57-9d5b-0d0f6a3a8d11"
    private static let organization = "1dbfc517-0bbf-4301-9ba8-555ca42b9737"

    /// Six events, a second apart.
    private func filled() -> DialectStage {
        var polar = DialectStage("polar")
        let events = [
            #""name":"a.one","external_customer_id":"c1","metadata":{"region":"eu","n":1,"flag":true}"#,
            #""name":"a.two","external_customer_id":"c2","metadata":{"region":"us","n":2.5,"note":"Blue Whale"}"#,
            #""name":"b","customer_id":"\#(Self.customer)","metadata":{"region":"eu","n":"3"}"#,
            #""name":"b","external_customer_id":"c1","parent_id":"e0","organization_id":"\#(Self.organization)""#,
            #""name":"b","external_customer_id":"c3","parent_id":"746f6c6c-6761-4000-8000-000000000001","metadata":{"_llm":{"vendor":"v","model":"m-1","input_tokens":1,"output_tokens":2,"total_tokens":3}}"#,
        ]
        let texts = events.enumerated().map { number, fields in
            #"{"external_id":"e\#(number)","timestamp":"2026-03-01T11:00:0\#(number)Z",\#(fields)}"#
        }
        // One after the other: the id of an event that is to be a parent is known once it is stored.
        for text in texts {
            let reply = polar.send("POST", "/events/ingest", #"{"events":[\#(text)]}"#)
            precondition(reply.status == 200, reply.text)
        }
        polar.add(
            SampleEvent.accepted(
                id: "e5",
                name: "c",
                customer: nil,
                properties:
                    #"{"deep":{"a":[1]},"none":null,"t":"x","_cost":{"amount":1.50,"currency":"usd","x":1},"_llm":5}"#
            )
        )
        return polar
    }

    private func numbers(_ reply: DialectStage.Reply) -> [String] {
        reply.json?["items"]?.elements.compactMap { $0["id"]?.string.map { "e\(Int($0.suffix(3), radix: 16)! - 1)" } }
            ?? []
    }

    private static func clause(_ property: String, _ comparison: String, _ value: String) -> String {
        #"{"property":"\#(property)","operator":"\#(comparison)","value":\#(value)}"#
    }

    private static func filter(_ clauses: String..., or: Bool = false) -> String {
        #"{"conjunction":"\#(or ? "or" : "and")","clauses":[\#(clauses.joined(separator: ","))]}"#
    }

    @Test(
        arguments: [
            ([], ["e5", "e4", "e3", "e2", "e1", "e0"]),
            ([("sorting", "timestamp")], ["e0", "e1", "e2", "e3", "e4", "e5"]),
            ([("name", "a.one"), ("name", "c")], ["e5", "e0"]),
            ([("external_customer_id", "c1")], ["e3", "e0"]),
            ([("external_customer_id", "c1"), ("external_customer_id", "c2")], ["e3", "e1", "e0"]),
            ([("external_customer_id", customer)], []),
            ([("customer_id", customer)], ["e2"]),
            ([("customer_id", customer), ("external_customer_id", "c2")], ["e2", "e1"]),
            ([("organization_id", organization)], ["e3"]),
            ([("organization_id", "746f6c6c-6761-4465-8000-676174657761")], ["e5", "e4", "e2", "e1", "e0"]),
            ([("start_timestamp", "2026-03-01T11:00:03Z")], ["e5", "e4"]),
            ([("end_timestamp", "2026-03-01T11:00:01Z")], ["e0"]),
            ([("source", "user"), ("name", "c")], ["e5"]),
            ([("source", "system")], []),
            ([("metadata[region]", "eu")], ["e2", "e0"]),
            ([("metadata[region]", "eu"), ("metadata[region]", "us"), ("name", "a.two")], ["e1"]),
            ([("metadata[n]", "3")], ["e2"]),
            ([("metadata[n]", "1")], []),
            ([("metadata[_llm.model]", "m-1")], ["e4"]),
            ([("parent_id", "746f6c6c-6761-4000-8000-000000000001")], ["e4", "e3"]),
            ([("parent_id", "746f6c6c-6761-4000-8000-000000000001"), ("depth", "1")], ["e4", "e3"]),
            ([("parent_id", customer)], []),
            ([("depth", "0"), ("name", "b")], ["e2"]),
            ([("query", "WHALE"), ("organization_id", "746f6c6c-6761-4465-8000-676174657761")], ["e1"]),
            ([("query", "a.o"), ("organization_id", "746f6c6c-6761-4465-8000-676174657761")], ["e0"]),
            ([("filter", filter(clause("name", "like", #""a.""#)))], ["e1", "e0"]),
            ([("filter", filter(clause("metadata.region", "eq", #""eu""#)))], ["e2", "e0"]),
            ([("filter", filter(clause("region", "ne", #""eu""#)))], ["e5", "e4", "e3", "e1"]),
            ([("filter", filter(clause("region", "eq", #""""#)))], ["e5", "e4", "e3"]),
            ([("filter", filter(clause("n", "eq", "0")))], ["e5", "e4", "e3"]),
            ([("filter", filter(clause("n", "ne", "1")))], ["e5", "e4", "e3", "e2", "e1"]),
            ([("metadata[region]", "")], ["e5", "e4", "e3"]),
            ([("filter", filter(clause("n", "gte", "1")))], ["e2", "e1", "e0"]),
            ([("filter", filter(clause("n", "lt", "2")))], ["e5", "e4", "e3", "e0"]),
            ([("filter", filter(clause("n", "eq", #""3""#)))], ["e2"]),
            ([("filter", filter(clause("flag", "eq", "true")))], ["e0"]),
            ([("filter", filter(clause("note", "like", #""ue Wh""#)))], ["e1"]),
            ([("filter", filter(clause("note", "like", #""ue wh""#)))], []),
            ([("filter", filter(clause("note", "like", #""B%W_al""#)))], []),
            ([("filter", filter(clause("name", "like", #""_""#)))], []),
            ([("filter", filter(clause("name", "not_like", #""%""#)))], ["e5", "e4", "e3", "e2", "e1", "e0"]),
            ([("filter", filter(clause("n", "like", "2")))], ["e1"]),
            ([("filter", filter(clause("note", "not_like", #""Whale""#)))], ["e5", "e4", "e3", "e2", "e0"]),
            ([("filter", filter(clause("_llm.model", "not_like", #""x""#)))], ["e4"]),
            ([("filter", filter(clause("_llm.model", "ne", #""m-2""#)))], ["e4"]),
            ([("filter", filter(clause("_cost.amount", "gt", "1")))], ["e5"]),
            ([("filter", filter(clause("_llm.total_tokens", "eq", "3")))], ["e4"]),
            ([("filter", filter(clause("timestamp", "gt", "1772362803")))], ["e5", "e4"]),
            ([("filter", filter(clause("name", "eq", "1")))], []),
            ([("filter", filter())], ["e5", "e4", "e3", "e2", "e1", "e0"]),
            (
                [
                    (
                        "filter",
                        filter(
                            clause("name", "eq", #""c""#),
                            filter(clause("n", "gt", "1"), clause("region", "eq", #""us""#)),
                            or: true
                        )
                    )
                ], ["e5", "e1"]
            ),
        ] as [([(String, String)], [String])]
    )
    func `answers Polar's filters from the journal`(query: [(String, String)], expected: [String]) {
        var polar = filled()
        let reply = polar.send("GET", "/events/", query: query)
        #expect(reply.status == 200, "\(reply.text)")
        #expect(numbers(reply) == expected)
        #expect(reply.json?["pagination"]?["total_count"]?.int64 == Int64(expected.count))
    }

    @Test(
        arguments: [
            [("meter_id", customer)], [("depth", "1")], [("depth", "2"), ("parent_id", customer)],
            [("depth", "0"), ("parent_id", customer)], [("event_type_id", customer)],
            [("aggregate_fields", "_cost.amount")],
            [("query", "abc")], [("query", "ab"), ("organization_id", organization)],
        ]
    )
    func `refuses filters that it cannot answer`(query: [(String, String)]) throws {
        var polar = filled()
        let reply = polar.send("GET", "/events/", query: query)
        #expect(reply.status == 422)
        let detail = try #require(reply.json?["detail"])
        for entry in detail.elements {
            #expect(entry["loc"]?.elements.first { _ in true }?.string == "query")
            #expect(entry["msg"]?.string?.isEmpty == false && entry["type"]?.string != nil)
        }
    }

    @Test func `shows an event in full`() {
        var polar = filled()
        let reply = polar.send("GET", "/events/746f6c6c-6761-4000-8000-000000000003")
        #expect(
            reply.text == """
                {"id":"746f6c6c-6761-4000-8000-000000000003","timestamp":"2026-03-01T11:00:02Z",\
                "organization_id":"746f6c6c-6761-4465-8000-676174657761","customer_id":"\(Self.customer)","customer":null,\
                "external_customer_id":null,"member_id":null,"external_member_id":null,"child_count":0,"parent_id":null,\
                "label":"b","source":"user","name":"b","metadata":{"region":"eu","n":"3"}}
                """
        )
        let child = polar.send("GET", "/events/746f6c6c-6761-4000-8000-000000000005").json
        #expect(child?["parent_id"]?.string == "746f6c6c-6761-4000-8000-000000000001")
        #expect(child?["external_customer_id"]?.string == "c3")
    }

    @Test func `shows only metadata that the SDKs can read`() {
        var polar = filled()
        let event = polar.send("GET", "/events/746F6C6C-6761-4000-8000-000000000006").json
        #expect(event?["timestamp"]?.string == "2026-03-01T12:00:00.250000Z")
        #expect(event?["customer_id"]?.isNull ?? false)
        #expect(
            event?["metadata"].map { String(decoding: $0.raw, as: UTF8.self) }
                == #"{"deep":"{\"a\":[1]}","t":"x","_cost":{"amount":"1.50","currency":"usd"},"_llm":5}"#
        )
    }

    @Test(
        arguments: [
            ("7f0c4c9e-6a0e-4a57-9d5b-0d0f6a3a8d11", 404, #"{"error":"ResourceNotFound","detail":"Not found"}"#),
            ("746f6c6c-6761-4000-8000-0000000000ff", 404, #"{"error":"ResourceNotFound","detail":"Not found"}"#),
            (
                "ingest", 422,
                #"{"error":"RequestValidationError","detail":[{"type":"uuid_parsing","loc":["path","id"],"msg":"Input should be a valid UUID, invalid character: found `i` at 1","input":"ingest","ctx":{"error":"invalid character: found `i` at 1"}}]}"#
            ),
            (
                "11111111-1111-1111-8111-111111111111", 422,
                #"{"error":"RequestValidationError","detail":[{"type":"uuid_version","loc":["path","id"],"msg":"UUID version 4 expected","input":"11111111-1111-1111-8111-111111111111","ctx":{"expected_version":4}}]}"#
            ),
        ]
    )
    func `says that there is no such event`(id: String, status: Int, answer: String) {
        var polar = filled()
        let reply = polar.send("GET", "/events/\(id)")
        #expect(reply.status == status)
        #expect(reply.says(answer), "\(reply.text)")
    }

    @Test(
        arguments: [
            ("1", "4", ["e5", "e4", "e3", "e2"], #"{"total_count":6,"max_page":2}"#),
            ("2", "4", ["e1", "e0"], #"{"total_count":6,"max_page":2}"#),
            ("3", "4", [], #"{"total_count":6,"max_page":2}"#),
            ("1", "1000", ["e5", "e4", "e3", "e2", "e1", "e0"], #"{"total_count":6,"max_page":1}"#),
        ]
    )
    func `pages by number`(page: String, limit: String, expected: [String], pagination: String) {
        var polar = filled()
        let reply = polar.send("GET", "/events/", query: [("page", page), ("limit", limit)])
        #expect(numbers(reply) == expected)
        #expect(reply.json?["pagination"].map { String(decoding: $0.raw, as: UTF8.self) } == pagination)
    }

    @Test func `says whether more follows where that is asked`() {
        var polar = filled()
        let reply = polar.send("GET", "/events/", query: [("cursor_pagination", "true"), ("limit", "5")])
        #expect(reply.text.hasSuffix(#""pagination":{"has_next_page":true}}"#))
    }

    @Test func `an empty list has no page`() {
        var polar = DialectStage("polar")
        #expect(polar.send("GET", "/events/").text == #"{"items":[],"pagination":{"total_count":0,"max_page":0}}"#)
    }

    @Test(
        arguments: [
            ([], ["c", "b", "a.two", "a.one"]), ([("sorting", "name")], ["a.one", "a.two", "b", "c"]),
            ([("sorting", "-occurrences"), ("sorting", "-name")], ["b", "c", "a.two", "a.one"]),
            ([("sorting", "first_seen")], ["a.one", "a.two", "b", "c"]), ([("query", "A.")], ["a.two", "a.one"]),
            ([("external_customer_id", "c1")], ["b", "a.one"]), ([("customer_id", customer)], ["b"]),
            ([("source", "system")], []), ([("organization_id", organization)], ["b"]),
        ] as [([(String, String)], [String])]
    )
    func `lists names`(query: [(String, String)], expected: [String]) {
        var polar = filled()
        let reply = polar.send("GET", "/events/names", query: query)
        #expect(reply.json?["items"]?.elements.compactMap { $0["name"]?.string } == expected, "\(reply.text)")
    }

    @Test func `shows a name with its numbers`() {
        var polar = filled()
        let reply = polar.send("GET", "/events/names", query: [("limit", "1"), ("page", "2")])
        #expect(
            reply.text == """
                {"items":[{"name":"b","label":"b","source":"user","occurrences":3,"first_seen":"2026-03-01T11:00:02Z",\
                "last_seen":"2026-03-01T11:00:04Z"}],"pagination":{"total_count":4,"max_page":4}}
                """
        )
        let refused = polar.send("GET", "/events/names", query: [("sorting", "events_count")])
        #expect(refused.status == 422)
        #expect(
            refused.text.contains(
                "'name', '-name', 'occurrences', '-occurrences', 'first_seen', '-first_seen', 'last_seen' or '-last_seen'"
            )
        )
    }
}
