import Access
import Foundation
import NIOHTTP1
import Testing

@testable import Ingress

/// `/v1/parity/runs/{id}` and below.
@Suite struct ParityEndpointTests {
    private static let boss =
        #"{"name":"boss","tenant":"house","key_sha256":"\#(KeyDigest(of: "boss-key").hexadecimal)","scopes":["admin"]}"#

    private func get(_ path: String) async throws -> IngressFixture.Answer {
        var answer: IngressFixture.Answer?
        try await IngressFixture.with(clients: [Self.boss], parity: OneFinding()) { (server) async throws in
            answer = try await server.send(.GET, path, key: "boss-key")
        }
        return try #require(answer)
    }

    @Test func `says who accepted a cause of a comparison, why and until when`() async throws {
        let run = try await get("/v1/parity/runs/1").object
        let accepted = try #require((run["acceptances"] as? [[String: Any]])?.first)
        #expect(accepted["cause"] as? String == "content" && accepted["client"] as? String == "boss")
        #expect(accepted["reason"] as? String == "rounding" && accepted["name"] is NSNull)
        #expect((accepted["until"] as? String)?.hasPrefix("1970-01-01T00:00:02") == true)
    }

    @Test func `lists the customers that differ, as many as are asked for`() async throws {
        let answer = try await get("/v1/parity/runs/1/customers?limit=2&sort=wrong_bills")
        let customers = try #require(try answer.object["customers"] as? [[String: Any]])
        #expect(customers.compactMap { $0["customer_id"] as? String } == ["c1", "c2"])
        #expect(customers.compactMap { $0["wrong_bills"] as? Int } == [3, 2])
        #expect(customers.compactMap { $0["findings"] as? Int } == [8, 7])
        let dearest = try await get("/v1/parity/runs/1/customers?limit=1").object
        let first = try #require((dearest["customers"] as? [[String: Any]])?.first)
        #expect(first["customer_id"] as? String == "c3")
        let differences = try #require(first["differences"] as? [[String: String]])
        #expect(differences == [["currency": "EUR", "too_little": "3.50", "too_much": "0.00"]])
        #expect(try await get("/v1/parity/runs/1/customers?sort=price").status == 400)
        #expect(try await get("/v1/parity/runs/2/customers").status == 404)
        #expect(try await get("/v1/parity/runs/1/customers?limit=0").status == 400)
    }

    @Test func `shows what comparisons found by the day of the events`() async throws {
        let answer = try await get("/v1/parity/days")
        #expect(answer.status == 200)
        let days = try #require(try answer.object["days"] as? [[String: Any]])
        #expect(days.count == 14)
        let today = try #require((days[0]["providers"] as? [[String: Any]])?.first)
        #expect(today["provider"] as? String == "p" && today["run"] as? Int == 1)
        #expect(today["open"] as? Int == 3 && today["accepted"] as? Int == 2, "what is benign does not count")
        #expect(today["whole_day"] as? Bool == false && today["unreadable"] as? Bool == false)
        let before = try #require((days[1]["providers"] as? [[String: Any]])?.first)
        #expect(before["run"] is NSNull && before["open"] as? Int == 0)
        #expect(try await get("/v1/parity/days?days=3").status == 400)
    }
}
