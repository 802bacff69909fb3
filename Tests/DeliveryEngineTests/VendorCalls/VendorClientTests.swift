import Dispatch
import Events
import NIOCore
import NIOPosix
import TestSupport
import Testing
import Transport

@testable import DeliveryEngine

/// What becomes of connections over several calls, with vendors that behave in every way a vendor may and some that none may.
@Suite struct VendorClientTests {
    private static let good = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}"

    /// A client and callers of a vendor that acts by a script.
    private struct Line {
        let vendor: RawVendor
        let client: VendorClient

        func caller(
            scheme: String = "http",
            timeout: Duration = .seconds(120),
            secret: String = "secret",
            mayRepeat: Bool = true
        ) -> HTTPVendorCaller {
            HTTPVendorCaller(
                client: client,
                endpoint: VendorEndpoint(
                    provider: "acme",
                    baseURL: "\(scheme)://127.0.0.1:\(vendor.port)",
                    credential: .header(name: "Authorization", prefix: ""),
                    timeout: timeout,
                    mayRepeat: mayRepeat
                ),
                credentials: HTTPVendorCallerTests.Credentials(secret: Secret(secret))
            )
        }

        func call(method: String = "POST", body: String = "{}") async -> CallResult {
            await caller().call(VendorRequest(method: method, path: "/events", body: Array(body.utf8)))
        }

        /// The status of the answer; nil if there is none.
        func status(method: String = "POST", body: String = "{}") async -> Int? {
            guard case .answer(let answer) = await call(method: method, body: body) else { return nil }
            return answer.status
        }
    }

    /// - Parameter scripts: one a connection; the last stands for all that follow.
    private func withLine(
        _ scripts: [[RawVendor.Step]],
        _ body: (Line) async throws -> Void
    ) async throws {
        let vendor = try RawVendor { .play(scripts[min($0, scripts.count - 1)]) }
        defer { vendor.stop() }
        let eventLoop = MultiThreadedEventLoopGroup.singleton.next()
        let line = Line(vendor: vendor, client: VendorClient(on: eventLoop))
        // Away from the other tests, which may take all threads for longer than a connection stays.
        try await withTaskExecutorPreference(EventLoopExecutor(eventLoop)) {
            do {
                try await body(line)
            } catch {
                try await line.client.shutdown()
                throw error
            }
            try await line.client.shutdown()
        }
    }

    private func text(_ result: CallResult) -> String? {
        guard case .answer(let answer) = result else { return nil }
        return "\(answer.status) \(String(decoding: answer.body, as: UTF8.self))"
    }

    // MARK: - Connections are used again where they may be

    @Test func `uses a connection again`() async throws {
        try await withLine([[.read, .send(Self.good), .read, .send(Self.good), .read, .send(Self.good)]]) {
            (line) async throws in
            for _ in 0..<3 { #expect(text(await line.call()) == "200 {}") }
            #expect(line.vendor.connections == 1 && line.vendor.requests.count == 3)
        }
    }

    @Test(arguments: [
        "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\n{}",
        "HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\n{}",
    ])
    func `uses no connection again that the vendor wants to end`(answer: String) async throws {
        try await withLine([[.read, .send(answer), .awaitEnd], [.read, .send(Self.good)]]) { (line) async throws in
            #expect(text(await line.call()) == "200 {}")
            #expect(text(await line.call()) == "200 {}")
            #expect(line.vendor.connections == 2)
            try await waitUntil("the client has ended the connection") { line.vendor.ended == 1 }
        }
    }

    @Test(arguments: [
        "HTTP/1.0 200 OK\r\n\r\n", "HTTP/1.1 200 OK\r\n\r\n", "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n",
    ])
    func `takes the end of a connection for the end of an answer without a length`(head: String) async throws {
        let script: [RawVendor.Step] = [.read, .send(head + #"{"a""#), .send(":1}"), .finish]
        try await withLine([script]) { (line) async throws in
            #expect(text(await line.call()) == #"200 {"a":1}"#)
            #expect(text(await line.call()) == #"200 {"a":1}"#)
            #expect(line.vendor.connections == 2)
        }
    }

    @Test func `makes a new connection when the vendor has ended the old one between requests`() async throws {
        try await withLine([[.read, .send(Self.good), .finish], [.read, .send(Self.good)]]) { (line) async throws in
            #expect(await line.status() == 200)
            try await waitUntil("the client has ended the connection") { line.vendor.ended == 1 }
            #expect(await line.status() == 200)
            #expect(line.vendor.requests.count == 2)
        }
    }

    /// The vendor's end has arrived, but the event loop, which the test holds, has not heard of it.
    @Test(arguments: [true, false])
    func `sends nothing over a connection that the vendor has ended a moment ago`(mayRepeat: Bool) async throws {
        let (mayEnd, hasEnded) = (DispatchSemaphore(value: 0), DispatchSemaphore(value: 0))
        let twice = [RawVendor.Step.read, .send(Self.good), .read, .send(Self.good)]
        let scripts = [twice + [.wait(mayEnd), .end(hasEnded), .read, .awaitEnd], twice]
        try await withLine(scripts) { (line) async throws in
            for _ in 0..<2 { #expect(await line.status() == 200) }
            func letItEnd() {
                mayEnd.signal()
                hasEnded.wait()
            }
            letItEnd()
            let last = await line.caller(mayRepeat: mayRepeat).call(VendorRequest(path: "/events", body: []))
            #expect(text(last) == "200 {}")
            #expect(line.vendor.connections == 2 && line.vendor.requests.count == 3)
        }
    }

    @Test func `leaves it unknown when a connection that was used before ends after a request`() async throws {
        for end in [RawVendor.Step.finish, .reset] {
            try await withLine([[.read, .send(Self.good), .read, end]]) { (line) async throws in
                #expect(await line.status() == 200)
                guard case .unknown(let fault) = await line.call() else { throw Unexpected.step }
                #expect(fault.code == .connectionFailed)
                // Sent once: what may be there must not be there twice.
                #expect(line.vendor.requests.count == 2 && line.vendor.connections == 1)
            }
        }
    }

    @Test func `a name that is slow to resolve holds up no other vendor, and nothing is sent`() async throws {
        let vendor = try RawVendor { _ in .answer(Self.good) }
        defer { vendor.stop() }
        let over = DispatchSemaphore(value: 0)
        let names = NameResolver(lookUp: { host in
            if host == "slow.test" { over.wait() }
            if host != "fast.test" { throw UnresolvedName() }
            return [try SocketAddress(ipAddress: "127.0.0.1", port: 0)]
        })
        let client = VendorClient(on: MultiThreadedEventLoopGroup.singleton.next(), names: names)
        @Sendable func call(_ host: String, timeout: Duration = .seconds(120)) async -> CallResult {
            let endpoint = VendorEndpoint(
                provider: "acme",
                baseURL: "http://\(host):\(vendor.port)",
                credential: .header(name: "Authorization", prefix: ""),
                timeout: timeout
            )
            let credentials = HTTPVendorCallerTests.Credentials(secret: Secret("secret"))
            let caller = HTTPVendorCaller(client: client, endpoint: endpoint, credentials: credentials)
            return await caller.call(VendorRequest(path: "/events", body: Array("{}".utf8)))
        }
        async let slow = call("slow.test", timeout: .milliseconds(500))
        #expect(text(await call("fast.test")) == "200 {}")
        guard case .notSent(let fault) = await call("none.test") else { throw Unexpected.step }
        #expect(fault.code == .connectionFailed && fault.message.hasSuffix("its name could not be resolved"))
        guard case .notSent(let late) = await slow else { throw Unexpected.step }
        #expect(late.code == .timeout)
        over.signal()
        try await client.shutdown()
        #expect(vendor.requests.count == 1)
    }

    @Test func `knows of every request that must not be repeated, at a vendor that ends connections without a word`()
        async throws
    {
        let vendor = try RawVendor { _ in .answer(Self.good) }
        defer { vendor.stop() }
        let eventLoop = MultiThreadedEventLoopGroup.singleton.next()
        let line = Line(vendor: vendor, client: VendorClient(on: eventLoop))
        let caller = line.caller(mayRepeat: false)
        let request = VendorRequest(path: "/events", body: Array("{}".utf8))
        // As a pipeline does it: the next request is there as soon as an answer is.
        let results = await withTaskGroup(of: [CallResult].self) { group in
            for _ in 0..<8 {
                group.addTask(executorPreference: EventLoopExecutor(eventLoop)) {
                    var results: [CallResult] = []
                    for _ in 0..<25 { results.append(await caller.call(request)) }
                    return results
                }
            }
            return await group.reduce(into: []) { $0 += $1 }
        }
        try await line.client.shutdown()
        #expect(results.count { self.text($0) == "200 {}" } == 200)
        #expect(vendor.requests.count == 200)
    }

    @Test func `uses a connection again for requests that must not be repeated, once the vendor has kept one`()
        async throws
    {
        let script = (0..<100).flatMap { _ in [RawVendor.Step.read, .send(Self.good)] }
        try await withLine([script]) { (line) async throws in
            // A request that may be repeated finds out.
            for _ in 0..<3 { #expect(await line.status() == 200) }
            let caller = line.caller(mayRepeat: false)
            for _ in 0..<20 {
                #expect(text(await caller.call(VendorRequest(path: "/events", body: Array("{}".utf8)))) == "200 {}")
            }
            #expect(line.vendor.connections == 1 && line.vendor.requests.count == 23)
        }
    }

    @Test func `carries many calls at once, and no more than 64 over connections of their own`() async throws {
        let answers = [[RawVendor.Step]](
            repeating: (0..<200).flatMap { _ in [RawVendor.Step.read, .send(Self.good)] },
            count: 1
        )
        try await withLine(answers) { (line) async throws in
            let statuses = await withTaskGroup(of: Int?.self) { group in
                for _ in 0..<200 { group.addTask { await line.status() } }
                return await group.reduce(into: []) { $0.append($1) }
            }
            #expect(statuses == [Int?](repeating: 200, count: 200))
            #expect(line.vendor.connections <= 64 && line.vendor.requests.count == 200)
        }
    }

    // MARK: - Answers in every shape

    @Test(arguments: [
        (["HTTP/1.1 100 Continue\r\n\r\n", Self.good], "200 {}"),
        (["HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n", "HTTP/1.1 100 Continue\r\n\r\n" + Self.good], "200 {}"),
        (
            ["HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\n{\r\n", "1;x=y\r\n}\r\n0\r\nT: 1\r\n\r\n"],
            "200 {}"
        ),
        (["HTTP/1.1 2", "04 No Cont", "ent\r\n\r", "\n"], "204 "),
        (["HTTP/1.1 304 Not Modified\r\nContent-Length: 9\r\n\r\n"], "304 "),
        (["HTTP/1.1 599 \r\nContent-Length: 0\r\n\r\n"], "599 "),
        (["HTTP/1.1 200 OK\ncontent-LENGTH:2\r\n\r\n{}"], nil),
    ])
    func `reads an answer and uses the connection again`(parts: [String], expected: String?) async throws {
        let one: [RawVendor.Step] = [.read] + parts.map { .send($0) }
        try await withLine([one + one]) { (line) async throws in
            #expect(text(await line.call()) == expected)
            guard expected != nil else { return }
            #expect(text(await line.call()) == expected)
            #expect(line.vendor.connections == 1)
        }
    }

    @Test func `keeps 4 MiB of an answer and reads on to its end`() async throws {
        let long = String(repeating: "x", count: 5 << 20)
        let answer = "HTTP/1.1 200 OK\r\nContent-Length: \(long.utf8.count)\r\n\r\n\(long)"
        try await withLine([[.read, .send(answer), .read, .send(Self.good)]]) { (line) async throws in
            guard case .answer(let cut) = await line.call() else { throw Unexpected.step }
            #expect(cut.body.count == 4 << 20)
            #expect(text(await line.call()) == "200 {}" && line.vendor.connections == 1)
        }
    }

    @Test func `does not read fields without end`() async throws {
        let field = "X-Long: \(String(repeating: "x", count: 1 << 20))\r\n"
        try await withLine([[.read, .send("HTTP/1.1 200 OK\r\n" + field), .awaitEnd]]) { (line) async throws in
            guard case .unknown = await line.call() else { throw Unexpected.step }
            try await waitUntil("the client has ended the connection") { line.vendor.ended == 1 }
        }
    }

    @Test func `takes an answer that comes before the request was read, and sends no other behind that request`()
        async throws
    {
        let refusal = "HTTP/1.1 413 Payload Too Large\r\nContent-Length: 2\r\n\r\n{}"
        let long = String(repeating: "x", count: 32 << 20)
        // The vendor takes no more of the request until its answer has come.
        let answered = DispatchSemaphore(value: 0)
        let early: [RawVendor.Step] = [.readSome, .send(refusal), .wait(answered), .awaitEnd]
        try await withLine([early, [.read, .send(Self.good)]]) { (line) async throws in
            #expect(text(await line.call(body: long)) == "413 {}")
            answered.signal()
            #expect(text(await line.call()) == "200 {}")
            #expect(line.vendor.connections == 2)
        }
    }

    // MARK: - Answers that nobody asked for

    @Test(arguments: ["HTTP/1.1 500 No\r\nContent-Length: 0\r\n\r\n", "more"])
    func `never takes what follows an answer for the answer to the next request`(more: String) async throws {
        let script: [RawVendor.Step] = [.read, .send(Self.good + more), .awaitEnd]
        try await withLine([script, [.read, .send(Self.good)]]) { (line) async throws in
            #expect(text(await line.call()) == "200 {}")
            try await waitUntil("the client has ended the connection") { line.vendor.ended == 1 }
            #expect(text(await line.call()) == "200 {}")
            #expect(line.vendor.connections == 2)
        }
    }

    @Test func `ends a connection that changes the protocol`() async throws {
        let upgrade = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n"
        try await withLine([[.read, .send(upgrade), .awaitEnd], [.read, .send(Self.good)]]) { (line) async throws in
            #expect(await line.status() != 200)
            try await waitUntil("the client has ended the connection") { line.vendor.ended == 1 }
            #expect(await line.status() == 200)
        }
    }

    // MARK: - Time, cancellation, shutdown

    @Test func `keeps to the deadline of each call, also on a connection that was used before`() async throws {
        try await withLine([[.read, .send(Self.good), .read, .awaitEnd]]) { (line) async throws in
            #expect(await line.status() == 200)
            var timeout = Duration.milliseconds(200)
            var result = await line.caller(timeout: timeout).call(VendorRequest(path: "/", body: []))
            // A machine that is busy with other things may not even begin in this time.
            while case .notSent = result, timeout < .seconds(120) {
                timeout *= 4
                result = await line.caller(timeout: timeout).call(VendorRequest(path: "/", body: []))
            }
            guard case .unknown(let fault) = result else { throw Unexpected.step }
            #expect(fault.code == .timeout)
            try await waitUntil("the client has ended the connection") { line.vendor.ended == 1 }
        }
    }

    @Test func `a peer that does not answer in TLS in time means that nothing left`() async throws {
        try await withLine([[.awaitEnd]]) { (line) async throws in
            let hasty = line.caller(scheme: "https", timeout: .milliseconds(200))
            guard case .notSent(let fault) = await hasty.call(VendorRequest(path: "/", body: [])) else {
                throw Unexpected.step
            }
            #expect(fault.code == .timeout)
        }
    }

    @Test func `ends a call whose task is cancelled`() async throws {
        try await withLine([[.read, .awaitEnd]]) { (line) async throws in
            let isUnknown = try await withThrowingTaskGroup(of: Bool.self) { group in
                group.addTask {
                    guard case .unknown = await line.call() else { return false }
                    return true
                }
                try await waitUntil("the request has left") { line.vendor.requests.count == 1 }
                group.cancelAll()
                return try await group.next() ?? false
            }
            #expect(isUnknown)
            try await waitUntil("the client has ended the connection") { line.vendor.ended == 1 }
        }
    }

    @Test func `a shutdown ends what is in flight, and nothing begins after it`() async throws {
        try await withLine([[.read, .awaitEnd]]) { (line) async throws in
            async let underWay = line.call()
            try await waitUntil("the request has left") { line.vendor.requests.count == 1 }
            try await line.client.shutdown()
            guard case .unknown = await underWay else { throw Unexpected.step }
            guard case .notSent = await line.call() else { throw Unexpected.step }
            #expect(line.vendor.requests.count == 1)
        }
    }

    // MARK: - Requests

    @Test(arguments: [("POST", true), ("PUT", true), ("GET", false), ("DELETE", false)])
    func `says that a request has no body where one could be expected`(method: String, says: Bool) async throws {
        try await withLine([[.read, .send(Self.good)]]) { (line) async throws in
            #expect(await line.status(method: method, body: "") == 200)
            let request = try #require(line.vendor.requests.first)
            #expect(request.hasPrefix("\(method) /events HTTP/1.1\r\nHost: 127.0.0.1:\(line.vendor.port)\r\n"))
            #expect(request.contains("\r\nContent-Length: 0\r\n") == says)
        }
    }

    @Test func `an answer to HEAD has no body, whatever its length says`() async throws {
        let head = "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n"
        try await withLine([[.read, .send(head), .read, .send(Self.good)]]) { (line) async throws in
            #expect(text(await line.call(method: "HEAD", body: "")) == "200 ")
            #expect(text(await line.call()) == "200 {}")
        }
    }

    @Test(arguments: ["a\r\nX-Evil: 1", "a\nb", "a\u{0}b", "a\u{7F}"])
    func `sends no credential that would end its field`(secret: String) async throws {
        try await withLine([[.read, .send(Self.good)]]) { (line) async throws in
            let result = await line.caller(secret: secret).call(VendorRequest(path: "/", body: []))
            guard case .notSent(let fault) = result else { throw Unexpected.step }
            #expect(fault.message.hasSuffix("could not be built") && line.vendor.connections == 0)
        }
    }
}
