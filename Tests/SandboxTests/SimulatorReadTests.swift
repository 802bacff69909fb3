import Foundation
import NIOHTTP1
import Sandbox
import Testing

/// The simulators read back as the vendors do, and fail as they fail.
@Suite struct SimulatorReadTests {
    private func lagoEvent(_ id: String) -> String {
        #"{"transaction_id":"\#(id)","external_subscription_id":"sub_1","code":"api","timestamp":"1710947045.123","properties":{"n":1}}"#
    }

    private func polarEvent(_ id: String, metadata: String) -> String {
        #"{"name":"api","external_id":"\#(id)","external_customer_id":"c","metadata":\#(metadata)}"#
    }

    private func flexpriceEvent(_ id: String, timestamp: String = "2024-03-20T15:04:05.123Z") -> String {
        #"{"event_name":"api","event_id":"\#(id)","external_customer_id":"c","timestamp":"\#(timestamp)","properties":{}}"#
    }

    private func polarRead(_ sandbox: SandboxFixture, _ path: String) async throws -> SandboxFixture.Answer {
        try await sandbox.send(
            .GET,
            "/polar/v1/events/\(path)",
            headers: [("Authorization", "Bearer \(SandboxCredentials.polar)")]
        )
    }

    /// The names of the events that a list shows, sorted.
    private func shown(_ answer: SandboxFixture.Answer) throws -> [String] {
        let items = try answer.object["items"] as? [[String: Any]] ?? []
        return items.compactMap { $0["name"] as? String }.sorted()
    }

    @Test func `Polar shows a child when its parent is there, and not before`() async throws {
        try await SandboxFixture.with { (sandbox) async throws in
            func send(_ name: String, _ id: String, _ parent: String?) async throws {
                let own = parent.map { #","parent_id":"\#($0)""# } ?? ""
                let event = #"{"name":"\#(name)","external_id":"\#(id)","external_customer_id":"c"\#(own)}"#
                #expect(try await sandbox.polar(#"{"events":[\#(event)]}"#).status == 200)
            }
            try await send("grandchild", "g", "c")
            try await send("child", "c", "p")
            try await send("own parent", "o", "o")
            #expect(try shown(try await polarRead(sandbox, "")) == [])
            try await send("parent", "p", nil)
            #expect(try shown(try await polarRead(sandbox, "")) == ["child", "grandchild", "parent"])
            #expect(try shown(try await polarRead(sandbox, "?depth=0")) == ["parent"])
            let items = try await polarRead(sandbox, "?name=parent").object["items"] as? [[String: Any]]
            let parent = try #require(items?.first)
            let id = try #require(parent["id"] as? String)
            #expect(parent["child_count"] as? Int == 1)
            #expect(try shown(try await polarRead(sandbox, "?parent_id=\(id)")) == ["child"])
            #expect(try shown(try await polarRead(sandbox, "?parent_id=\(id)&depth=2")) == ["child", "grandchild"])
            // By the id that Polar gave it, too.
            try await send("second child", "c2", id)
            #expect(try shown(try await polarRead(sandbox, "?parent_id=\(id)")) == ["child", "second child"])
        }
    }

    @Test(
        arguments: [
            (#"{"property":"note","operator":"like","value":"50%"}"#, ["a"]),
            (#"{"property":"note","operator":"like","value":"%"}"#, ["a"]),
            (#"{"property":"note","operator":"not_like","value":"off"}"#, ["b"]),
            (#"{"property":"n","operator":"eq","value":0}"#, ["b"]),
            (#"{"property":"n","operator":"ne","value":1}"#, ["b"]),
            (#"{"property":"metadata.region","operator":"ne","value":"eu"}"#, ["b"]),
            (#"{"property":"_llm.model","operator":"ne","value":"m"}"#, []),
            (#"{"property":"name","operator":"eq","value":"a"}"#, ["a"]),
        ] as [(String, [String])]
    )
    func `Polar's filters take text literally, and what is missing for nothing`(clause: String, names: [String])
        async throws
    {
        try await SandboxFixture.with { (sandbox) async throws in
            let events = #"""
                {"name":"a","external_customer_id":"c","metadata":{"note":"50% off","n":1,"region":"eu"}},
                {"name":"b","external_customer_id":"c"}
                """#
            #expect(try await sandbox.polar(#"{"events":[\#(events)]}"#).status == 200)
            let filter = #"{"conjunction":"and","clauses":[\#(clause)]}"#
            let encoded = filter.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? ""
            #expect(try shown(try await polarRead(sandbox, "?filter=\(encoded)")) == names)
        }
    }

    @Test func `Polar's search wants an organization, then three characters`() async throws {
        try await SandboxFixture.with { (sandbox) async throws in
            let organization = "organization_id=1dbfc517-0bbf-4301-9ba8-555ca42b9737"
            for (query, type) in [("query=ab", "value_error"), ("query=ab&\(organization)", "query")] {
                let answer = try await polarRead(sandbox, "?\(query)")
                let detail = try answer.object["detail"] as? [[String: Any]] ?? []
                #expect(answer.status == 422 && detail.compactMap { $0["type"] as? String } == [type])
            }
            _ = try await sandbox.polar(#"{"events":[\#(polarEvent("a", metadata: #"{"t":"Blue Whale"}"#))]}"#)
            #expect(try shown(try await polarRead(sandbox, "?query=WHALE&\(organization)")) == ["api"])
        }
    }

    @Test(arguments: [
        (#"{"name":"n\u0000","external_customer_id":"c"}"#, "value_error", "name"),
        (#"{"name":"n","external_customer_id":"c","metadata":{"a":"\u0000"}}"#, "value_error", "metadata"),
        (#"{"name":"n","external_customer_id":"c","metadata":{"a":""}}"#, "string_too_short", "constrained-str"),
        (
            #"{"name":"n","external_customer_id":"c","metadata":{"_llm":{"vendor":"v","model":"m","input_tokens":1e30,"output_tokens":1,"total_tokens":1}}}"#,
            "int_parsing_size", "input_tokens"
        ),
    ])
    func `Polar places what is wrong`(event: String, type: String, last: String) async throws {
        try await SandboxFixture.with { (sandbox) async throws in
            let answer = try await sandbox.polar(#"{"events":[\#(event)]}"#)
            let detail = try answer.object["detail"] as? [[String: Any]] ?? []
            let places = detail.filter { $0["type"] as? String == type }.compactMap { ($0["loc"] as? [Any])?.last }
            #expect(answer.status == 422 && !places.isEmpty)
            #expect(places.allSatisfy { $0 as? String == last })
        }
    }

    @Test(arguments: [("2026-04", 200), ("2026-10", 200), ("2027-01", 200), ("2020-01", 404)])
    func `Polar knows the versions of its SDKs`(version: String, status: Int) async throws {
        try await SandboxFixture.with { (sandbox) async throws in
            let answer = try await sandbox.send(
                .GET,
                "/polar/v1/events/",
                headers: [("Authorization", "Bearer \(SandboxCredentials.polar)"), ("Polar-Version", version)]
            )
            #expect(answer.status == status)
            #expect(answer.headers.first(name: "Polar-Version") == (status == 200 ? version : nil))
        }
    }

    @Test(arguments: [
        (0, "1", "100", #""current_page":0,"next_page":null,"prev_page":null,"total_pages":0"#),
        (3, "1", "2", #""current_page":1,"next_page":2,"prev_page":null,"total_pages":2"#),
        (3, "9", "2", #""current_page":9,"next_page":null,"prev_page":8,"total_pages":2"#),
        (3, "9223372036854775807", "9223372036854775807", #""next_page":null"#),
    ])
    func `Lago counts pages, also where there are none`(events: Int, page: String, size: String, meta: String)
        async throws
    {
        try await SandboxFixture.with { (sandbox) async throws in
            for number in 0..<events {
                _ = try await sandbox.lago("/events", #"{"event":\#(lagoEvent("t\(number)"))}"#)
            }
            let list = try await sandbox.send(
                .GET,
                "/lago/api/v1/events?page=\(page)&per_page=\(size)",
                headers: [("Authorization", "Bearer \(SandboxCredentials.lago)")]
            )
            #expect(list.status == 200 && list.text.contains(meta), "\(list.text)")
        }
    }

    @Test func `Lago on PostgreSQL fails at U+0000, and stores nothing`() async throws {
        try await SandboxFixture.with { (sandbox) async throws in
            let bad = lagoEvent("t").replacing(#""n":1"#, with: #""n":["\u0000"]"#)
            #expect(try await sandbox.lago("/events", #"{"event":\#(bad)}"#).status == 500)
            #expect(try await sandbox.lago("/events/batch", #"{"events":[\#(lagoEvent("a")),\#(bad)]}"#).status == 500)
            #expect(try await sandbox.received("lago") == 0)
        }
    }

    @Test func `Flexprice cuts the times of a query and of its keys to whole seconds`() async throws {
        try await SandboxFixture.with { (sandbox) async throws in
            for time in ["05.250Z", "05.125Z", "05Z", "04.500Z"] {
                let event = flexpriceEvent("e\(time)", timestamp: "2024-03-20T15:04:\(time)")
                #expect(try await sandbox.flexprice("/events", event).status == 202)
            }
            func ids(_ query: String) async throws -> [String] {
                let answer = try await sandbox.flexprice("/events/query", query)
                let events = try answer.object["events"] as? [[String: Any]] ?? []
                return events.compactMap { $0["id"] as? String }
            }
            let start = #""start_time":"2024-03-20T15:04:05.125Z""#
            #expect(try await ids("{\(start)}") == ["e05.250Z", "e05.125Z", "e05Z"])
            // The end is 15:04:05.000.
            #expect(try await ids(#"{\#(start),"end_time":"2024-03-20T15:04:05.250Z"}"#) == ["e05Z"])
            let from = #""start_time":"2024-03-20T15:04:00Z","page_size":1"#
            let first = try await sandbox.flexprice("/events/query", "{\(from)}").object
            let key = try #require(first["iter_last_key"] as? String)
            // Behind the key of 05.250 stand those below 05.000, by id too: the rest of the second is lost.
            #expect(try await ids(#"{\#(from),"iter_last_key":"\#(key)","offset":7}"#) == ["e04.500Z"])
            #expect(try await ids(#"{\#(from),"offset":1}"#) == ["e05.125Z"])
        }
    }

    @Test func `Flexprice wants the environment named where its key has none`() async throws {
        try await SandboxFixture.with { (sandbox) async throws in
            _ = try await sandbox.send(.PUT, "/sandbox/flexprice/settings", #"{"environment":"env_1"}"#)
            let refused = try await sandbox.flexprice("/events", flexpriceEvent("a"))
            #expect(refused.status == 403 && refused.text.contains("Invalid or inaccessible environment"))
            let taken = try await sandbox.send(
                .POST,
                "/flexprice/v1/events",
                flexpriceEvent("a"),
                headers: [("x-api-key", SandboxCredentials.flexprice), ("X-Environment-ID", "env_1")]
            )
            #expect(taken.status == 202)
        }
    }

    @Test(arguments: ["1e400", "[1,{\"a\":-1e999}]"])
    func `Flexprice refuses numbers that no 64-bit float reaches, and never sees what follows its value`(number: String)
        async throws
    {
        try await SandboxFixture.with { (sandbox) async throws in
            let bad = flexpriceEvent("a").replacing(#""properties":{}"#, with: #""properties":{"n":\#(number)}"#)
            #expect(try await sandbox.flexprice("/events", bad).status == 400)
            #expect(try await sandbox.flexprice("/events/bulk", #"{"events":[\#(bad)]}"#).status == 400)
            #expect(try await sandbox.flexprice("/events", flexpriceEvent("b") + " rest").status == 202)
            #expect(try await sandbox.billed("flexprice") == ["b"])
        }
    }
}
