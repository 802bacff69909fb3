import Access
import Events
import Reports
import Synchronization
import TestSupport
import Testing

@testable import Ingress

@Suite struct SharedRefreshesTests {
    private let start = ContinuousClock.now

    private struct CannotWrite: Error {}

    /// How often something was done, by any task.
    private final class Times: Sendable {
        private let number = Atomic(0)

        var count: Int { number.load(ordering: .relaxed) }

        func add() { number.add(1, ordering: .relaxed) }
    }

    private static func key(
        _ client: ClientName = "shop",
        tenant: TenantID = "shop",
        scopes: Set<Scope> = [.dashboard],
        at address: String = "/dashboard"
    ) -> SharedRefreshes.Key {
        SharedRefreshes.Key(Client(name: client, tenant: tenant, scopes: scopes), address)
    }

    private static func text(_ response: EndpointResponse) -> String {
        guard case .bytes(let bytes) = response.body else { return "a stream" }
        return String(decoding: bytes, as: UTF8.self)
    }

    private static func answer(_ text: String) -> EndpointResponse {
        .json(Array(text.utf8))
    }

    @Test func `gives what was written to others for a second`() async throws {
        let refreshes = SharedRefreshes()
        func text(_ written: String, after time: Duration) async throws -> String {
            Self.text(try await refreshes.response(for: Self.key(), at: start + time) { Self.answer(written) })
        }
        #expect(try await text("first", after: .zero) == "first")
        #expect(try await text("second", after: .milliseconds(999)) == "first")
        #expect(try await text("third", after: .seconds(1)) == "third")
    }

    @Test func `gives nobody what was written for another client, for other scopes, or for another address`()
        async throws
    {
        let refreshes = SharedRefreshes()
        let keys = [
            Self.key(), Self.key("rival"), Self.key(tenant: "rival"), Self.key(scopes: [.dashboard, .admin]),
            Self.key(at: "/dashboard?window=24h"),
        ]
        for (number, key) in keys.enumerated() {
            let response = try await refreshes.response(for: key, at: start) { Self.answer("\(number)") }
            #expect(Self.text(response) == "\(number)")
        }
    }

    @Test func `writes once for all who ask at the same time`() async throws {
        let refreshes = SharedRefreshes()
        let (begun, hasBegun) = AsyncStream<Void>.makeStream()
        let (released, release) = AsyncStream<Void>.makeStream()
        let written = Times()
        try await withThrowingTaskGroup(of: String.self) { group in
            group.addTask {
                Self.text(
                    try await refreshes.response(for: Self.key()) {
                        hasBegun.yield()
                        for await _ in released { break }
                        written.add()
                        return Self.answer("the one")
                    }
                )
            }
            for await _ in begun { break }
            for _ in 1...9 {
                group.addTask {
                    Self.text(
                        try await refreshes.response(for: Self.key()) {
                            written.add()
                            return Self.answer("one more")
                        }
                    )
                }
            }
            try await waitUntil("nine wait") { refreshes.waiting == 9 }
            release.yield()
            for try await text in group { #expect(text == "the one") }
        }
        #expect(written.count == 1)
    }

    @Test func `whoever waits in vain writes for itself`() async throws {
        let refreshes = SharedRefreshes()
        let (begun, hasBegun) = AsyncStream<Void>.makeStream()
        let (released, release) = AsyncStream<Void>.makeStream()
        let failing = Task {
            try await refreshes.response(for: Self.key()) {
                hasBegun.yield()
                for await _ in released { break }
                throw CannotWrite()
            }
        }
        for await _ in begun { break }
        let waiting = Task { try await refreshes.response(for: Self.key()) { Self.answer("own") } }
        try await waitUntil("it waits") { refreshes.waiting == 1 }
        release.yield()
        #expect(Self.text(try await waiting.value) == "own")
        await #expect(throws: CannotWrite.self) { try await failing.value }
    }

    @Test func `gives nobody what was written while its writer was cancelled`() async throws {
        let refreshes = SharedRefreshes()
        let (begun, hasBegun) = AsyncStream<Void>.makeStream()
        let (released, release) = AsyncStream<Void>.makeStream()
        let writer = Task {
            try await refreshes.response(for: Self.key()) {
                hasBegun.yield()
                // Not cancelled with the writer.
                await Task { for await _ in released { break } }.value
                return Self.answer("without its figures")
            }
        }
        for await _ in begun { break }
        let waiting = Task { try await refreshes.response(for: Self.key()) { Self.answer("own") } }
        try await waitUntil("it waits") { refreshes.waiting == 1 }
        writer.cancel()
        release.yield()
        #expect(Self.text(try await writer.value) == "without its figures")
        #expect(Self.text(try await waiting.value) == "own")
    }

    @Test func `whoever is cancelled while it waits does not wait any longer`() async throws {
        let refreshes = SharedRefreshes()
        let (begun, hasBegun) = AsyncStream<Void>.makeStream()
        let (released, release) = AsyncStream<Void>.makeStream()
        let first = Task {
            try await refreshes.response(for: Self.key()) {
                hasBegun.yield()
                for await _ in released { break }
                return Self.answer("first")
            }
        }
        for await _ in begun { break }
        let waiting = Task { try await refreshes.response(for: Self.key()) { Self.answer("own") } }
        try await waitUntil("it waits") { refreshes.waiting == 1 }
        waiting.cancel()
        #expect(Self.text(try await waiting.value) == "own")
        release.yield()
        #expect(Self.text(try await first.value) == "first")
    }

    @Test func `keeps no more than its limit, and forgets what is old`() async throws {
        let refreshes = SharedRefreshes()
        func write(_ number: Int, _ text: String, after time: Duration = .zero) async throws -> String {
            let key = Self.key(at: "/dashboard?n=\(number)")
            return Self.text(try await refreshes.response(for: key, at: start + time) { Self.answer(text) })
        }
        for number in 0..<SharedRefreshes.most { _ = try await write(number, "kept") }
        #expect(try await write(0, "again") == "kept")
        #expect(try await write(SharedRefreshes.most, "one too many") == "one too many")
        #expect(try await write(SharedRefreshes.most, "not kept") == "not kept")
        #expect(try await write(SharedRefreshes.most, "later", after: .seconds(1)) == "later")
        #expect(try await write(SharedRefreshes.most, "and now", after: .seconds(1)) == "later")
    }
}

/// Refreshes of open pages, over HTTP.
@Suite struct OpenPageTests {
    private static let clients = [
        ("boss", "shop", #"["admin"]"#), ("colleague", "shop", #"["dashboard"]"#),
        ("rival", "rival", #"["dashboard","events:read","deliveries:manage"]"#),
    ].map { name, tenant, scopes in
        #"{"name":"\#(name)","tenant":"\#(tenant)","key_sha256":"\#(KeyDigest(of: name).hexadecimal)","scopes":\#(scopes)}"#
    }

    /// Statistics that tell how often they were read.
    private final class CountedStatistics: StatisticsReading {
        private let keeper = StatisticsKeeper(clock: SystemWallClock())
        private let reads = Atomic(0)

        var count: Int { reads.load(ordering: .relaxed) }
        var shortestStep: StatisticsStep { .second }

        func statistics(_ query: StatisticsQuery) -> StatisticsReport {
            reads.add(1, ordering: .relaxed)
            return keeper.statistics(query)
        }
    }

    @Test(arguments: ["/dashboard", "/dashboard/providers"])
    func `two open pages of a client are written once a second`(path: String) async throws {
        let statistics = CountedStatistics()
        try await IngressFixture.with(
            clients: Self.clients,
            statistics: statistics,
            dashboard: DashboardSettings()
        ) { (server) async throws in
            let first = try await DashboardVisitor(signedInWith: "boss", at: server)
            let second = try await DashboardVisitor(signedInWith: "boss", at: server)
            try await waitUntil("two refreshes come within a second") {
                let before = statistics.count
                let one = try await first.refresh(path).text
                let other = try await second.refresh(path).text
                return statistics.count - before <= 1 && one == other && one.contains("/providers/p\"")
            }
        }
    }

    @Test func `a refresh of one client shows nothing of what another client may see`() async throws {
        try await IngressFixture.with(clients: Self.clients, dashboard: DashboardSettings()) {
            (server) async throws in
            var visitors: [String: DashboardVisitor] = [:]
            for name in ["boss", "colleague", "rival"] {
                visitors[name] = try await DashboardVisitor(signedInWith: name, at: server)
            }
            for _ in 1...5 {
                for name in ["boss", "rival", "colleague"] {
                    let visitor = try #require(visitors[name])
                    let overview = try await visitor.refresh("/dashboard")
                    #expect(overview.status == 200)
                    #expect(overview.text.contains("/providers/p\"") == (name == "boss"), "\(name)")
                    #expect(overview.text.contains("deliveries:manage") == (name == "colleague"), "\(name)")
                    let providers = try await visitor.refresh("/dashboard/providers/p")
                    #expect(providers.status == ["boss": 200, "rival": 404, "colleague": 403][name])
                }
            }
        }
    }

    @Test func `a session that has ended gets no refresh that was written for an open one`() async throws {
        try await IngressFixture.with(clients: Self.clients, dashboard: DashboardSettings()) {
            (server) async throws in
            let ended = try await DashboardVisitor(signedInWith: "boss", at: server)
            let open = try await DashboardVisitor(signedInWith: "boss", at: server)
            _ = try await ended.post("/dashboard/sign-out")
            #expect(try await open.refresh("/dashboard").status == 200)
            #expect(try await ended.refresh("/dashboard").status == 401)
        }
    }
}
