import AsyncHTTPClient
import Foundation
import NIOCore
import NIOHTTP1
import Sandbox
import TestSupport
import Testing

/// A simulator can be told to misbehave in each of the ways that vendors do.
@Suite struct FaultTests {
    private let event = #"{"events":[{"name":"n","external_id":"a","external_customer_id":"c"}]}"#

    private func set(_ sandbox: SandboxFixture, _ faults: String) async throws {
        let answer = try await sandbox.send(.PUT, "/sandbox/polar/faults", faults)
        #expect(answer.status == 200, "\(answer.text)")
    }

    @Test func `answers a status before anything is applied`() async throws {
        try await SandboxFixture.with { (sandbox) async throws in
            try await set(sandbox, #"{"status":{"429":1},"retry_after":7}"#)
            let answer = try await sandbox.polar(event)
            #expect(answer.status == 429 && answer.text.isEmpty)
            #expect(answer.headers.first(name: "retry-after") == "7")
            #expect(try await sandbox.received("polar") == 0)
        }
    }

    @Test func `answers a status although the request was applied`() async throws {
        try await SandboxFixture.with { (sandbox) async throws in
            try await set(sandbox, #"{"status_after":{"503":1}}"#)
            #expect(try await sandbox.polar(event).status == 503)
            #expect(try await sandbox.received("polar") == 1)
        }
    }

    @Test(arguments: [
        ("reset_before", 0), ("reset_after", 1), ("truncate", 1), ("noise", 1),
    ])
    func `ends the connection without a whole answer, before or after applying`(fault: String, received: Int)
        async throws
    {
        try await SandboxFixture.with { (sandbox) async throws in
            try await set(sandbox, #"{"\#(fault)":1}"#)
            await #expect(throws: (any Error).self) { _ = try await sandbox.polar(event) }
            #expect(try await sandbox.received("polar") == received)
        }
    }

    @Test(arguments: [("hang", 0), ("hang_after", 1), ("stall", 1)])
    func `keeps the client waiting, before or after applying`(fault: String, received: Int) async throws {
        try await SandboxFixture.with { (sandbox) async throws in
            try await set(sandbox, #"{"\#(fault)":1}"#)
            // On a busy machine, a request may not even have left when its time is up.
            try await waitUntil("what is to be applied has come") {
                await #expect(throws: HTTPClientError.self) {
                    _ = try await sandbox.polar(event, patience: .milliseconds(300))
                }
                return try await sandbox.received("polar") >= received
            }
            let isApplied = try await sandbox.received("polar") > 0
            #expect(isApplied == (received > 0))
        }
    }

    @Test func `answers under the content type of a web page`() async throws {
        try await SandboxFixture.with { (sandbox) async throws in
            try await set(sandbox, #"{"wrong_type":1}"#)
            let answer = try await sandbox.polar(event)
            #expect(answer.headers["content-type"] == ["text/html; charset=utf-8"])
            #expect(answer.text == #"{"inserted":1,"duplicates":0}"#)
        }
    }

    @Test func `is well again after as many mishaps as were asked for`() async throws {
        try await SandboxFixture.with { (sandbox) async throws in
            try await set(sandbox, #"{"status":{"503":1},"times":2,"retry_after":"Fri, 31 Dec 1999 23:59:59 GMT"}"#)
            let answer = try await sandbox.polar(event)
            #expect(answer.status == 503)
            #expect(answer.headers["retry-after"] == ["Fri, 31 Dec 1999 23:59:59 GMT"])
            #expect(try await sandbox.polar(event).status == 503)
            #expect(try await sandbox.polar(event).status == 200)
        }
    }

    @Test func `answers nonsense`() async throws {
        try await SandboxFixture.with { (sandbox) async throws in
            try await set(sandbox, #"{"garbage":1}"#)
            let answer = try await sandbox.polar(event)
            #expect((try? answer.object["inserted"]) == nil)
        }
    }

    @Test func `fails for ever on a poisoned event, and on no other`() async throws {
        try await SandboxFixture.with { (sandbox) async throws in
            try await set(sandbox, #"{"poison":["a"]}"#)
            #expect(try await sandbox.polar(event).status == 500)
            #expect(try await sandbox.polar(event.replacingOccurrences(of: "\"a\"", with: "\"b\"")).status == 200)
        }
    }

    @Test func `answers a poisoned event with the status that is set`() async throws {
        try await SandboxFixture.with { (sandbox) async throws in
            try await set(sandbox, #"{"poison":["a"],"poison_status":403}"#)
            #expect(try await sandbox.polar(event).status == 403)
            #expect(try await sandbox.polar(event.replacingOccurrences(of: "\"a\"", with: "\"b\"")).status == 200)
        }
    }

    @Test func `repeats its randomness from a seed`() async throws {
        try await SandboxFixture.with { (sandbox) async throws in
            var runs: [[Int]] = []
            for _ in 1...2 {
                try await set(sandbox, #"{"status":{"503":0.5},"seed":42}"#)
                var run: [Int] = []
                for _ in 1...20 { run.append(try await sandbox.polar(event).status) }
                runs.append(run)
            }
            #expect(runs[0] == runs[1])
            #expect(Set(runs[0]) == [200, 503])
        }
    }

    @Test(arguments: [#"{"latency":[1,2]}"#, #"{"status":{"900":1}}"#, #"{"hang":2}"#, "nonsense"])
    func `refuses a fault that it does not know, and says what there is`(faults: String) async throws {
        try await SandboxFixture.with { (sandbox) async throws in
            let answer = try await sandbox.send(.PUT, "/sandbox/polar/faults", faults)
            #expect(answer.status == 400)
        }
    }

    @Test func `forgets everything when told to`() async throws {
        try await SandboxFixture.with { (sandbox) async throws in
            _ = try await sandbox.polar(event)
            try await set(sandbox, #"{"status":{"503":1}}"#)
            _ = try await sandbox.send(.DELETE, "/sandbox")
            #expect(try await sandbox.received("polar") == 0)
            #expect(try await sandbox.polar(event).status == 200)
        }
    }
}
