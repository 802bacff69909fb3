import Access
import Events
import Foundation
import Ingress
import Journal
import JournalBehaviour
import NIOHTTP1
import Testing

/// `Accept: text/csv` on the lists.
@Suite struct CSVEndpointTests {
    private static let boss =
        #"{"name":"boss","tenant":"house","key_sha256":"\#(KeyDigest(of: "boss-key").hexadecimal)","scopes":["admin"]}"#

    private func get(
        _ server: IngressFixture,
        _ path: String,
        accept: String = "text/csv",
        key: String = IngressFixture.key
    ) async throws -> IngressFixture.Answer {
        try await server.send(.GET, path, headers: [("Accept", accept)], key: key)
    }

    private func lines(_ answer: IngressFixture.Answer) -> [String] {
        String(decoding: answer.body, as: UTF8.self).components(separatedBy: "\r\n")
    }

    @Test func `writes all events that the filter takes, more than a page, guarded against formulas`() async throws {
        try await IngressFixture.with { (server) async throws in
            let events = (0..<2500).map { #"{"id":"e\#($0)","name":"=cmd","customer_id":"c"}"# }
            #expect(try await server.post("[\(events.joined(separator: ","))]").status == 202)
            _ = try await server.post(#"{"id":"other","name":"plain","customer_id":"c"}"#)
            let answer = try await get(server, "/v1/events?name=%3Dcmd&order=oldest")
            #expect(answer.status == 200)
            #expect(answer.headers.first(name: "content-type") == "text/csv; charset=utf-8")
            #expect(answer.headers.first(name: "content-disposition") == "attachment; filename=\"events.csv\"")
            let lines = lines(answer)
            #expect(lines.first?.hasPrefix("id,name,customer_id,") == true)
            #expect(lines.count == 2502 && lines.last == "")
            #expect(lines.dropFirst().dropLast().allSatisfy { $0.contains(",'=cmd,c,") })
            #expect(Set(lines.dropFirst().dropLast().map { $0.prefix { $0 != "," } }).count == 2500)
        }
    }

    @Test func `writes deliveries, the audit log and findings`() async throws {
        try await IngressFixture.with(clients: [Self.boss], parity: OneFinding()) { (server) async throws in
            _ = try await server.post(#"{"id":"e1","name":"n","customer_id":"c"}"#)
            while let block = try await server.store.claimBlock(for: "p", limit: BlockLimit(events: 9, bytes: 1 << 20))
            {
                let exceptions = block.deliveries.map {
                    SettledDelivery(
                        sequence: $0.sequence,
                        status: .rejected,
                        fault: DeliveryFault(code: .invalidEvent, message: "@refused", vendor: nil)
                    )
                }
                try await server.store.settle(Settlement(provider: "p", exceptions: exceptions))
            }
            let deliveries = lines(try await get(server, "/v1/deliveries?status=rejected"))
            #expect(deliveries.count == 3 && deliveries[1].hasPrefix("e1,n,c,"))
            #expect(deliveries[1].contains(",rejected,") && deliveries[1].contains(",invalid_event,'@refused,"))
            let discard = try await server.send(
                .POST,
                "/v1/deliveries/discard",
                Array(#"{"all":true}"#.utf8),
                key: "boss-key"
            )
            #expect(discard.status == 200)
            let log = lines(try await get(server, "/v1/log?category=administration", key: "boss-key"))
            #expect(log.count == 3 && log[1].contains(",administration,deliveries: discard,boss,house,"))
            let found = lines(try await get(server, "/v1/parity/runs/1/findings", key: "boss-key"))
            #expect(found.count == 3 && found[1].contains(",content,"))
            let path = "/v1/parity/runs/1/findings?format=csv"
            #expect(lines(try await get(server, path, accept: "*/*", key: "boss-key")) == found)
        }
    }

    @Test(arguments: [
        ("text/csv", true), ("application/json, text/csv;q=0.5", false), ("text/html, text/csv;q=0.9, */*;q=0.1", true),
        ("TEXT/CSV; charset=utf-8", true), ("*/*", false), ("text/*", false), ("text/csv;q=0", false),
        ("application/json;q=0.1,text/csv", true), ("text/csv;q=x", false), (";;,,;q=1", false),
    ])
    func `answers with CSV if the client prefers it`(accept: String, isCSV: Bool) async throws {
        try await IngressFixture.with { (server) async throws in
            let answer = try await get(server, "/v1/events", accept: accept)
            #expect(answer.status == 200)
            #expect(answer.headers.first(name: "content-type")?.hasPrefix("text/csv") == isCSV)
        }
    }

    @Test func `refuses pages and vendors, and tells problems as elsewhere`() async throws {
        try await IngressFixture.with(clients: [Self.boss]) { (server) async throws in
            for path in [
                "/v1/events?limit=5", "/v1/events?cursor=1_1", "/v1/events?provider=p", "/v1/deliveries?limit=5",
                "/v1/deliveries?cursor=1.p", "/v1/events?unknown=1",
            ] {
                let answer = try await get(server, path)
                #expect(answer.status == 400, "\(path)")
                #expect(answer.headers.first(name: "content-type") == "application/problem+json")
            }
            #expect(try await get(server, "/v1/log?limit=5", key: "boss-key").status == 400)
            #expect(try await get(server, "/v1/log").status == 403)
            #expect(try await get(server, "/v1/parity/runs/7/findings").status == 404)
        }
    }

    @Test func `writes a tenant's own events and deliveries only`() async throws {
        try await IngressFixture.with { (server) async throws in
            _ = try await server.post(#"{"id":"e1","name":"n","customer_id":"c"}"#)
            #expect(lines(try await get(server, "/v1/events", key: "read-key")).count == 2)
            #expect(lines(try await get(server, "/v1/deliveries?status=pending", key: "read-key")).count == 2)
            #expect(lines(try await get(server, "/v1/events")).count == 3)
        }
    }

    @Test func `counts as a stream of its client`() async throws {
        var capacity = IngressSettings.Capacity()
        capacity.streamsPerClient = 0
        try await IngressFixture.with(capacity: capacity) { (server) async throws in
            #expect(try await get(server, "/v1/events").status == 429)
            #expect(try await get(server, "/v1/events", accept: "application/json").status == 200)
        }
    }
}
