import Foundation
import Synchronization
import TestSupport
import Testing

@testable import Client

@Suite struct EventFileSenderTests {
    /// What one run over a file came to.
    private struct Run {
        var summary = EventFileSender.Summary()
        var steps: [EventFileSender.Step] = []
        var failure: SendFailure?
    }

    private static func event(_ number: Int) -> String {
        #"{"id":"e\#(number)","name":"n","customer_id":"c"}"#
    }

    private static func file(_ numbers: ClosedRange<Int>) -> String {
        numbers.map { event($0) + "\n" }.joined()
    }

    /// As the gateway answers a batch of which it takes all but these.
    private static func answer(to body: String, refusing refused: [String] = []) -> ScriptedGateway.Answer {
        let ids = body.matches(of: #/"id":"(\w+)"/#).map { String($0.1) }
        let results = ids.enumerated().map { index, id in
            refused.contains(id)
                ? #"{"index":\#(index),"status":"rejected","errors":[{"message":"\#(id) is bad"}]}"#
                : #"{"index":\#(index),"status":"accepted"}"#
        }
        return ScriptedGateway.Answer(status: 207, body: #"{"events":[\#(results.joined(separator: ","))]}"#)
    }

    private func send(
        _ text: String,
        to gateway: ScriptedGateway,
        batches: Int = 2,
        inFlight: Int = 1,
        after before: EventFileSender.Acknowledged? = nil,
        onWait: @escaping @Sendable (String) -> Void = { _ in }
    ) async throws -> Run {
        try await withTemporaryFolder { folder in
            let file = folder.appending(path: "events.ndjson")
            try Data(text.utf8).write(to: file)
            var limits = EventFileSender.Limits()
            (limits.batchEvents, limits.inFlight) = (batches, inFlight)
            let client = GatewayClient(address: gateway.address, key: "key")
            let sender = EventFileSender(client: client, limits: limits, onWait: onWait)
            var run = Run()
            let open = { () throws(SendFailure) in
                guard let handle = FileHandle(forReadingAtPath: file.path) else { throw SendFailure.cancelled }
                return EventFileReader(FileBytes(handle), source: "s")
            }
            do throws(SendFailure) {
                try await sender.send(open, after: before, into: &run.summary) { run.steps.append($0) }
            } catch {
                run.failure = error
            }
            return run
        }
    }

    @Test func `sends a file in batches, in its order, and says after each how far it is`() async throws {
        try await ScriptedGateway.with(answering: { Self.answer(to: $1) }) { (gateway) async throws in
            let run = try await send(Self.file(1...5), to: gateway)
            #expect(
                gateway.bodies == [
                    "[\(Self.event(1)),\(Self.event(2))]", "[\(Self.event(3)),\(Self.event(4))]", "[\(Self.event(5))]",
                ]
            )
            #expect(run.failure == nil)
            #expect(run.summary.accepted == 5 && run.summary.refusedCount == 0 && run.summary.skipped == 0)
            #expect(run.steps.map(\.events) == [2, 4, 5])
            #expect(run.steps.map { $0.acknowledged?.events } == [2, 4, 5])
            #expect(run.steps.map(\.bytesRead).sorted() == run.steps.map(\.bytesRead))
        }
    }

    @Test func `counts batches in the file's order, whichever is answered first`() async throws {
        let second = Atomic(false)
        try await ScriptedGateway.with(
            answering: { _, body in
                // The first batch is refused for a moment, so that those behind it are done before it.
                if body.contains("e1"), !second.exchange(true, ordering: .relaxed) {
                    return ScriptedGateway.Answer(status: 503, headers: [("Retry-After", "1")])
                }
                return Self.answer(to: body)
            }
        ) { (gateway) async throws in
            let run = try await send(Self.file(1...8), to: gateway, inFlight: 4)
            #expect(run.steps.map(\.events) == [2, 4, 6, 8])
            #expect(run.summary.accepted == 8)
        }
    }

    @Test func `lists what is refused in the file's order, and acknowledges nothing behind the first`() async throws {
        try await ScriptedGateway.with(answering: { Self.answer(to: $1, refusing: ["e3", "e6"]) }) {
            (gateway) async throws in
            let run = try await send(Self.file(1...4) + "nonsense\n" + Self.file(5...6), to: gateway)
            #expect(run.failure == nil)
            #expect(run.summary.accepted == 4 && run.summary.refusedCount == 3)
            #expect(run.summary.refused.map(\.position.line) == [3, 5, 7])
            #expect(run.summary.refused.first?.message == "e3 is bad")
            #expect(run.steps.map { $0.acknowledged?.events } == [2, nil, nil])
        }
    }

    @Test func `keeps the first faults of a file that has nothing else, and counts the others`() async throws {
        let most = EventFileSender.Summary.mostListed
        try await ScriptedGateway.with(answering: { Self.answer(to: $1) }) { (gateway) async throws in
            let faults = String(repeating: "nonsense\n", count: most + 500)
            let run = try await send(faults + Self.file(1...1) + faults, to: gateway)
            #expect(run.failure == nil && run.summary.accepted == 1)
            #expect(run.summary.refusedCount == 2 * (most + 500))
            #expect(run.summary.refused.map(\.position.line) == Array(1...most))
        }
    }

    @Test func `goes on behind what an earlier run sent`() async throws {
        try await ScriptedGateway.with(answering: { Self.answer(to: $1) }) { (gateway) async throws in
            let first = try await send(Self.file(1...4), to: gateway)
            let before = try #require(first.steps.last?.acknowledged)
            let second = try await send(Self.file(1...6), to: gateway, after: before)
            #expect(second.summary.skipped == 4 && second.summary.accepted == 2)
            #expect(gateway.bodies.last == "[\(Self.event(5)),\(Self.event(6))]")
            #expect(second.steps.last?.acknowledged?.events == 6)
        }
    }

    @Test func `sends a file whole that does not begin as it did`() async throws {
        try await ScriptedGateway.with(answering: { Self.answer(to: $1) }) { (gateway) async throws in
            let first = try await send(Self.file(1...4), to: gateway)
            let before = try #require(first.steps.last?.acknowledged)
            let second = try await send(Self.file(2...6), to: gateway, after: before)
            #expect(second.summary.skipped == 0 && second.summary.accepted == 5)
        }
    }

    @Test func `stops where the gateway takes nothing from this client, and keeps what was done`() async throws {
        try await ScriptedGateway.with(
            answering: { number, body in
                number == 1
                    ? Self.answer(to: body)
                    : ScriptedGateway.Answer(status: 401, body: #"{"detail":"this key is unknown"}"#)
            }
        ) { (gateway) async throws in
            let run = try await send(Self.file(1...6), to: gateway)
            guard case .refused("this key is unknown")? = run.failure else {
                Issue.record("\(String(describing: run.failure))")
                return
            }
            #expect(run.summary.accepted == 2)
            #expect(run.steps.last?.acknowledged?.events == 2)
            #expect(gateway.bodies.count == 2)
        }
    }

    @Test(arguments: [429, 503]) func `waits as long as the gateway asks for, says so, and sends the same again`(
        status: Int
    ) async throws {
        let told = Mutex<[String]>([])
        try await ScriptedGateway.with(
            answering: { number, body in
                number > 1
                    ? Self.answer(to: body)
                    : ScriptedGateway.Answer(
                        status: status,
                        body: #"{"detail":"too much at once"}"#,
                        headers: [("Retry-After", "2")]
                    )
            }
        ) { (gateway) async throws in
            let run = try await send(Self.file(1...2), to: gateway) { what in told.withLock { $0.append(what) } }
            #expect(run.failure == nil && run.summary.accepted == 2)
            #expect(gateway.bodies.count == 2 && gateway.bodies[0] == gateway.bodies[1])
            #expect(told.withLock { $0 } == ["waiting 2 s: too much at once"])
        }
    }
}
