import Foundation
import NIOHTTP1
import TestSupport
import Testing

/// HTTP/2 clients that do what no library does.
@Suite struct HTTP2Tests {
    private static let (headers, data, reset, ping, goAway): (UInt8, UInt8, UInt8, UInt8, UInt8) = (1, 0, 3, 6, 7)
    /// HPACK's index of `:status: 200` and `:status: 400`.
    private static let (ok, badRequest): (UInt8, UInt8) = (0x88, 0x8C)

    private static func get(_ path: String, _ more: [(String, String)] = [], authority: String? = "localhost")
        -> [(String, String)]
    {
        [(":method", "GET"), (":scheme", "https"), (":path", path)] + (authority.map { [(":authority", $0)] } ?? [])
            + more
    }

    private func withGateway(
        _ arguments: [String] = [],
        _ body: (Stage, ChildProcess, RawHTTP2) async throws -> Void
    ) async throws {
        try await Stage.set { (stage) async throws in
            let certificates = Certificates(in: stage.folder)
            try await certificates.makeAuthority("one")
            try await certificates.makeServer(signedBy: "one")
            // The first request of a test may come late on a busy machine.
            let usual = arguments.contains("--first-request-seconds") ? [] : ["--first-request-seconds", "100"]
            let gateway = try await stage.startGateway(arguments: certificates.arguments + arguments + usual)
            let client = try await RawHTTP2.connect(to: stage.port, trusting: certificates, "one")
            do {
                try await body(stage, gateway, client)
            } catch {
                try await gateway.stop(by: SIGKILL)
                throw error
            }
            if gateway.isRunning { #expect(try await gateway.stop() == 0) }
        }
    }

    @Test func `closes a connection that sends no request`() async throws {
        try await withGateway(["--first-request-seconds", "30"]) { (_, _, client) async throws in
            try await waitUntil("the connection is closed") { client.isClosed }
            #expect(client.frames(Self.goAway, on: 0).count == 1)
        }
    }

    @Test func `does not wait for a client that acknowledges no PING, at its age and at the stop`() async throws {
        try await withGateway(["--connection-age-seconds", "100"]) { (_, _, client) async throws in
            try await client.request(Self.get("/healthz"), on: 1)
            try await waitUntil("the connection is closed") { client.isClosed }
            #expect(client.frames(Self.headers, on: 1).first?.payload.first == Self.ok)
            #expect(client.frames(Self.goAway, on: 0).count == 1 && client.frames(Self.ping, on: 0).count == 1)
        }
        try await withGateway { (_, gateway, client) async throws in
            try await client.request(Self.get("/healthz"), on: 1)
            try await waitUntil("the request is answered") { !client.frames(Self.headers, on: 1).isEmpty }
            // A connection that is waited for to the end of the grace makes the end an error.
            #expect(try await gateway.stop() == 0)
        }
    }

    @Test(arguments: [
        [("Bad", "upper case")], [("connection", "close")], [(":path", "/twice")], [("te", "gzip")],
        [("content-length", "9223372036854775808")],
    ])
    func `ends a faulty stream, and serves the others`(fields: [(String, String)]) async throws {
        try await withGateway { (_, _, client) async throws in
            try await client.request(Self.get("/healthz", fields), on: 1)
            try await client.request(Self.get("/healthz"), on: 3)
            try await waitUntil("the good stream is answered") { !client.frames(Self.headers, on: 3).isEmpty }
            #expect(client.frames(Self.headers, on: 3).first?.payload.first == Self.ok)
            #expect(client.frames(Self.headers, on: 1).first?.payload.first != Self.ok)
            #expect(!client.isClosed && client.frames(Self.goAway, on: 0).isEmpty)
        }
    }

    @Test(arguments: [nil, "", "a b", "localhost/x"])
    func `refuses a request without a valid authority`(authority: String?) async throws {
        try await withGateway { (_, _, client) async throws in
            try await client.request(Self.get("/healthz", authority: authority), on: 1)
            try await client.request(Self.get("/healthz", [("host", "other")]), on: 3)
            try await client.request(Self.get("/healthz", [("host", "localhost")]), on: 5)
            let isOver = { (stream: Int) in
                !client.frames(Self.headers, on: stream).isEmpty || !client.frames(Self.reset, on: stream).isEmpty
            }
            try await waitUntil("all are answered") { [1, 3, 5].allSatisfy(isOver) }
            let statuses = [1, 3, 5].map { client.frames(Self.headers, on: $0).first?.payload.first }
            // What cannot even be a field is not answered: NIO ends the stream.
            #expect(statuses[0] == Self.badRequest || (statuses[0] == nil && authority == "a b"))
            #expect(statuses[1...] == [Self.badRequest, Self.ok])
        }
    }

    @Test func `refuses two keys`() async throws {
        try await withGateway { (_, _, client) async throws in
            let key = ("authorization", "Bearer \(Stage.key)")
            try await client.request(Self.get("/v1/events", [key, key]), on: 1)
            try await client.request(Self.get("/v1/events", [key]), on: 3)
            try await waitUntil("both are answered") {
                [1, 3].allSatisfy { !client.frames(Self.headers, on: $0).isEmpty }
            }
            #expect(client.frames(Self.headers, on: 1).first?.payload.first == Self.badRequest)
            #expect(client.frames(Self.headers, on: 3).first?.payload.first == Self.ok)
        }
    }

    @Test func `keeps little for an event stream whose window is closed, and serves the other streams`() async throws {
        try await withGateway { (stage, gateway, client) async throws in
            for vendor in BillCheck.vendors { try await stage.setFaults(vendor, #"{"status":{"503":1}}"#) }
            let key = ("authorization", "Bearer \(Stage.key)")
            try await client.request(Self.get("/v1/events/stream", [key]), on: 1)
            try await waitUntil("the stream has begun") { !client.frames(Self.data, on: 1).isEmpty }
            let before = try Footprint.megabytes(of: gateway.identifier)
            let certificates = Certificates(in: stage.folder)
            let padding = String(repeating: "x", count: 100_000)
            // Pipelines and buffers of a busy gateway grow by up to 100 MB, whatever is sent.
            let mostMegabytes = 160
            for batch in 1...mostMegabytes {
                let events = (1...10).map { number in
                    #"{"id":"e\#(batch)-\#(number)","name":"n","customer_id":"c","properties":{"p":"\#(padding)"}}"#
                }
                let address = "https://localhost:\(stage.port)/v1/events"
                let body = "[\(events.joined(separator: ","))]"
                let answer = try await certificates.ask(address, trusting: "one", method: .POST, body: body)
                #expect(answer.status == 202)
                guard batch == 1 else { continue }
                // At once: a connection that takes nothing is ended after a while.
                try await client.request(Self.get("/healthz"), on: 3)
                try await waitUntil("the window is full, and another stream is answered") {
                    client.frames(Self.data, on: 1).reduce(0) { $0 + $1.payload.count } >= 60_000
                        && !client.frames(Self.headers, on: 3).isEmpty
                }
                #expect(client.frames(Self.headers, on: 3).first?.payload.first == Self.ok)
            }
            let after = try Footprint.megabytes(of: gateway.identifier)
            #expect(after - before < mostMegabytes, "\(before) MB before, \(after) MB after")
            let shown = client.frames(Self.data, on: 1).reduce(0) { $0 + $1.payload.count }
            #expect(shown <= 65_535, "no more than the window was sent")
        }
    }

    @Test func `tells a client that waits for 100 to send its body`() async throws {
        try await withGateway { (stage, _, client) async throws in
            let event = #"{"id":"e1","name":"n","customer_id":"c"}"#
            let fields = [
                (":method", "POST"), (":scheme", "https"), (":path", "/v1/events"), (":authority", "localhost"),
                ("content-type", "application/json"), ("content-length", "\(event.utf8.count)"),
                ("expect", "100-continue"),
            ]
            try await client.request(fields + [("authorization", "Bearer nobody")], on: 1, endsStream: false)
            try await waitUntil("a stranger is refused") { !client.frames(Self.headers, on: 1).isEmpty }
            try await waitUntil("and told to stop, without an error") {
                client.frames(Self.reset, on: 1).map(\.payload) == [[0, 0, 0, 0]]
            }
            try await client.request(fields + [("authorization", "Bearer \(Stage.key)")], on: 3, endsStream: false)
            try await waitUntil("the client is told") { client.frames(Self.headers, on: 3).count == 1 }
            try await client.send(type: Self.data, flags: 1, stream: 3, Array(event.utf8))
            try await waitUntil("the event is accepted") { client.frames(Self.headers, on: 3).count == 2 }
            #expect(client.frames(Self.headers, on: 1).count == 1)
        }
    }

    @Test func `says that a body is too large, and serves the other streams`() async throws {
        try await withGateway { (_, _, client) async throws in
            let fields = [
                (":method", "POST"), (":scheme", "https"), (":path", "/v1/events"), (":authority", "localhost"),
                ("content-type", "application/json"), ("content-length", "1000000000"),
                ("authorization", "Bearer \(Stage.key)"),
            ]
            try await client.request(fields, on: 1, endsStream: false)
            try await client.request(Self.get("/healthz"), on: 3)
            try await waitUntil("both are answered") {
                [1, 3].allSatisfy { !client.frames(Self.headers, on: $0).isEmpty }
            }
            // A literal with the name `:status`: HPACK has an index of its own for 200 and 400, and none for 413.
            let first = try #require(client.frames(Self.headers, on: 1).first?.payload.first)
            #expect((0x48...0x4E).contains(first))
            #expect(client.frames(Self.headers, on: 3).first?.payload.first == Self.ok)
            #expect(!client.isClosed)
        }
    }

    @Test func `takes a body whose length is not announced`() async throws {
        try await withGateway { (stage, _, client) async throws in
            let fields = [
                (":method", "POST"), (":scheme", "https"), (":path", "/v1/events"), (":authority", "localhost"),
                ("content-type", "application/json"), ("authorization", "Bearer \(Stage.key)"),
            ]
            try await client.request(fields, on: 1, endsStream: false)
            let event = #"{"id":"e1","name":"n","customer_id":"c"}"#
            try await client.send(type: Self.data, flags: 1, stream: 1, Array(event.utf8))
            try await waitUntil("the request is answered") { !client.frames(Self.headers, on: 1).isEmpty }
            let address = "https://localhost:\(stage.port)/v1/events/e1"
            let answer = try await Certificates(in: stage.folder).ask(address, trusting: "one")
            #expect(answer.status == 200, "\(answer)")
        }
    }
}
