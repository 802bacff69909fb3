import Foundation
import PostgresServer
import TestSupport
import Testing

/// Two gateways over one database answer as one.
@Suite(.serialized) struct SharedStoreNodesTests {
    private static func event(_ id: String, _ value: Int = 1) -> String {
        #"{"id":"\#(id)","name":"n","customer_id":"c","timestamp":1750000000,"properties":{"n":\#(value)}}"#
    }

    @Test func `stores an event once, though both get it at the same instant, and refuses other content`() async throws
    {
        try await TwoGateways.run(over: try await .database()) { (pair) async throws in
            let clients = [pair.first.client, pair.second.client]
            for number in 0..<20 {
                // The same event to both, and one of the same id with other content.
                let posts = [(0, 1), (1, 1), (0, 1), (1, 2)]
                let answers = try await withThrowingTaskGroup(of: (value: Int, status: Int).self) { group in
                    for (client, value) in posts {
                        group.addTask {
                            let event = Self.event("e\(number)", value)
                            return (value, try await clients[client].postPatiently("/v1/events", event).status)
                        }
                    }
                    return try await group.reduce(into: []) { $0.append($1) }
                }
                // Whichever came first is stored, and the others are repeats of it or conflicts with it.
                let accepted = Set(answers.filter { $0.status == 202 }.map(\.value))
                #expect(accepted.count == 1, "\(answers)")
                for answer in answers where !accepted.contains(answer.value) { #expect(answer.status == 409) }
            }
            for vendor in BillCheck.vendors {
                try await waitUntil("all arrive at \(vendor)") { try await pair.first.billed(vendor).count >= 20 }
                #expect(try await Set(pair.first.billed(vendor)).count == 20)
                #expect(try await pair.first.billed(vendor).count == 20)
            }
        }
    }

    @Test func `shows an event right after the answer at the other gateway, in reads, lists and searches`() async throws
    {
        try await TwoGateways.run(over: try await .database()) { (pair) async throws in
            let pairs = [(pair.first.client, pair.second.client), (pair.second.client, pair.first.client)]
            for number in 0..<10 {
                let (writer, reader) = pairs[number % 2]
                let id = "e\(number)"
                #expect(try await writer.postPatiently("/v1/events", Self.event(id)).status == 202)
                let found = try await reader.get("/v1/events/\(id)")
                #expect(found.status == 200, "\(found.text)")
                #expect(try found.object()["id"] as? String == id)
                let listed = try await reader.get("/v1/events?id=\(id)").text
                #expect(listed.contains("\"\(id)\""), "\(listed)")
                let repeated = try await reader.postPatiently("/v1/events", Self.event(id))
                #expect(repeated.status == 202 && repeated.text.contains("duplicate"), "\(repeated.text)")
            }
            #expect(try await Self.allIDs(pair.second.client).count == 10)
            #expect(try await Self.allIDs(pair.first.client) == Self.allIDs(pair.second.client))
        }
    }

    private static func allIDs(_ client: WebClient) async throws -> [String] {
        let page = try await client.get("/v1/events?limit=1000").object()
        return (page["events"] as? [[String: Any]] ?? []).compactMap { $0["id"] as? String }
    }

    @Test func `a client that waits for deliveries is answered, whichever gateway delivers`() async throws {
        try await TwoGateways.run(over: try await .database()) { (pair) async throws in
            for (number, client) in [pair.first.client, pair.second.client].enumerated() {
                let answer = try await client.post(
                    "/v1/events",
                    Self.event("w\(number)"),
                    headers: ["Prefer": "wait=60"]
                )
                #expect(answer.status == 200, "\(answer.text)")
                #expect(answer.text.contains("delivered"), "\(answer.text)")
            }
        }
    }

    @Test func `a stream shows events and settlements of both gateways, and continues at the other one`() async throws {
        try await TwoGateways.run(over: try await .database()) { (pair) async throws in
            let watches = try [pair.first, pair.second].map { stage in
                try ChildProcess(
                    "tollgate",
                    ["events", "list", "--watch", "--json", "--url", stage.client.base],
                    environment: ["TOLLGATE_KEY": Stage.key]
                )
            }
            // A stream begins some time after its command.
            for (watch, index) in zip(watches, 0...) {
                var number = 0
                try await waitUntil("stream \(index) has begun") {
                    number += 1
                    _ = try await pair.first.client.postPatiently("/v1/events", Self.event("begin\(index)-\(number)"))
                    return watch.lines.contains { $0.contains("begin\(index)-") }
                }
            }
            for (number, client) in [pair.first.client, pair.second.client].enumerated() {
                #expect(try await client.postPatiently("/v1/events", Self.event("s\(number)")).status == 202)
            }
            for (watch, index) in zip(watches, 0...) {
                for number in 0...1 {
                    for vendor in BillCheck.vendors {
                        _ = try await watch.waitForLine("stream \(index) tells of s\(number) at \(vendor)") { line in
                            line.contains("\"s\(number)\"") && line.contains("\"\(vendor)\"")
                                && line.contains("delivered") ? true : nil
                        }
                    }
                }
                try await watch.stop(by: SIGKILL)
            }
        }
    }

    @Test func `an operator's order holds at the gateway that delivers, wherever it was given`() async throws {
        try await Stage.set(over: try await .database()) { (stage) async throws in
            try stage.writeRoutes(scopes: ["events:write", "events:read", "deliveries:manage", "admin"])
            let other = try stage.another("other")
            try await stage.withGateway { _ async throws in
                try await other.withGateway { _ async throws in
                    // One of them is not the one that delivers to it.
                    for (number, node) in [stage, other].enumerated() {
                        let hold = try await node.client.post("/v1/providers/lago/hold", #"{"for":"1h"}"#)
                        #expect(hold.status == 200, "\(hold.text)")
                        try await waitUntil("the gateway that delivers knows of it") {
                            let texts = [
                                try await stage.client.get("/readyz").text, try await other.client.get("/readyz").text,
                            ]
                            return texts.contains { $0.contains("held by") }
                        }
                        let id = "held-\(number)"
                        #expect(try await node.client.postPatiently("/v1/events", Self.event(id)).status == 202)
                        try await waitUntil("the others have it") {
                            try await node.statuses(of: id).values.count { $0 == "delivered" } == 3
                        }
                        #expect(try await node.statuses(of: id)["lago"] == "pending")
                        #expect(try await node.client.post("/v1/providers/lago/resume", "{}").status == 200)
                        try await waitUntil("lago has it") { try await node.statuses(of: id)["lago"] == "delivered" }
                        // The other gateway shows for a while what it was told last.
                        try await waitUntil("no gateway knows of a hold any more") {
                            for holder in [stage, other] {
                                guard try await !holder.client.get("/readyz").text.contains("held by") else {
                                    return false
                                }
                            }
                            return true
                        }
                    }
                }
            }
        }
    }

    @Test func `the gateways share the accounts, and one that stops leaves its own to the other at once`() async throws
    {
        let server = try await PostgresServer.shared()
        try await Stage.set(over: try await .database()) { (stage) async throws in
            let other = try stage.another("other")
            let first = try await stage.startGateway()
            try await other.withGateway { _ async throws in
                try await waitUntil("each has two of the four") {
                    let holders = try await TwoGateways.holders(in: stage.store, of: server)
                    return Dictionary(grouping: holders.values) { $0 }.mapValues(\.count) == ["data": 2, "other": 2]
                }
                #expect(try await first.stop() == 0)
                try await waitUntil("the other has all four") {
                    let holders = try await TwoGateways.holders(in: stage.store, of: server)
                    return holders.count == 4 && Set(holders.values) == ["other"]
                }
                #expect(try await other.client.postPatiently("/v1/events", Self.event("last")).status == 202)
                try await waitUntil("it delivers for all") {
                    try await other.statuses(of: "last").values.count { $0 == "delivered" } == 4
                }
                let text = try await other.client.get("/readyz").text
                #expect(text.contains("postgresql: readable"), "\(text)")
            }
        }
    }
}
