import Events
import Foundation
import TestSupport
import Testing

@testable import Client

/// Files whose events the journal may have already: it is asked before they are sent.
@Suite struct KnownEventsSendingTests {
    /// Events that are known by their numbers where they are from.
    private struct Numbers: FileEventReading {
        let numbers: [Int]
        private(set) var bytesRead = 0

        init(_ numbers: [Int]) { self.numbers = numbers }

        mutating func next() throws(FileFailure) -> EventFileReader.Item? {
            guard bytesRead < numbers.count else { return nil }
            bytesRead += 1
            let number = numbers[bytesRead - 1]
            let json = Array(#"{"id":"e\#(number)"}"#.utf8)
            var event = FileEvent(position: FilePosition(line: number), shape: .canonical, json: json)
            event.identity = FileEvent.Identity(
                id: "\(number)",
                timestamp: Timestamp(milliseconds: Int64(number)),
                includesTime: false
            )
            return .event(event)
        }
    }

    /// The numbers that a question asks about, in its order.
    private static func asked(_ body: String) -> [Int] {
        body.matches(of: #/"id":"(\d+)"/#).compactMap { Int($0.1) }
    }

    private static func isQuestion(_ body: String) -> Bool { body.hasPrefix(#"{"events":"#) }

    /// Says which of them the journal has, and accepts the others.
    private static func answer(_ body: String, known: @Sendable (Int) -> Bool) -> ScriptedGateway.Answer {
        if isQuestion(body) {
            let indices = asked(body).enumerated().filter { known($0.element) }.map(\.offset)
            let list = indices.map { #"{"index":\#($0),"scope":null}"# }.joined(separator: ",")
            return ScriptedGateway.Answer(body: #"{"known":[\#(list)],"removed_through":null}"#)
        }
        let results = body.matches(of: #/"id":/#).indices.map { #"{"index":\#($0),"status":"accepted"}"# }
        return ScriptedGateway.Answer(status: 202, body: #"{"events":[\#(results.joined(separator: ","))]}"#)
    }

    private func send(_ numbers: [Int], to gateway: ScriptedGateway, batch: Int = 500, needsAll: Bool = false)
        async -> (summary: EventFileSender.Summary, failure: String?)
    {
        var limits = EventFileSender.Limits()
        (limits.batchEvents, limits.inFlight) = (batch, 1)
        let terms = SendTerms(known: KnownEvents(vendor: nil, needsWholeJournal: needsAll))
        let client = GatewayClient(address: gateway.address, key: "key")
        let sender = EventFileSender(client: client, limits: limits, terms: terms)
        var summary = EventFileSender.Summary()
        do throws(SendFailure) {
            try await sender.send({ () throws(SendFailure) in Numbers(numbers) }, after: nil, into: &summary) { _ in }
            return (summary, nil)
        } catch {
            return (summary, "\(error)")
        }
    }

    @Test func `leaves out what the journal has, and sends the rest in its order`() async throws {
        try await ScriptedGateway.with(answering: { Self.answer($1) { [2, 3].contains($0) } }) {
            (gateway) async throws in
            let outcome = await send([1, 2, 3, 4], to: gateway)
            #expect(outcome.failure == nil && outcome.summary.known == 2 && outcome.summary.accepted == 2)
            #expect(gateway.bodies.count == 2)
            #expect(Self.asked(gateway.bodies.first ?? "") == [1, 2, 3, 4])
            #expect(gateway.bodies.last == #"[{"id":"e1"},{"id":"e4"}]"#)
        }
    }

    @Test func `sends no batch of which the journal has everything`() async throws {
        try await ScriptedGateway.with(answering: { Self.answer($1) { _ in true } }) { (gateway) async throws in
            let outcome = await send([1, 2], to: gateway)
            #expect(outcome.summary.known == 2 && outcome.summary.accepted == 0)
            #expect(gateway.bodies.allSatisfy(Self.isQuestion))
        }
    }

    @Test func `asks about at most five hundred at a time, and keeps each answer to its events`() async throws {
        try await ScriptedGateway.with(answering: { Self.answer($1) { [1, 501, 1200].contains($0) } }) {
            (gateway) async throws in
            let outcome = await send(Array(1...1200), to: gateway, batch: 1200)
            #expect(outcome.summary.known == 3 && outcome.summary.accepted == 1197)
            #expect(gateway.bodies.filter(Self.isQuestion).map { Self.asked($0).count } == [500, 500, 200])
            let sent = try #require(gateway.bodies.last)
            #expect(!["e1\"", "e501\"", "e1200\""].contains { sent.contains($0) })
        }
    }

    @Test func `refuses, line by line, what the journal may have had and removed`() async throws {
        let answer = ScriptedGateway.Answer(body: #"{"known":[],"removed_through":"1970-01-01T00:00:00.001Z"}"#)
        try await ScriptedGateway.with(answering: { _, _ in answer }) { (gateway) async throws in
            let outcome = await send([3, 4], to: gateway, needsAll: true)
            #expect(outcome.failure == nil && outcome.summary.refusedCount == 2)
            #expect(outcome.summary.refused.map(\.position.line) == [3, 4])
            #expect(gateway.bodies.count == 1, "nothing was sent")
        }
    }

    @Test(arguments: [
        (200, "{}", Self.unclear), (200, "<html>", Self.unclear), (200, #"{"known":{}}"#, Self.unclear),
        (200, #"{"known":[{"index":2}]}"#, Self.unclear), (200, #"{"known":[7]}"#, Self.unclear),
        (202, #"{"known":[]}"#, "the gateway responded with status 202"),
        (404, "{}", "the gateway responded with status 404"),
        (403, #"{"detail":"the scope events:read is missing"}"#, "the scope events:read is missing"),
    ])
    func `sends nothing where the answer does not tell which events it has`(
        status: Int,
        body: String,
        reason: String
    ) async throws {
        let answer = ScriptedGateway.Answer(status: status, body: body)
        try await ScriptedGateway.with(answering: { _, _ in answer }) { (gateway) async throws in
            let outcome = await send([1, 2], to: gateway)
            #expect(outcome.failure == reason)
            #expect(gateway.bodies.count == 1)
        }
    }

    private static let unclear = "the gateway's answer does not tell which events it has"

    // MARK: - Reading without sending

    /// The number of known events of a file, its faults, and the gateway's bodies.
    private func read(_ numbers: [Int], known: @escaping @Sendable (Int) -> Bool) async throws
        -> (known: Int, bodies: [String])
    {
        var result = (known: 0, bodies: [String]())
        try await withTemporaryFolder { folder in
            let file = folder.appending(path: "events")
            try Data().write(to: file)
            try await ScriptedGateway.with(answering: { Self.answer($1, known: known) }) { (gateway) async throws in
                let client = GatewayClient(address: gateway.address, key: "key")
                let asking = (gateway: client, known: KnownEvents(vendor: nil, needsWholeJournal: false))
                result.known = try await FileRun.read(
                    file.path,
                    by: { _, _, _ in Numbers(numbers) },
                    asking: asking,
                    onFault: { Issue.record("\($0)") }
                )
                result.bodies = gateway.bodies
            }
        }
        return result
    }

    @Test(arguments: [(0, []), (1, [1]), (500, [500]), (501, [500, 1]), (1000, [500, 500])])
    func `counts what the journal has without sending anything`(count: Int, questions: [Int]) async throws {
        let found = try await read(Array(0..<count)) { $0.isMultiple(of: 2) }
        #expect(found.known == (count + 1) / 2)
        #expect(found.bodies.allSatisfy(Self.isQuestion))
        #expect(found.bodies.map { Self.asked($0).count } == questions)
    }

    @Test func `reads a file to its end without a gateway, and names its faults`() async throws {
        try await withTemporaryFolder { folder in
            let file = folder.appending(path: "events")
            try Data("{\"id\":\"1\"}\nnonsense\n[1]\n".utf8).write(to: file)
            var faults: [FileFault] = []
            let known = try await FileRun.read(
                file.path,
                by: { EventFileReader($0, source: $1, largestEventBytes: $2) },
                onFault: { faults.append($0) }
            )
            #expect(known == 0)
            #expect(faults.map(\.position) == [FilePosition(line: 2), FilePosition(line: 3, element: 1)])
        }
    }

    @Test func `says why a file cannot be read`() async throws {
        let failure = await #expect(throws: SendFailure.self) {
            try await FileRun.read("/nowhere/events", by: { _, _, _ in Numbers([]) }, onFault: { _ in })
        }
        #expect(failure.map { "\($0)" }?.hasPrefix("cannot be read: ") == true)
    }
}
