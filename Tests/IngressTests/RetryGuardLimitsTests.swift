import Events
import Journal
import Routing
import TestSupport
import Testing

@testable import Ingress

/// How much is looked at before a retry of deliveries that two vendors might bill.
@Suite struct RetryGuardLimitsTests {
    /// Whose customers have moved, and the limits; then whether a retry of three deliveries is refused, and by which limit.
    private static let cases: [(moving: RouteName, limits: RetryGuard.Limits, limit: Int?)] = [
        // Each of the three might be on two bills.
        ("r", RetryGuard.Limits(checked: 2, read: 9, page: 1), 2),
        ("r", RetryGuard.Limits(checked: 4, read: 2, page: 1), 2),
        ("r", RetryGuard.Limits(checked: 4, read: 4, page: 1), nil),
        // None of them: the other vendor was never sent them.
        ("moving", RetryGuard.Limits(checked: 1, read: 4, page: 1), nil),
        ("moving", RetryGuard.Limits(checked: 1, read: 2, page: 1), 2),
        // What one page has is looked at, whatever the limits.
        ("r", RetryGuard.Limits(checked: 1, read: 1, page: 9), nil),
    ]

    @Test(arguments: cases)
    func `refuses more than it looks at, and says how to narrow the filter`(
        moving: RouteName,
        limits: RetryGuard.Limits,
        limit: Int?
    ) async throws {
        try await IngressFixture.with { (server) async throws in
            try await RetryGuardTests.makeDeadLetters(server, of: ["a", "b", "c"].map { ($0, RetryGuardTests.now) })
            try RetryGuardTests.move(moving, on: server)
            let retries = RetryGuard(journal: server.store, routes: server.routes, limits: limits)
            var problem: Problem?
            do {
                try await retries.check(DeliveryFilter(tenant: "shop", providers: ["p"]), at: RetryGuardTests.now)
            } catch let error as Problem {
                problem = error
            }
            #expect(problem?.kind == (limit == nil ? nil : "too-many-deliveries"))
            if let limit {
                #expect(problem?.detail.contains("of more than \(limit) deliveries") == true)
                #expect(problem?.detail.contains("narrow the filter") == true)
            }
        }
    }
}
