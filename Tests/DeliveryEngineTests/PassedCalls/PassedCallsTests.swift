import Dispatch
import Events
import Foundation
import NIOCore
import NIOHTTP1
import Routing
import Synchronization
import Telemetry
import TestSupport
import Testing

@testable import DeliveryEngine

/// When calls leave for a vendor, over which connections, and how they end.
@Suite struct PassedCallsTests {
    private static let good = PassingStage.good
    private static let twice = [RawVendor.Step.read, .send(good), .read, .send(good)]

    /// A call gives its place back when nobody holds it any more.
    private func waitForPlaces(_ stage: PassingStage) async throws {
        try await waitUntil("no call is in flight") { stage.view.passed.figures(of: "p")?.inFlight == 0 }
    }

    // MARK: - Behind deliveries

    /// What a pipeline is told by the calls of a stage.
    private final class Wishes: Sendable {
        private let told = Mutex<[ReadAdmission.Wish]>([])

        var all: [ReadAdmission.Wish] { told.withLock { $0 } }

        init(in stage: PassingStage, givesTurns: Bool) {
            stage.view.reads.set({ wish in self.told.withLock { $0.append(wish) } }, givesTurns: givesTurns, for: "p")
        }
    }

    @Test func `leave only when deliveries leave them a turn`() async throws {
        var limits = PassedCalls.Limits()
        // Longer than the test waits.
        limits.turn = .seconds(600)
        try await PassingStage.set({ _ in .play(Self.twice) }, limits: limits) { (stage) async throws in
            let wishes = Wishes(in: stage, givesTurns: true)
            async let answer = stage.call()
            try await waitUntil("it waits, or has left") { !wishes.all.isEmpty || stage.vendor.connections > 0 }
            #expect(wishes.all == [.read] && stage.vendor.connections == 0)
            stage.view.reads.grant("p")
            #expect(try await answer == "200 good")
        }
    }

    @Test func `are refused if no turn comes in time, and have not left then`() async throws {
        var limits = PassedCalls.Limits()
        limits.turn = .milliseconds(10)
        try await PassingStage.set({ _ in .play(Self.twice) }, limits: limits) { (stage) async throws in
            let wishes = Wishes(in: stage, givesTurns: true)
            await #expect(throws: PassFailure.rateLimited) { _ = try await stage.call("POST", ["x"]) }
            #expect(wishes.all == [.read, .withdraw] && stage.vendor.connections == 0)
            try await waitForPlaces(stage)
            #expect(stage.view.passed.figures(of: "p")?.refused == 1)
        }
    }

    @Test func `are refused while deliveries leave the vendor alone`() async throws {
        try await PassingStage.set({ _ in .play(Self.twice) }) { (stage) async throws in
            let now = ClockReading(instant: .now, wall: SystemWallClock().now)
            let settings = PipelineSettings(
                provider: "p",
                batch: BatchLimit(events: 1, bytes: 1),
                deduplication: .none
            )
            var machine = PipelineMachine(settings: settings, seed: 1, at: now)
            machine.readWasLimited(
                DeliveryFault(code: .rateLimited, message: "too many"),
                .delay(.seconds(600)),
                at: now
            )
            stage.view.monitor.update("p", machine.snapshot(at: now))
            do {
                _ = try await stage.call()
                Issue.record("it was passed")
            } catch PassFailure.resting(let pause) {
                #expect(pause > .seconds(300) && pause <= .seconds(600))
            }
            #expect(stage.vendor.connections == 0)
            stage.view.monitor.update("p", nil)
            #expect(try await stage.call() == "200 good")
        }
    }

    @Test func `tell deliveries what the vendor asks for with 429`() async throws {
        let limited = "HTTP/1.1 429 No\r\nRetry-After: 7\r\nContent-Length: 0\r\n\r\n"
        try await PassingStage.set({ _ in .answer(limited) }) { (stage) async throws in
            let wishes = Wishes(in: stage, givesTurns: false)
            #expect(try await stage.call() == "429 ")
            guard case .limited(_, after: .delay(.seconds(7)))? = wishes.all.first else {
                throw Unexpected.step
            }
        }
    }

    @Test func `are not made without a credential`() async throws {
        try await PassingStage.set({ _ in .play(Self.twice) }, credential: nil) { (stage) async throws in
            let failure = PassFailure.credential(status: nil, reason: "the variable KEY is not set")
            await #expect(throws: failure) { _ = try await stage.call() }
            #expect(stage.vendor.connections == 0)
            try await waitForPlaces(stage)
        }
    }

    @Test func `go on with the trace that they belong to`() async throws {
        try await PassingStage.set({ _ in .play(Self.twice) }) { (stage) async throws in
            let trace = try #require(TraceContext("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"))
            _ = try await stage.call(in: trace)
            let request = try #require(stage.vendor.requests.first)
            #expect(request.contains("\r\ntraceparent: 00-4bf92f3577b34da6a3ce929d0e0e4736-"), "\(request)")
        }
    }

    // MARK: - Connections

    @Test func `take a connection that is free if they read, and one of their own if they write`() async throws {
        try await PassingStage.set({ _ in .play(Self.twice) }) { (stage) async throws in
            func makesConnection(_ method: String) async throws -> Bool {
                let before = stage.vendor.connections
                #expect(try await stage.call(method) == "200 good")
                return stage.vendor.connections > before
            }
            #expect(try await makesConnection("GET"))
            // On a busy machine, a free connection may be kept for too long before the next call.
            try await waitUntil("a read takes a free one") { try await !makesConnection("GET") }
            for method in ["POST", "DELETE"] { #expect(try await makesConnection(method), "\(method)") }
            try await waitUntil("a read takes a free one again") { try await !makesConnection("GET") }
        }
    }

    @Test(arguments: [("GET", 2), ("HEAD", 2), ("POST", 1), ("PUT", 1), ("PATCH", 1), ("DELETE", 1)])
    func `are tried twice if they read and no connection could be made, else once`(method: String, tries: Int)
        async throws
    {
        // Not a word of TLS.
        try await PassingStage.set({ _ in .hangUp }, scheme: "https") { (stage) async throws in
            do {
                _ = try await stage.call(method)
                Issue.record("it was passed")
            } catch PassFailure.notSent {}
            #expect(stage.vendor.connections == tries && stage.vendor.requests.isEmpty)
        }
    }

    @Test(arguments: ["GET", "POST"])
    func `are made once if they may have left`(method: String) async throws {
        try await PassingStage.set({ _ in .readAndHangUp }) { (stage) async throws in
            await #expect(throws: PassFailure.unknown(isTimeout: false)) { _ = try await stage.call(method) }
            #expect(stage.vendor.connections == 1 && stage.vendor.requests.count == 1)
        }
    }

    /// Whenever the vendor closes the connection that is to be used again, also between any two steps of the call: what has not left
    /// goes over another connection, and what has left is not sent again.
    @Test func `fail over a connection that the vendor closes only if they have left`() async throws {
        // How many steps there are depends on how fast the event loop is.
        for _ in 0..<5 {
            var step = 1
            while try await call(closingBefore: step) { step += 1 }
            #expect(step > 1)
        }
    }

    /// Makes two calls, and has the vendor close their connection before a step of the second one.
    /// - Returns: false if it has fewer steps.
    private func call(closingBefore step: Int) async throws -> Bool {
        var hasActed = false
        try await PassingStage.set({ _ in .play(Self.twice + [.awaitEnd]) }) { (stage) async throws in
            #expect(try await stage.call() == "200 good")
            let executor = StepExecutor(before: step) {
                stage.vendor.end(0)
                // The event loop looks at its connections before it does this.
                try? stage.connections.eventLoop.submit {}.wait()
            }
            let result = await withTaskExecutorPreference(executor) { await Result { try await stage.call() } }
            hasActed = executor.hasActed
            switch result {
            case .success(let answer): #expect(answer == "200 good")
            case .failure(let error):
                #expect(error as? PassFailure == .unknown(isTimeout: false), "step \(step)")
                try await waitUntil("the vendor has read all") { stage.vendor.ended == 1 }
                #expect(stage.vendor.requests.count == 2, "step \(step): it had not left")
            }
            if step == 1 { #expect(stage.vendor.connections == 2) }
        }
        return hasActed
    }

    @Test(arguments: [
        "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 4\r\n\r\ngood",
        "HTTP/1.0 200 OK\r\nContent-Length: 4\r\n\r\ngood",
    ])
    func `end a connection that the vendor does not want to keep`(answer: String) async throws {
        try await PassingStage.set({ _ in .play([.read, .send(answer), .awaitEnd]) }) { (stage) async throws in
            for number in 1...2 {
                #expect(try await stage.call() == "200 good")
                #expect(stage.vendor.connections == number)
            }
            try await waitUntil("both are ended") { stage.vendor.ended == 2 }
        }
    }

    @Test func `end a connection over which the rest of a body would follow`() async throws {
        let refusal = "HTTP/1.1 413 No\r\nContent-Length: 2\r\n\r\nno"
        // The vendor takes no more of the body until its answer has come.
        let answered = DispatchSemaphore(value: 0)
        let first = [RawVendor.Step.readSome, .send(refusal), .wait(answered), .awaitEnd]
        try await PassingStage.set({ .play($0 == 0 ? first : Self.twice) }) { (stage) async throws in
            let piece = String(repeating: "x", count: 1 << 20)
            #expect(try await stage.call("POST", [String](repeating: piece, count: 32)) == "413 no")
            answered.signal()
            #expect(try await stage.call() == "200 good")
            #expect(stage.vendor.connections == 2)
        }
    }

    private static let unasked = "HTTP/1.1 200 OK\r\nContent-Length: 8\r\n\r\n"

    /// The rest of it comes when the next call has begun.
    @Test func `never take what follows an answer for the answer to the next call`() async throws {
        let script: [RawVendor.Step] = [
            .read, .send(Self.good + Self.unasked), .read, .send("smuggled" + Self.good),
        ]
        try await PassingStage.set({ .play($0 == 0 ? script : Self.twice) }) { (stage) async throws in
            #expect(try await stage.call() == "200 good")
            #expect(try await stage.call() == "200 good")
            #expect(stage.vendor.connections == 2)
        }
    }

    /// Only the beginning of such an answer is read.
    @Test func `end their connection with an answer that is not handed on`() async throws {
        let long = String(repeating: "x", count: 1 << 20)
        let refusal = "HTTP/1.1 401 No\r\nContent-Length: \(long.utf8.count)\r\n\r\n\(long)"
        try await PassingStage.set({ .play($0 == 0 ? [.read, .send(refusal), .awaitEnd] : Self.twice) }) {
            (stage) async throws in
            do {
                _ = try await stage.call()
                Issue.record("it was handed on")
            } catch PassFailure.credential(status: 401, _) {}
            try await waitUntil("it is ended") { stage.vendor.ended == 1 }
            #expect(try await stage.call() == "200 good")
        }
    }

    @Test func `leave no free connection behind at a shutdown, and none is made after it`() async throws {
        try await PassingStage.set({ _ in .play([.read, .send(Self.good), .awaitEnd]) }) { (stage) async throws in
            #expect(try await stage.call() == "200 good")
            try await stage.connections.shutdown()
            try await waitUntil("it is ended") { stage.vendor.ended == 1 }
            do {
                _ = try await stage.call()
                Issue.record("it was passed")
            } catch PassFailure.notSent {}
            #expect(stage.vendor.connections == 1)
        }
    }

    // MARK: - Bodies

    @Test(arguments: [
        (["ab", "cd"], PassedRequest.Body.length(3)), (["abcd"], .length(3)), (["ab"], .length(3)), ([], .length(3)),
    ])
    func `end when a body is not as long as it said`(pieces: [String], framing: PassedRequest.Body) async throws {
        try await PassingStage.set({ _ in .play([.read, .awaitEnd]) }) { (stage) async throws in
            await #expect(throws: PassFailure.clientGone) { _ = try await stage.call("POST", pieces, framing: framing) }
            #expect(stage.vendor.requests.allSatisfy { !$0.contains("abcd") })
            try await waitUntil("the connection is ended") { stage.vendor.ended == stage.vendor.connections }
            try await waitForPlaces(stage)
        }
    }

    @Test func `send a body of unknown length in chunks, and say so if there is none`() async throws {
        try await PassingStage.set({ _ in .answer(Self.good) }) { (stage) async throws in
            #expect(try await stage.call("POST", ["ab", "", "c"], framing: .chunked) == "200 good")
            #expect(try await stage.call("POST", ["", ""], framing: .chunked) == "200 good")
            let last = try #require(stage.vendor.requests.last)
            #expect(last.contains("\r\nContent-Length: 0\r\n") && !last.contains("Transfer-Encoding"))
        }
    }

    // MARK: - Time

    @Test func `end when the vendor does not read their body in time`() async throws {
        try await PassingStage.set({ _ in .play([]) }, timeout: "1s") { (stage) async throws in
            let piece = String(repeating: "x", count: 1 << 20)
            await #expect(throws: PassFailure.unknown(isTimeout: true)) {
                _ = try await stage.call("POST", [String](repeating: piece, count: 64))
            }
            try await waitForPlaces(stage)
        }
    }

    @Test func `end when they have lasted too long, however steadily the answer comes`() async throws {
        var limits = PassedCalls.Limits()
        limits.call = .milliseconds(500)
        let head = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
        try await PassingStage.set({ _ in .play([.read, .send(head), .drip("1\r\nx\r\n")]) }, limits: limits) {
            (stage) async throws in
            do {
                _ = try await stage.call()
                Issue.record("it came to an end")
            } catch ExchangeFailure.timeout {
            } catch PassFailure.unknown(isTimeout: true) {
                // On a very slow machine, the time is up before the answer has begun.
            }
            #expect(stage.view.passed.figures(of: "p")?.errors == 1)
            try await waitForPlaces(stage)
        }
    }

    // MARK: - Clients that are gone

    @Test func `do not begin for a client that is gone`() async throws {
        try await PassingStage.set({ _ in .play(Self.twice) }) { (stage) async throws in
            let off = PassSwitch()
            off.turnOff()
            await #expect(throws: PassFailure.clientGone) { _ = try await stage.call(endedBy: off) }
            #expect(stage.vendor.connections == 0)
            try await waitForPlaces(stage)
        }
    }

    @Test(arguments: ["", "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf"])
    func `end with their client, and count as no error`(begun: String) async throws {
        // Longer than the test waits.
        try await PassingStage.set({ _ in .play([.read, .send(begun), .awaitEnd]) }, timeout: "5m") {
            (stage) async throws in
            let off = PassSwitch()
            async let answer = Result { () async throws -> String in try await stage.call(endedBy: off) }
            try await waitUntil("the vendor has the request") { stage.vendor.requests.count == 1 }
            if !begun.isEmpty {
                try await waitUntil("the answer has begun") {
                    (stage.view.passed.figures(of: "p")?.latency(percentile: 50)) != nil
                }
            }
            off.turnOff()
            try await waitUntil("the vendor's connection is ended") { stage.vendor.ended == 1 }
            guard case .failure = await answer else { throw Unexpected.step }
            let figures = try #require(stage.view.passed.figures(of: "p"))
            #expect(figures.requests == 1 && figures.errors == 0)
            try await waitForPlaces(stage)
        }
    }

    /// A client hangs up at the moment at which its answer is complete, when the connection carries another call already.
    @Test func `do not end the next call over their connection`() async throws {
        try await PassingStage.set({ _ in .play(Self.twice) }) { (stage) async throws in
            #expect(try await stage.call() == "200 good")
            let target = PassedConnections.Target(
                origin: try VendorOrigin(of: try #require(URLComponents(string: stage.provider.connection.baseURL))),
                mustBeOutside: false
            )
            let connections = stage.connections
            let answer = try await connections.eventLoop.flatSubmit {
                connections.take(target, for: .GET, reuses: true).flatMap {
                    (bound) -> EventLoopFuture<HTTPClientResponsePart> in
                    let connection = bound.value
                    connection.end(call: connection.call - 1, ExchangeFailure.cancelled)
                    return connection.write(
                        ByteBuffer(string: "GET / HTTP/1.1\r\n\r\n"),
                        isLast: true,
                        within: .minutes(2)
                    ).flatMap { _ in bound.value.next(within: .minutes(2)) }
                }
            }.get()
            guard case .head(let head) = answer else { throw Unexpected.step }
            #expect(head.status.code == 200 && stage.vendor.connections == 1)
        }
    }
}

extension Result where Failure == any Error, Success: Sendable {
    fileprivate init(_ body: () async throws -> Success) async {
        do { self = .success(try await body()) } catch { self = .failure(error) }
    }
}
