import Ingress
import JSON
import NIOHTTP1
import Testing

/// `GET /v1/usage`: what the journal's events come to, exactly.
@Suite struct UsageEndpointTests {
    private func event(_ id: String, _ customer: String, _ time: String, _ units: String, name: String = "api")
        -> String
    {
        #"{"id":"\#(id)","name":"\#(name)","customer_id":"\#(customer)","timestamp":"\#(time)","properties":{"units":\#(units)}}"#
    }

    private func write(_ server: IngressFixture) async throws {
        let events = [
            event("a", "c", "2025-10-31T23:59:59.999Z", "100"), event("b", "c", "2025-11-01T00:00:00Z", "0.1"),
            event("c", "c", "2025-11-01T23:59:59Z", "0.2"), event("d", "c", "2025-11-02T00:00:00Z", #""7.50""#),
            event("e", "d", "2025-11-02T05:00:00Z", "-3"), event("f", "d", "2025-11-02T06:00:00Z", #""many""#),
            event("g", "d", "2025-12-01T00:00:00Z", "100"), event("h", "c", "2025-11-03T00:00:00Z", "9", name: "other"),
        ]
        let answer = try await server.post("[\(events.joined(separator: ","))]")
        #expect(answer.status == 202)
    }

    /// The rows, as `customer from units/events`.
    private func rows(_ server: IngressFixture, _ query: String) async throws -> [String] {
        let answer = try await server.send(.GET, "/v1/usage?\(query)")
        #expect(answer.status == 200, "\(String(decoding: answer.body, as: UTF8.self))")
        let root = try JSONDocument(parsing: answer.body).root
        #expect(root["complete"]?.bool == true)
        return root["usage"]?.elements.map { row in
            let texts = ["customer_id", "from", "units"].map { row[$0]?.string ?? "-" }
            return "\(texts.joined(separator: " "))/\(row["events"]?.numberText ?? "")"
        } ?? []
    }

    private static let november = "name=api&from=2025-11-01T00:00:00Z&until=2025-12-01T00:00:00Z"

    @Test(arguments: [
        ("aggregate=count", ["c 2025-11-01T00:00:00.000Z 3/3", "d 2025-11-01T00:00:00.000Z 2/2"]),
        (
            "aggregate=sum&property=units",
            ["c 2025-11-01T00:00:00.000Z 7.8/3", "d 2025-11-01T00:00:00.000Z -3/1"]
        ),
        ("aggregate=max&property=units&customer_id=c", ["c 2025-11-01T00:00:00.000Z 7.5/3"]),
        ("aggregate=latest&property=units&customer_id=c", ["c 2025-11-01T00:00:00.000Z 7.5/3"]),
        ("aggregate=unique&property=units&customer_id=d", ["d 2025-11-01T00:00:00.000Z 2/2"]),
        (
            "aggregate=sum&property=units&window=day&customer_id=c",
            ["c 2025-11-01T00:00:00.000Z 0.3/2", "c 2025-11-02T00:00:00.000Z 7.5/1"]
        ),
    ])
    func `adds up by customer and part of time`(query: String, expected: [String]) async throws {
        try await IngressFixture.with { server in
            try await write(server)
            #expect(try await rows(server, "\(Self.november)&\(query)") == expected)
        }
    }

    @Test func `a month is a part of time, and a window cuts it`() async throws {
        try await IngressFixture.with { server in
            try await write(server)
            let query = "name=api&aggregate=count&window=month&from=2025-10-15T00:00:00Z&until=2025-12-31T00:00:00Z"
            #expect(
                try await rows(server, query) == [
                    "c 2025-10-15T00:00:00.000Z 1/1", "c 2025-11-01T00:00:00.000Z 3/3",
                    "d 2025-11-01T00:00:00.000Z 2/2", "d 2025-12-01T00:00:00.000Z 1/1",
                ]
            )
        }
    }

    @Test func `says how many events it left out`() async throws {
        try await IngressFixture.with { server in
            try await write(server)
            let answer = try await server.send(.GET, "/v1/usage?\(Self.november)&aggregate=sum&property=units")
            #expect(try JSONDocument(parsing: answer.body).root["ignored_events"]?.int64 == 1)
        }
    }

    @Test(arguments: [
        ("aggregate=count", "\"name\""), ("name=api", "\"aggregate\""), ("name=api&aggregate=mean", "mean"),
        ("name=api&aggregate=sum", "\"property\""), ("name=api&aggregate=count&property=units", "\"property\""),
        ("name=api&aggregate=count&window=week", "week"), ("name=api&aggregate=count&from=2027&until=2026", "until"),
        ("name=api&aggregate=count,max", "\"aggregate\""), ("name=api&aggregate=count&limit=5", "limit"),
    ])
    func `says what is wrong with a question`(query: String, words: String) async throws {
        try await IngressFixture.with { server in
            let answer = try await server.send(.GET, "/v1/usage?\(query)")
            let text = String(decoding: answer.body, as: UTF8.self).replacing("\\\"", with: "\"")
            #expect(answer.status == 400 && text.contains(words), "\(text)")
        }
    }

    @Test func `a sum of more digits than are held is refused, not rounded`() async throws {
        try await IngressFixture.with { server in
            let events = [
                event("a", "c", "2025-11-01T00:00:00Z", "1e38"), event("b", "c", "2025-11-01T00:00:00Z", "0.1"),
            ]
            #expect(try await server.post("[\(events.joined(separator: ","))]").status == 202)
            let answer = try await server.send(.GET, "/v1/usage?\(Self.november)&aggregate=sum&property=units")
            #expect(answer.status == 422)
        }
    }
}
