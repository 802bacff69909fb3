import HTTPTypes
import Testing

@testable import Sandbox

/// Polar's reads and refusals, by the sheet of facts about its API (server/polar at c6c3645e).
@Suite struct PolarFactsTests {
    private let probe = SimulatorProbe.polar

    /// Five events of three names and two customers; `b` is the commonest, `c` the first, and `a` the last.
    private func fill() {
        probe.send([
            ProbeEvent.polar("1", "2026-10-01T00:00:00.000001Z", name: "c", customer: "x"),
            ProbeEvent.polar("2", "2026-10-02T00:00:00Z", name: "b", customer: "x"),
            ProbeEvent.polar("3", "2026-10-03T00:00:00Z", name: "b", customer: "y"),
            ProbeEvent.polar("4", "2026-10-04T00:00:00Z", name: "b", customer: "x"),
            ProbeEvent.polar("5", "2026-10-05T00:00:00Z", name: "a", customer: "y"),
        ])
    }

    private func names(_ query: (String, String)...) -> [String] {
        (probe.get("/v1/events/names", query: query).json["items"]?.array ?? []).compactMap { $0["name"]?.string }
    }

    @Test func `counts names, and shows when each occurred first and last`() {
        fill()
        let answer = probe.get("/v1/events/names", query: [("limit", "2")])
        #expect(
            answer.text
                == #"{"items":[{"name":"a","label":"a","source":"user","occurrences":1,"first_seen":"2026-10-05T00:00:00Z","#
                + #""last_seen":"2026-10-05T00:00:00Z"},"#
                + #"{"name":"b","label":"b","source":"user","occurrences":3,"first_seen":"2026-10-02T00:00:00Z","#
                + #""last_seen":"2026-10-04T00:00:00Z"}],"pagination":{"total_count":3,"max_page":2}}"#
        )
        #expect(names(("limit", "2"), ("page", "2")) == ["c"])
        #expect(names(("limit", "2"), ("page", "3")) == [])
    }

    @Test(arguments: [
        ("name", "abc"), ("-name", "cba"), ("occurrences", "acb"), ("-occurrences", "bac"), ("first_seen", "cba"),
        ("-first_seen", "abc"), ("last_seen", "cba"), ("-last_seen", "abc"),
    ])
    func `sorts names`(sorting: String, order: String) {
        fill()
        #expect(names(("sorting", sorting)).joined() == order)
    }

    @Test func `sorts names by the one that occurred last by default, and by each order in turn`() {
        fill()
        #expect(names().joined() == "abc")
        #expect(names(("sorting", "occurrences"), ("sorting", "first_seen")).joined() == "cab")
    }

    @Test func `counts the events of customers alone`() {
        fill()
        let answer = probe.get("/v1/events/names", query: [("external_customer_id", "x"), ("sorting", "name")]).json
        #expect(answer["items"]?.array?.compactMap { $0["name"]?.string } == ["b", "c"])
        #expect(answer["items"]?.array?.compactMap { $0["occurrences"]?.number } == ["2", "1"])
        #expect(answer["items"]?.array?.first?["last_seen"]?.string == "2026-10-04T00:00:00Z")
        #expect(answer["pagination"]?["total_count"]?.number == "2")
        #expect(names(("external_customer_id", "y"), ("external_customer_id", "x")).count == 3)
        #expect(names(("external_customer_id", "z")) == [])
        #expect(names(("customer_id", "x")) == [])
    }

    @Test func `filters names by text of any length, by source and by organization`() {
        fill()
        #expect(names(("query", "B")) == ["b"])
        #expect(names(("source", "system")) == [])
        #expect(names(("source", "system"), ("source", "user")).count == 3)
        #expect(names(("organization_id", "00000000-0000-4000-8000-000000000000")) == [])
        #expect(names(("organization_id", PolarSimulator.organization)).count == 3)
    }

    @Test(arguments: [
        ([:], 5, 1), (["limit": "2"], 2, 3), (["limit": "2", "page": "3"], 1, 3), (["limit": "1000"], 5, 1),
    ])
    func `pages lists`(query: [String: String], shown: Int, pages: Int) {
        fill()
        let answer = probe.get("/v1/events/", query: query.map { ($0.key, $0.value) }).json
        #expect(answer["items"]?.array?.count == shown)
        #expect(answer["pagination"]?["total_count"]?.number == "5")
        #expect(answer["pagination"]?["max_page"]?.number == "\(pages)")
    }

    @Test func `shows ten events by default, and a hundred at most`() {
        probe.send((1...120).map { ProbeEvent.polar("e\($0)", "2026-10-01T00:00:00Z") })
        #expect(probe.get("/v1/events/").json["items"]?.array?.count == 10)
        let most = probe.get("/v1/events/", query: [("limit", "101")]).json
        #expect(most["items"]?.array?.count == 100 && most["pagination"]?["max_page"]?.number == "2")
        #expect(probe.get("/v1/events/names").json["items"]?.array?.count == 10)
    }

    @Test func `has no pages where nothing is`() {
        #expect(probe.get("/v1/events/").text == #"{"items":[],"pagination":{"total_count":0,"max_page":0}}"#)
        #expect(
            probe.get("/v1/events/", query: [("cursor_pagination", "true")]).text
                == #"{"items":[],"pagination":{"has_next_page":false}}"#
        )
    }

    @Test(arguments: ["/v1/events/", "/v1/events/names"], ["page", "limit"])
    func `refuses pages that are not positive`(path: String, name: String) {
        let answer = probe.get(path, query: [(name, "0")])
        #expect(answer.status == 422 && answer.json["error"]?.string == "RequestValidationError")
        let entry = answer.json["detail"]?.array?.first
        #expect(entry?["type"]?.string == "greater_than")
        #expect(entry?["loc"]?.array?.compactMap(\.string) == ["query", name])
    }

    @Test(arguments: ["start_timestamp", "end_timestamp"])
    func `wants times with an offset`(name: String) {
        let answer = probe.get("/v1/events/", query: [(name, "2026-10-01T00:00:00")])
        #expect(answer.status == 422)
        #expect(answer.json["detail"]?.array?.first?["type"]?.string == "timezone_aware")
    }

    @Test func `shows an event with all members that readers need`() throws {
        probe.send([
            ProbeEvent.polar(
                "1",
                "2026-10-01T00:00:00.123456Z",
                name: "api",
                customer: "usr_1",
                more: #","metadata":{"tokens":12,"model":"x","_cost":{"amount":1.50,"currency":"usd"}}"#
            )
        ])
        let item = try #require(probe.get("/v1/events/").json["items"]?.array?.first)
        #expect(
            item.members?.map(\.name) == [
                "id", "timestamp", "organization_id", "customer_id", "customer", "external_customer_id", "member_id",
                "external_member_id", "child_count", "parent_id", "label", "source", "name", "metadata",
            ]
        )
        #expect(item["timestamp"]?.string == "2026-10-01T00:00:00.123456Z")
        #expect(item["customer_id"]?.isNull == true && item["customer"]?.isNull == true)
        #expect(item["child_count"]?.number == "0" && item["label"]?.string == "api")
        #expect(item["metadata"]?["tokens"]?.number == "12")
        #expect(item["metadata"]?["_cost"]?["amount"]?.string == "1.50")
        let id = try #require(item["id"]?.string)
        #expect(probe.get("/v1/events/\(id)").json == item)
    }

    @Test func `knows an event by its own id only, which must be a UUID`() {
        fill()
        let unknown = probe.get("/v1/events/7f0c4c9e-6a0e-4a57-9d5b-0d0f6a3a8d11")
        #expect(unknown.status == 404 && unknown.text == #"{"error":"ResourceNotFound","detail":"Not found"}"#)
        let other = probe.get("/v1/events/1")
        #expect(other.status == 422)
        let entry = other.json["detail"]?.array?.first
        #expect(entry?["type"]?.string == "uuid_parsing")
        #expect(entry?["loc"]?.array?.compactMap(\.string) == ["path", "id"])
    }

    @Test func `sends who forgets the last slash to the list`() {
        let answer = probe.get("/v1/events")
        #expect(answer.status == 307 && answer.header("Location")?.hasSuffix("/v1/events/") == true)
    }

    @Test(arguments: [
        (HTTPRequest.Method.get, "/v1/events/ingest"), (.put, "/v1/events/ingest"), (.post, "/v1/events/"),
        (.post, "/v1/events/names"), (.delete, "/v1/events/7f0c4c9e-6a0e-4a57-9d5b-0d0f6a3a8d11"),
    ])
    func `refuses other methods than a path has`(method: HTTPRequest.Method, path: String) {
        let answer = probe.ask(method, path)
        // As an id, "ingest" is no UUID.
        let isID = method == .get
        #expect(answer.status == (isID ? 422 : 405))
        if !isID { #expect(answer.text == #"{"detail":"Method Not Allowed"}"#) }
    }

    @Test func `does not know other paths and versions, and looks at the version before the token`() {
        #expect(probe.get("/v1/nothing").status == 404 && probe.get("/v1/nothing").text == #"{"detail":"Not Found"}"#)
        let answer = probe.ask(.get, "/v1/events/") { headers in
            headers[.polarVersion] = "2026-13"
            headers[.authorization] = nil
        }
        #expect(answer.status == 404 && answer.text == #"{"detail":"Not Found"}"#)
    }

    @Test func `refuses without a token, with a wrong one, and without the scope, each with a challenge`() {
        let none = probe.ask(.get, "/v1/events/") { $0[.authorization] = nil }
        #expect(none.status == 401 && none.text == #"{"error":"Unauthorized","detail":"Unauthorized"}"#)
        #expect(none.header("WWW-Authenticate") == "Bearer realm=\"polar\"")
        let invalid =
            #"{"error":"invalid_token","error_description":"The access token provided is expired, revoked, malformed, or invalid for other reasons."}"#
        for wrong in [
            probe.ask(.get, "/v1/events/") { $0[.authorization] = "Bearer other" },
            probe.simulator.failure(401, retryAfter: nil),
        ] {
            #expect(wrong.status == 401 && wrong.text == invalid)
            #expect(wrong.header("WWW-Authenticate") == "Bearer realm=\"polar\"")
        }
        let forbidden = probe.simulator.failure(403, retryAfter: nil)
        #expect(forbidden.json["error"]?.string == "insufficient_scope")
        #expect(forbidden.header("WWW-Authenticate")?.contains("scope=\"events:write\"") == true)
    }

    @Test func `looks at the size before it counts a call, and before the token`() {
        let small = probe.request(.post, "/v1/events/ingest", "{}")
        #expect(probe.simulator.limit(of: small) == "all")
        let changes: [(String?, Int, String)] = [
            (nil, 411, #"{"error":"LengthRequired","detail":"A Content-Length header is required."}"#),
            (
                "10485761", 413,
                #"{"error":"RequestBodyTooLarge","detail":"Request body exceeded the maximum allowed size of 10485760 bytes."}"#
            ),
        ]
        for (length, status, text) in changes {
            let change = { (headers: inout HTTPFields) in
                headers[.contentLength] = length
                headers[.authorization] = nil
            }
            let answer = probe.ask(.post, "/v1/events/ingest", "{}", changing: change)
            #expect(answer.status == status && answer.text == text)
            let refused = probe.request(.post, "/v1/events/ingest", "{}", changing: change)
            #expect(probe.simulator.limit(of: refused) == nil)
        }
        let largest = probe.ask(.post, "/v1/events/ingest", #"{"events":[]}"#) { $0[.contentLength] = "10485760" }
        #expect(largest.status == 200 && largest.text == #"{"inserted":0,"duplicates":0}"#)
    }

    @Test(arguments: ["application/json", "application/json; charset=utf-8", "application/vnd.api+json", "text/plain"])
    func `takes JSON by its content type`(type: String) {
        let answer = probe.ask(.post, "/v1/events/ingest", #"{"events":[]}"#) { $0[.contentType] = type }
        #expect(answer.status == (type == "text/plain" ? 422 : 200))
    }

    @Test func `names the version in every answer but that to an unknown one`() {
        #expect(probe.get("/v1/events/").header("Polar-Version") == "2026-04")
        #expect(probe.get("/v1/nothing").header("Polar-Version") == "2026-04")
    }
}
