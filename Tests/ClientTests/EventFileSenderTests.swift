import Client
import Foundation
import TestSupport
import Testing

@Suite struct EventFileSenderTests {
    private func file(_ ids: ClosedRange<Int>) -> EventFile {
        EventFile(Array(ids.map { #"{"id":"\#($0)","name":"n"}"# }.joined(separator: "\n").utf8))
    }

    private func sender(_ server: ScriptedServer, _ progress: URL? = nil, batchSize: Int = 2) -> EventFileSender {
        EventFileSender(
            client: GatewayClient(address: server.address, key: "tg_key"),
            progressFile: progress,
            batchSize: batchSize
        )
    }

    /// Takes every event of a batch.
    private static func takeAll(_ request: ScriptedServer.Request, _ number: Int) -> ScriptedServer.Answer {
        let count = request.body.components(separatedBy: #""id""#).count - 1
        let events = (0..<count).map { #"{"index":\#($0),"status":"accepted"}"# }.joined(separator: ",")
        return ScriptedServer.Answer(body: #"{"events":[\#(events)]}"#)
    }

    @Test func `posts batches in the order of the file, and tells how far it is`() async throws {
        try await withServer(answering: Self.takeAll) { (server) async throws in
            var progress: [Int] = []
            let summary = try await sender(server).send(file(1...5)) { done, _ in progress.append(done) }
            #expect(summary.accepted == 5 && summary.refused.isEmpty)
            #expect(progress == [0, 2, 4, 5])
            #expect(
                server.requests.map(\.body) == [
                    #"[{"id":"1","name":"n"},{"id":"2","name":"n"}]"#,
                    #"[{"id":"3","name":"n"},{"id":"4","name":"n"}]"#, #"[{"id":"5","name":"n"}]"#,
                ]
            )
            #expect(server.requests.allSatisfy { $0.target == "POST /v1/events?partial=true" })
            #expect(server.requests.allSatisfy { $0.head.lowercased().contains("authorization: bearer tg_key") })
        }
    }

    @Test func `counts duplicates, and names the line of what was refused`() async throws {
        let answer = ScriptedServer.Answer(
            status: 207,
            body: #"""
                {"events":[{"index":0,"status":"duplicate"},{"index":1,"status":"rejected","errors":[
                {"index":1,"field":"name","code":"required","message":"name is missing"}]},{"index":2,"status":"accepted"}]}
                """#
        )
        try await withServer(answering: { _, _ in answer }) { (server) async throws in
            let text = "{\"id\":\"1\"}\n\n{\"id\":\"2\"}\n{oops}\n{\"id\":\"3\"}"
            let summary = try await sender(server, batchSize: 10).send(EventFile(Array(text.utf8))) { _, _ in }
            #expect(summary.accepted == 1 && summary.duplicates == 1)
            #expect(summary.refused.map(\.place) == [3, 4])
            #expect(summary.refused.first?.message == "name is missing")
        }
    }

    @Test func `names the lines of a batch in which nothing was good`() async throws {
        let answer = ScriptedServer.Answer(
            status: 422,
            body: #"{"detail":"none","errors":[{"index":0,"message":"a"},{"index":1,"message":"b"}]}"#
        )
        try await withServer(answering: { _, _ in answer }) { (server) async throws in
            let summary = try await sender(server).send(file(1...2)) { _, _ in }
            #expect(summary.refused.map(\.place) == [1, 2])
            #expect(summary.refused.map(\.message) == ["a", "b"])
        }
    }

    @Test func `sends nothing twice, and only what was added to the file since`() async throws {
        try await withTemporaryFolder { (folder) async throws in
            let progress = folder.appending(path: "events.tollgate-progress")
            try await withServer(answering: Self.takeAll) { (server) async throws in
                _ = try await sender(server, progress).send(file(1...3)) { _, _ in }
                let again = try await sender(server, progress).send(file(1...3)) { _, _ in }
                #expect(again.skipped == 3 && again.accepted == 0)
                #expect(server.requests.count == 2)
                let longer = try await sender(server, progress).send(file(1...4)) { _, _ in }
                #expect(longer.skipped == 3 && longer.accepted == 1)
                #expect(server.requests.last?.body == #"[{"id":"4","name":"n"}]"#)
            }
        }
    }

    @Test(arguments: ["", "{", #"{"url":1}"#, #"{"url":"http://other","events":3,"digest":""}"#])
    func `starts at the beginning when what it remembers is of no use`(memory: String) async throws {
        try await withTemporaryFolder { (folder) async throws in
            let progress = folder.appending(path: "events.tollgate-progress")
            try Data(memory.utf8).write(to: progress)
            try await withServer(answering: Self.takeAll) { (server) async throws in
                let summary = try await sender(server, progress).send(file(1...3)) { _, _ in }
                #expect(summary.skipped == 0 && summary.accepted == 3)
            }
        }
    }

    @Test func `starts at the beginning for another gateway and for other events`() async throws {
        try await withTemporaryFolder { (folder) async throws in
            let progress = folder.appending(path: "events.tollgate-progress")
            try await withServer(answering: Self.takeAll) { (first) async throws in
                _ = try await sender(first, progress).send(file(1...3)) { _, _ in }
                let changed = try await sender(first, progress).send(file(2...4)) { _, _ in }
                #expect(changed.skipped == 0 && changed.accepted == 3)
                try await withServer(answering: Self.takeAll) { (second) async throws in
                    let summary = try await sender(second, progress).send(file(2...4)) { _, _ in }
                    #expect(summary.skipped == 0 && summary.accepted == 3)
                }
            }
        }
    }

    @Test(arguments: [429, 503])
    func `comes back with the same bytes when it is told to wait`(status: Int) async throws {
        try await withServer(answering: { request, number in
            number < 2
                ? ScriptedServer.Answer(status: status, headers: ["Retry-After: 0"]) : Self.takeAll(request, number)
        }) { (server) async throws in
            let summary = try await sender(server).send(file(1...2)) { _, _ in }
            #expect(summary.accepted == 2)
            #expect(server.requests.count == 3 && Set(server.requests.map(\.body)).count == 1)
        }
    }

    @Test func `stops with the gateway's words, and goes on behind what was taken`() async throws {
        try await withTemporaryFolder { (folder) async throws in
            let progress = folder.appending(path: "events.tollgate-progress")
            try await withServer(answering: { request, number in
                number == 1
                    ? ScriptedServer.Answer(status: 401, body: #"{"detail":"send a client's key"}"#)
                    : Self.takeAll(request, number)
            }) { (server) async throws in
                let failure = await #expect(throws: EventFileSender.Failure.self) {
                    _ = try await sender(server, progress).send(file(1...4)) { _, _ in }
                }
                #expect(failure?.description == "send a client's key")
                let rest = try await sender(server, progress).send(file(1...4)) { _, _ in }
                #expect(rest.skipped == 2 && rest.accepted == 2)
                #expect(server.requests.last?.body == #"[{"id":"3","name":"n"},{"id":"4","name":"n"}]"#)
            }
        }
    }
}
