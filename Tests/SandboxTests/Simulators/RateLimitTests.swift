import HTTPTypes
import Testing

@testable import Sandbox

@Suite struct RateLimitTests {
    private let start = ContinuousClock.now

    @Test func `a window begins with its first call, and refused calls count for nothing`() {
        var windows = RateWindows()
        let limit = RateLimit(requests: 2, windowMilliseconds: 1000)
        let calls: [(after: Int, isRefused: Bool, remaining: Int, wait: Int)] = [
            (0, false, 1, 1000), (900, false, 0, 100), (950, true, 0, 50), (999, true, 0, 1), (1000, false, 1, 1000),
            (1500, false, 0, 500), (1999, true, 0, 1), (5000, false, 1, 1000),
        ]
        for call in calls {
            let verdict = windows.take("a", limit, at: start + .milliseconds(call.after))
            #expect(verdict.isRefused == call.isRefused && verdict.remaining == call.remaining, "\(call)")
            #expect(verdict.wait == .milliseconds(call.wait), "\(call)")
        }
        #expect(!windows.take("b", limit, at: start + .milliseconds(5001)).isRefused)
    }

    @Test func `waits are told in whole seconds, and never as none`() {
        func verdict(_ wait: Duration, window: Int) -> LimitVerdict {
            LimitVerdict(
                isRefused: true,
                limit: .init(requests: 1, windowMilliseconds: window),
                remaining: 0,
                wait: wait
            )
        }
        #expect(verdict(.milliseconds(1), window: 1000).waitSeconds == 1)
        #expect(verdict(.milliseconds(1001), window: 60_000).waitSeconds == 2)
        #expect(verdict(.milliseconds(1001), window: 60_000).windowSeconds == 60)
        #expect(verdict(.zero, window: 100).windowSeconds == 1)
    }

    @Test func `reads and writes share a limit where the vendor says so`() {
        func limit(_ probe: SimulatorProbe, _ method: HTTPRequest.Method, _ path: String) -> String? {
            probe.simulator.limit(
                of: SimulatedRequest(
                    method: method,
                    path: path,
                    query: [],
                    headers: [.contentLength: "0"],
                    body: []
                )
            )
        }
        let (lago, polar, flexprice) = (SimulatorProbe.lago, SimulatorProbe.polar, SimulatorProbe.flexprice)
        #expect(limit(lago, .post, "/api/v1/events") == "events")
        #expect(limit(lago, .get, "/api/v1/customers/c/current_usage") == "current_usage")
        #expect(limit(lago, .post, "/api/v1/events/batch") == limit(lago, .get, "/api/v1/events"))
        #expect(limit(polar, .post, "/v1/events/ingest") == limit(polar, .get, "/v1/events/"))
        #expect(limit(flexprice, .post, "/v1/events") == "single")
        #expect(limit(flexprice, .post, "/v1/events/bulk") == limit(flexprice, .post, "/v1/events/query"))
        #expect(
            flexprice.simulator.kind(
                of: .init(method: .post, path: "/v1/events/query", query: [], headers: [:], body: [])
            ) == .read
        )
        #expect(
            flexprice.simulator.kind(
                of: .init(method: .post, path: "/v1/events/bulk", query: [], headers: [:], body: [])
            ) == .write
        )
    }

    @Test func `each vendor refuses in its own way`() {
        let limit = RateLimit(requests: 500, windowMilliseconds: 60_000)
        let verdict = LimitVerdict(isRefused: true, limit: limit, remaining: 0, wait: .seconds(7))
        let polar = SimulatorProbe.polar.simulator.refused(verdict)
        #expect(polar.status == 429 && polar.body.isEmpty && polar.headers.map(\.1) == ["60"])
        let lago = Dictionary(uniqueKeysWithValues: SimulatorProbe.lago.simulator.headers(verdict))
        #expect(lago == ["X-RateLimit-Limit": "500", "X-RateLimit-Remaining": "0", "X-RateLimit-Reset": "7"])
        let flexprice = Dictionary(uniqueKeysWithValues: SimulatorProbe.flexprice.simulator.headers(verdict))
        #expect(flexprice["X-RateLimit-Reset"].flatMap { Int($0) } ?? 0 > 1_700_000_000)
    }

    @Test func `calls are counted by kind, taken and refused`() {
        let limiter = RateLimiter()
        let limits = ["a": RateLimit(requests: 2, windowMilliseconds: 1000)]
        for kind in [CallKind.read, .write, .read, .write] { _ = limiter.take(kind, "a", limits, at: start) }
        #expect(limiter.take(.read, "a", nil, at: start) == nil && limiter.take(.read, nil, limits, at: start) == nil)
        #expect(limiter.json == ["reads": 3, "writes": 1, "refused_reads": 1, "refused_writes": 1])
    }
}
