import Foundation
import NIOHTTP1
import Sandbox
import TestSupport
import Testing

/// What tests ask of the sandbox itself, over its own address.
@Suite struct ControlTests {
    private let event = #"{"events":[{"name":"n","external_id":"a","external_customer_id":"c"}]}"#

    private func list(_ sandbox: SandboxFixture) async throws -> SandboxFixture.Answer {
        try await sandbox.send(
            .GET,
            "/polar/v1/events/",
            headers: [("Authorization", "Bearer \(SandboxCredentials.polar)")]
        )
    }

    @Test func `settings are changed by name, told whole, and given back`() async throws {
        try await SandboxFixture.with { (sandbox) async throws in
            let path = "/sandbox/lago/settings"
            let standard = try await sandbox.send(.GET, path).text
            let changed = try await sandbox.send(.PUT, path, #"{"lose":0.5,"visible_after_ms":[1,2]}"#)
            #expect(changed.status == 200)
            #expect(try await sandbox.send(.GET, path).text == changed.text && changed.text != standard)
            let refused = try await sandbox.send(.PUT, path, #"{"lose":0.1,"alter":7}"#)
            #expect(refused.status == 400 && refused.text.contains("alter"))
            #expect(try await sandbox.send(.GET, path).text == changed.text)
            #expect(try await sandbox.send(.DELETE, path).text == standard)
            _ = try await sandbox.send(.PUT, path, #"{"store":"clickhouse"}"#)
            _ = try await sandbox.send(.DELETE, "/sandbox")
            #expect(try await sandbox.send(.GET, path).text == standard)
        }
    }

    @Test func `planted damage is told, and forgotten with the events`() async throws {
        try await SandboxFixture.with { (sandbox) async throws in
            _ = try await sandbox.send(.PUT, "/sandbox/polar/settings", #"{"lose":1}"#)
            #expect(try await sandbox.polar(event).text == #"{"inserted":1,"duplicates":0}"#)
            let planted = try await sandbox.send(.GET, "/sandbox/polar/planted").object
            #expect(planted["lost"] as? [String] == ["a"] && planted["doubled"] as? [String] == [])
            _ = try await sandbox.send(.DELETE, "/sandbox")
            #expect(try await sandbox.send(.GET, "/sandbox/polar/planted").object["lost"] as? [String] == [])
        }
    }

    @Test func `reads and writes use up one limit, and are counted`() async throws {
        try await SandboxFixture.with { (sandbox) async throws in
            let limits = #"{"rate_limits":{"all":{"requests":3,"window_ms":86400000}}}"#
            #expect(try await sandbox.send(.PUT, "/sandbox/polar/settings", limits).status == 200)
            #expect(try await sandbox.polar(event).status == 200)
            #expect(try await list(sandbox).status == 200)
            #expect(try await list(sandbox).status == 200)
            let refused = try await sandbox.polar(event)
            #expect(refused.status == 429 && refused.text.isEmpty)
            #expect(refused.headers.first(name: "retry-after") == "86400")
            #expect(try await list(sandbox).status == 429)
            let calls = try await sandbox.send(.GET, "/sandbox/polar/calls").text
            #expect(calls == #"{"reads":2,"writes":1,"refused_reads":1,"refused_writes":1}"#)
            #expect(try await sandbox.received("polar") == 1)
            _ = try await sandbox.send(.PUT, "/sandbox/polar/settings", #"{"rate_limits":false}"#)
            #expect(try await list(sandbox).status == 200)
        }
    }

    @Test func `Lago tells of its limit in each answer`() async throws {
        try await SandboxFixture.with { (sandbox) async throws in
            #expect(try await sandbox.lago("/events", "{}").headers.first(name: "X-RateLimit-Limit") == nil)
            _ = try await sandbox.send(.PUT, "/sandbox/lago/settings", #"{"rate_limits":true}"#)
            let answer = try await sandbox.lago("/events", "{}")
            #expect(answer.headers.first(name: "X-RateLimit-Limit") == "500")
            #expect(answer.headers.first(name: "X-RateLimit-Remaining") == "499")
            #expect(answer.headers.first(name: "X-RateLimit-Reset") == "1")
        }
    }

    @Test func `what is confirmed is shown once its time has come`() async throws {
        try await SandboxFixture.with { (sandbox) async throws in
            _ = try await sandbox.send(.PUT, "/sandbox/polar/settings", #"{"visible_after_ms":86400000}"#)
            _ = try await sandbox.polar(event)
            #expect(try await list(sandbox).text.contains(#""total_count":0"#))
            _ = try await sandbox.send(.PUT, "/sandbox/polar/settings", #"{"visible_after_ms":50}"#)
            _ = try await sandbox.polar(event.replacingOccurrences(of: "\"a\"", with: "\"b\""))
            try await waitUntil("the second event is shown") {
                try await list(sandbox).text.contains(#""total_count":1"#)
            }
        }
    }

    @Test func `the process that runs a sandbox lets a vendor fail, and sees how it is`() async throws {
        try await SandboxFixture.with { (sandbox) async throws in
            let names = ["flexprice", "knetik", "lago", "polar"]
            #expect(sandbox.desk.all.map(\.name) == names)
            #expect(sandbox.desk.all.allSatisfy { $0.behaviour == .works })
            #expect(sandbox.desk.set(.unavailable, at: "polar"))
            #expect(!sandbox.desk.set(.unavailable, at: "stripe"))
            #expect(try await sandbox.polar(event).status == 503)
            #expect(sandbox.desk.all.map(\.behaviour) == [.works, .works, .works, .unavailable])
            #expect(sandbox.desk.set(.works, at: "polar"))
            #expect(try await sandbox.polar(event).status == 200)
            #expect(sandbox.desk.all.last?.received == 1 && sandbox.desk.all.last?.billed == 1)
            _ = try await sandbox.send(.PUT, "/sandbox/polar/faults", #"{"status":{"418":0.5}}"#)
            #expect(sandbox.desk.all.last?.behaviour == nil)
        }
    }

    @Test(arguments: Behaviour.allCases)
    func `each behaviour has faults of its own`(behaviour: Behaviour) async throws {
        try await SandboxFixture.with { (sandbox) async throws in
            #expect(sandbox.desk.set(behaviour, at: "lago"))
            #expect(sandbox.desk.all.first { $0.name == "lago" }?.behaviour == behaviour)
        }
    }
}
