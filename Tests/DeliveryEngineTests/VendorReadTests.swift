import Events
import NIOPosix
import Routing
import Synchronization
import TestSupport
import Testing
import VendorReads
import Vendors

@testable import DeliveryEngine

/// Reads of clients come behind deliveries, and those that hang take nothing from anybody.
@Suite struct VendorReadTests {
    let start = ClockReading(instant: .now, wall: Timestamp(milliseconds: 1_700_000_000_000))

    // MARK: - The machine

    /// At most one request in 100 ms, and two at once.
    private func makeMachine(concurrency: Int = 8) -> PipelineMachine {
        let settings = PipelineSettings(
            provider: "acme",
            batch: BatchLimit(events: 1, bytes: 1 << 20),
            deduplication: .byIdentity(memory: nil),
            concurrency: concurrency,
            rateLimit: RateLimit(requests: 20, per: .milliseconds(1800))
        )
        return PipelineMachine(settings: settings, seed: 1, at: start)
    }

    private enum Passed: Equatable { case delivery, read }

    /// What leaves at `now`, with what the machine was told of.
    private func passed(_ machine: inout PipelineMachine, at now: ClockReading) -> [Passed] {
        var passed: [Passed] = []
        machine.woke()
        while let step = machine.next(at: now) {
            switch step {
            case .send: passed.append(.delivery)
            case .admitRead: passed.append(.read)
            case .claim: machine.foundNothing()
            case .settle(let settlement): machine.settled(settlement)
            case .claimDue, .intend, .save, .bringForward, .watch, .wake, .finish, .admitBackfill, .askTurn, .endTurn:
                break
            }
        }
        return passed
    }

    @Test func `a read takes a token that no delivery wants`() {
        var machine = makeMachine()
        for _ in 0..<3 { machine.readWaits() }
        #expect(passed(&machine, at: start) == [.read, .read])
        #expect(passed(&machine, at: start + .milliseconds(99)) == [])
        #expect(passed(&machine, at: start + .milliseconds(101)) == [.read])
        #expect(passed(&machine, at: start + .milliseconds(1000)) == [])
    }

    @Test func `deliveries go first, and a read that has given up takes no token`() {
        var machine = makeMachine()
        _ = machine.next(at: start)
        for _ in 0..<2 { machine.readWaits() }
        machine.readGaveUp()
        machine.claimed(.init(items: (1...4).map { .sample($0) }), at: start)
        #expect(passed(&machine, at: start) == [.delivery, .delivery])
        #expect(passed(&machine, at: start + .milliseconds(101)) == [.delivery])
        #expect(passed(&machine, at: start + .milliseconds(202)) == [.delivery])
        #expect(passed(&machine, at: start + .milliseconds(303)) == [.read])
        #expect(passed(&machine, at: start + .milliseconds(1000)) == [])
    }

    @Test func `a read leaves deliveries a token that wait for an answer`() {
        var machine = makeMachine(concurrency: 1)
        _ = machine.next(at: start)
        for _ in 0..<3 { machine.readWaits() }
        machine.claimed(.init(items: (1...2).map { .sample($0) }), at: start)
        #expect(passed(&machine, at: start) == [.delivery])
        #expect(passed(&machine, at: start + .milliseconds(101)) == [.read])
        #expect(passed(&machine, at: start + .milliseconds(110)) == [])
    }

    @Test func `a read waits while the vendor wants no requests, and no longer`() throws {
        var machine = makeMachine()
        _ = machine.next(at: start)
        machine.claimed(.init(items: [.sample(1)]), at: start)
        guard case .send(let batch)? = machine.next(at: start) else { throw Unexpected.step }
        let limited = DeliveryFault(code: .rateLimited, message: "too many")
        let facts = AttemptFacts(at: start.wall, latency: .milliseconds(1), httpStatus: 429)
        machine.called(batch, .all(.retry(limited, after: .delay(.seconds(3)))), facts, at: start)
        machine.readWaits()
        #expect(passed(&machine, at: start + .seconds(2)) == [])
        #expect(passed(&machine, at: start + .seconds(3)).contains(.read))
    }

    @Test func `a 429 that a read gets holds deliveries back for the wait, and parks nothing`() throws {
        var machine = makeMachine()
        _ = machine.next(at: start)
        let limited = DeliveryFault(code: .rateLimited, message: "too many")
        machine.readWasLimited(limited, .delay(.seconds(3)), at: start)
        machine.claimed(.init(items: [.sample(1)]), at: start)
        #expect(passed(&machine, at: start + .milliseconds(2999)) == [])
        let held = machine.snapshot(at: start)
        #expect(held.circuit == "closed" && held.parked == nil)
        #expect(held.holdFault == limited && held.heldUntil == start.wall + .seconds(3))
        #expect(passed(&machine, at: start + .seconds(3)) == [.delivery])
    }

    @Test func `a 429 without a wait that a read gets holds deliveries back for a second`() {
        var machine = makeMachine()
        _ = machine.next(at: start)
        machine.readWasLimited(DeliveryFault(code: .rateLimited, message: "too many"), nil, at: start)
        machine.claimed(.init(items: [.sample(1)]), at: start)
        #expect(passed(&machine, at: start + .milliseconds(999)) == [])
        #expect(passed(&machine, at: start + .seconds(1)) == [.delivery])
    }

    // MARK: - The vendor's rate limit

    @Test(arguments: [
        ("Retry-After: 7", RetryAfter.delay(.seconds(7))), ("X-RateLimit-Reset: 9", .delay(.seconds(9))),
    ])
    func `tells the pipeline of the account of a 429, also one without a rate limit of ours`(
        field: String,
        wait: RetryAfter
    ) async throws {
        let vendor = try RawVendor { _ in
            .answer("HTTP/1.1 429 Too Many Requests\r\n\(field)\r\nContent-Length: 0\r\n\r\n")
        }
        defer { vendor.stop() }
        let admission = ReadAdmission()
        let stage = try ReadingStage(port: vendor.port, admission: admission)
        let (wishes, tell) = AsyncStream<ReadAdmission.Wish>.makeStream()
        admission.set({ tell.yield($0) }, givesTurns: false, for: "p")
        guard case .failed(let fault) = try await stage.read(stage.provider) else { throw Unexpected.step }
        #expect(fault.code == .rateLimited)
        var iterator = wishes.makeAsyncIterator()
        guard case .limited(let told, let after)? = await iterator.next() else { throw Unexpected.step }
        #expect(told.code == .rateLimited && after == wait)
        try await stage.shutdown()
    }

    @Test func `tells every pipeline of the account of a 429, and no other`() throws {
        let text = #"""
            {"version": 1, "providers": {
               "one": {"adapter": "lago", "base_url": "https://a.test", "credential": {"env": "K"}},
               "same": {"adapter": "lago", "base_url": "https://a.test", "credential": {"env": "K"}},
               "other": {"adapter": "lago", "base_url": "https://a.test", "credential": {"env": "L"}}},
             "routes": [{"name": "r", "to": [{"provider": "one"}]}], "clients": []}
            """#
        let routes = try RoutesReader(vendors: VendorRegistry.all).read(Array(text.utf8)).routes
        let admission = ReadAdmission()
        let told = Mutex<[ProviderName: [ReadAdmission.Wish]]>([:])
        for provider in routes.providers {
            admission.set(
                { wish in told.withLock { $0[provider.name, default: []].append(wish) } },
                givesTurns: false,
                for: provider.name
            )
        }
        let one = try #require(routes.providers.first { $0.name == "one" })
        for status in [200, 500, 429] {
            let answer = VendorAnswer(status: status, headers: [("Retry-After", "7")], body: [])
            admission.heard(answer, from: one, among: routes.accounts)
        }
        let wishes = told.withLock { $0 }
        #expect(Set(wishes.keys) == ["one", "same"] && wishes["one"] == wishes["same"])
        guard case .limited(_, .delay(.seconds(7)))? = wishes["same"]?.first else { throw Unexpected.step }
        #expect(wishes["same"]?.count == 1)
    }

    // MARK: - The vendor hangs

    @Test func `refuses more reads of one provider than eight, and lets them come again when they have ended`()
        async throws
    {
        let vendor = try RawVendor { _ in .play([.awaitEnd]) }
        defer { vendor.stop() }
        let stage = try ReadingStage(port: vendor.port, admission: ReadAdmission())
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<8 { group.addTask { _ = try await stage.read(stage.provider) } }
            try await waitUntil("eight reads hang") { vendor.connections == 8 }
            await #expect(throws: ReadError.tooMany("p", limit: 8)) { _ = try await stage.read(stage.provider) }
            guard case .failed(let fault) = try await stage.read(stage.other) else { throw Unexpected.step }
            #expect(fault.code == .connectionFailed)
            group.cancelAll()
            try await group.waitForAll()
        }
        // The places are free again: this read ends like the first eight, and is not refused.
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { _ = try await stage.read(stage.provider) }
            try await waitUntil("it is asked") { vendor.connections == 9 }
            group.cancelAll()
            try await group.waitForAll()
        }
        try await stage.shutdown()
    }
}

/// Two providers whose vendors can be read, the one at the address of a test, the other where nobody listens.
private struct ReadingStage: Sendable {
    let provider: ProviderConfiguration
    let other: ProviderConfiguration
    private let questions: VendorQuestions
    private let clients: VendorClients

    init(port: Int, admission: ReadAdmission) throws {
        let text = #"""
            {"version": 1, "providers": {
               "p": {"adapter": "lago", "base_url": "http://127.0.0.1:\#(port)", "credential": {"env": "K"},
                     "timeout": "5m"},
               "other": {"adapter": "lago", "base_url": "http://127.0.0.1:1", "credential": {"env": "K"}}},
             "routes": [{"name": "r", "to": [{"provider": "p"}, {"provider": "other"}]}], "clients": []}
            """#
        let routes = try RoutesReader(vendors: VendorRegistry.all).read(Array(text.utf8)).routes
        (provider, other) = (routes.providers[0], routes.providers[1])
        clients = VendorClients(on: MultiThreadedEventLoopGroup.singleton.next(), mostConnections: 16)
        questions = VendorQuestions(
            routes: CurrentRoutes(routes),
            clients: clients,
            credentials: HTTPVendorCallerTests.Credentials(secret: Secret("secret")),
            adapters: VendorRegistry.all,
            admission: admission
        )
    }

    func read(_ provider: ProviderConfiguration) async throws(ReadError) -> VendorInquiry<[VendorEvent]> {
        let wanted = WantedEvent(id: "e", known: nil, destination: nil)
        guard let reader = provider.adapter.reader else { return .unsupported(nil) }
        return try await questions.ask(reader.find(wanted), at: provider)
    }

    func shutdown() async throws { try await clients.shutdown() }
}
