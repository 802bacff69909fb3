import Access
import Events
import Testing

@Suite struct ClientLimiterTests {
    private let start = ContinuousClock.now

    private func client(_ name: String = "shop", requests: RateLimit? = nil, events: RateLimit? = nil) -> Client {
        Client(
            name: ClientName(name),
            tenant: "t",
            scopes: [.writeEvents],
            limits: ClientLimits(requests: requests, events: events)
        )
    }

    @Test func `says what was too much, and when it is worth another try`() async {
        let limiter = ClientLimiter()
        let limit = RateLimit(requests: 1, per: .seconds(3))
        await #expect(throws: Never.self) { try await limiter.admitRequest(of: client(requests: limit), at: start) }
        let expected = LimitExceeded(what: .requests, limit: limit, wait: .milliseconds(1500))
        await #expect(throws: expected) {
            try await limiter.admitRequest(of: client(requests: limit), at: start + .milliseconds(1500))
        }
        #expect(expected.retryAfterSeconds == 2)
        #expect(LimitExceeded(what: .events, limit: limit, wait: .milliseconds(1)).retryAfterSeconds == 1)
    }

    @Test func `says which part of its limits a client uses`() async throws {
        let limiter = ClientLimiter()
        let shop = client(
            requests: RateLimit(requests: 4, per: .seconds(4)),
            events: RateLimit(requests: 10, per: .seconds(1))
        )
        let silent = limiter.use(of: shop, at: start)
        #expect(silent.requests == 0 && silent.events == 0)
        for _ in 1...2 { try await limiter.admitRequest(of: shop, at: start) }
        try await limiter.admit(events: 10, of: shop, at: start)
        let busy = limiter.use(of: shop, at: start)
        #expect(busy.requests == 0.5 && busy.events == 1)
        let later = limiter.use(of: shop, at: start + .seconds(1))
        #expect(later.requests == 0.25 && later.events == 0)
        let unlimited = limiter.use(of: client("other"), at: start)
        #expect(unlimited.requests == nil && unlimited.events == nil)
        // Other limits begin with full buckets.
        #expect(limiter.use(of: client(requests: RateLimit(requests: 5, per: .seconds(4))), at: start).requests == 0)
    }

    @Test func `counts requests and events, and each client, for themselves`() async {
        let limiter = ClientLimiter()
        let limit = RateLimit(requests: 1, per: .seconds(60))
        await #expect(throws: Never.self) {
            for name in ["a", "b"] {
                try await limiter.admitRequest(of: client(name, requests: limit, events: limit), at: start)
                try await limiter.admit(events: 1, of: client(name, requests: limit, events: limit), at: start)
            }
        }
        await #expect(throws: LimitExceeded.self) {
            try await limiter.admit(events: 1, of: client("a", requests: limit, events: limit), at: start)
        }
    }

    @Test func `does not count what it refuses`() async {
        let limiter = ClientLimiter()
        let limited = client(events: RateLimit(requests: 10, per: .seconds(10)))
        await #expect(throws: Never.self) { try await limiter.admit(events: 9, of: limited, at: start) }
        for _ in 0..<5 {
            await #expect(throws: LimitExceeded.self) { try await limiter.admit(events: 2, of: limited, at: start) }
        }
        await #expect(throws: Never.self) { try await limiter.admit(events: 1, of: limited, at: start) }
    }

    @Test func `begins anew when the limits change`() async {
        let limiter = ClientLimiter()
        let (old, new) = (RateLimit(requests: 1, per: .seconds(60)), RateLimit(requests: 2, per: .seconds(60)))
        await #expect(throws: Never.self) { try await limiter.admitRequest(of: client(requests: old), at: start) }
        await #expect(throws: LimitExceeded.self) {
            try await limiter.admitRequest(of: client(requests: old), at: start)
        }
        await #expect(throws: Never.self) { try await limiter.admitRequest(of: client(requests: new), at: start) }
    }

    @Test func `never stops a client without limits`() async {
        let limiter = ClientLimiter()
        await #expect(throws: Never.self) {
            for _ in 0..<10_000 {
                try await limiter.admitRequest(of: client(), at: start)
                try await limiter.admit(events: 1000, of: client(), at: start)
            }
        }
    }
}
