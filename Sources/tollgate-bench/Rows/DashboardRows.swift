import AsyncHTTPClient
import Foundation
import NIOCore
import NIOHTTP1

/// The row about people who look at the dashboard.
extension BenchRun {
    /// In turns at one gateway, three times each, because the two differ by less than the machine does from minute to minute.
    /// - Parameter events: how many are stored beforehand.
    func dashboardRow(events: Int) async throws -> Row {
        let browsers = 10
        return try await Sink.whileRunning(in: scratch) { sink in
            try await withGateway(.watched, sink: sink) { gateway in
                let stored = try await load(gateway, batch: 100, events: events)
                let wanted = stored.events * BenchRoutes.watched.vendors.count
                _ = try await sink.waitForDeliveries(wanted, within: .seconds(300))
                let browser = try await DashboardBrowser(signedInAt: gateway.port)
                let first = try await browser.open("/dashboard")
                let refresh = try await costOfRefresh(gateway) { try await browser.refresh("?refresh=\($0)") }
                let shared = try await costOfRefresh(gateway) { _ in try await browser.refresh() }
                var (alone, watched): ([LoadReport], [LoadReport]) = ([], [])
                for _ in 1...3 {
                    alone.append(try await load(gateway, seconds: max(seconds, 5)))
                    watched.append(
                        try await withThrowingTaskGroup { group in
                            for _ in 1...browsers { group.addTask { await browser.watch(every: .seconds(5)) } }
                            defer { group.cancelAll() }
                            return try await load(gateway, seconds: max(seconds, 5))
                        }
                    )
                }
                let unwatched = Limit(name: "unwatched", value: Self.median(alone.map(\.requestsPerSecond)))
                return Row(
                    .dashboard,
                    "accept one event a request while \(browsers) browsers show the Overview, over \(events) stored events",
                    [
                        Figure("", Self.median(watched.map(\.requestsPerSecond)), "requests/s", of: unwatched),
                        Figure("CPU of a refresh", refresh * 1000, "ms"),
                        Figure("of one that others asked for, too", shared * 1000, "ms"),
                        Figure("first page", first.seconds * 1000, "ms"),
                        Figure("with its assets", Double(first.bytes) / 1000, "kB"),
                    ]
                )
            }
        }
    }

    /// Seconds of processor time of the whole gateway, without what it takes when nobody looks.
    /// - Parameter refresh: given the number of the refresh. Those of one address share what is written once a second.
    private func costOfRefresh(
        _ gateway: BenchServer,
        _ refresh: @Sendable (Int) async throws -> Void
    ) async throws -> Double {
        let count = 200
        let (start, before) = (ContinuousClock.now, gateway.process.usage.processorSeconds)
        for number in 1...count { try await refresh(number) }
        let (end, after) = (ContinuousClock.now, gateway.process.usage.processorSeconds)
        // As long as that without refreshes: a second has a hundred ticks.
        let pause = max(end - start, .seconds(1))
        try await Task.sleep(for: pause)
        let idle = (gateway.process.usage.processorSeconds - after) * ((end - start) / pause)
        return max(0, after - before - idle) / Double(count)
    }
}

/// Opens pages of the dashboard as a browser does.
struct DashboardBrowser: Sendable {
    private let address: String
    private let cookie: String

    /// A redirection is followed by the browser itself, with its cookie.
    private static let client: HTTPClient = {
        var configuration = HTTPClient.Configuration.singletonConfiguration
        configuration.redirectConfiguration = .disallow
        return HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
    }()

    /// Signs in with the benchmark's key.
    init(signedInAt port: Int) async throws {
        address = "http://127.0.0.1:\(port)"
        var request = HTTPClientRequest(url: "\(address)/dashboard/sign-in")
        request.method = .POST
        request.headers.add(name: "Content-Type", value: "application/x-www-form-urlencoded")
        request.headers.add(name: "Sec-Fetch-Site", value: "same-origin")
        request.body = .bytes(ByteBuffer(string: "key=\(BenchRoutes.key)&to=/dashboard"))
        let response = try await Self.client.execute(request, timeout: .seconds(60))
        _ = try await response.body.collect(upTo: 1 << 20)
        guard let cookie = response.headers.first(name: "set-cookie")?.prefix(while: { $0 != ";" }) else {
            throw BenchFailure(description: "signing in at the dashboard gave \(response.status) and no cookie")
        }
        self.cookie = String(cookie)
    }

    /// What a page took, and how many bytes it has together with what it loads.
    func open(_ path: String) async throws -> (seconds: Double, bytes: Int) {
        let start = ContinuousClock.now
        let page = try await get(path)
        let seconds = (ContinuousClock.now - start) / .seconds(1)
        var bytes = page.utf8.count
        for match in page.matches(of: #/(?:href|src)="(/dashboard/assets/[^"]+)"/#) {
            bytes += try await get(String(match.1)).utf8.count
        }
        return (seconds, bytes)
    }

    /// What the script asks for to bring the Overview up to date.
    /// - Parameter query: which the page does not know, so that it is written for this refresh alone.
    func refresh(_ query: String = "") async throws { _ = try await get("/dashboard\(query)", isRefresh: true) }

    /// Refreshes the Overview until the task is cancelled.
    func watch(every pause: Duration) async {
        while !Task.isCancelled {
            try? await refresh()
            try? await Task.sleep(for: pause)
        }
    }

    /// Loads a page as a browser would, or only its content for a refresh.
    private func get(_ path: String, isRefresh: Bool = false) async throws -> String {
        var request = HTTPClientRequest(url: address + path)
        request.headers.add(name: "Cookie", value: cookie)
        if isRefresh { request.headers.add(name: "X-Dashboard-Refresh", value: "1") }
        let response = try await Self.client.execute(request, timeout: .seconds(60))
        guard response.status == .ok else {
            throw BenchFailure(description: "\(path) of the dashboard gave \(response.status)")
        }
        return String(buffer: try await response.body.collect(upTo: 8 << 20))
    }
}
