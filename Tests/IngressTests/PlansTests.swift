import Access
import ConfigurationFile
import Events
import Foundation
import Ingress
import JSON
import Journal
import NIOHTTP1
import Synchronization
import Testing

@Suite struct PlansTests {
    /// Keeps what was ordered, and answers with what a test gives it.
    private final class Planning: RoutesPlanning {
        private let kept = Mutex<[PlanOrder]>([])
        private let result: Result<PlanAnswer, PlanError>

        init(
            _ result: Result<PlanAnswer, PlanError> = .success(
                PlanAnswer(json: Array(#"{"id":"p"}"#.utf8), isFinished: true)
            )
        ) {
            self.result = result
        }

        var orders: [PlanOrder] { kept.withLock { $0 } }

        func plan(_ order: PlanOrder, by caller: Caller) async throws(PlanError) -> PlanAnswer {
            kept.withLock { $0.append(order) }
            return try result.get()
        }

        func plan(_ id: String, for client: Client) async throws(PlanError) -> PlanAnswer { try result.get() }
    }

    private func post(_ server: IngressFixture, _ query: String, key: String = "operator-key") async throws
        -> IngressFixture.Answer
    {
        try await server.send(
            .POST,
            "/v1/plans\(query)",
            Array(#"{"version": 1}"#.utf8),
            headers: [("Content-Type", "application/json")],
            key: key
        )
    }

    @Test(
        arguments: [
            ("", .occurred, nil, nil, 100), ("?from=2026-01-01T00:00:00Z", .occurred, 1_767_225_600_000, nil, 100),
            (
                "?accepted_from=1767225600&accepted_until=1767225601&sample=10%25", .accepted, 1_767_225_600_000,
                1_767_225_601_000, 10
            ), ("?sample=0.5", .occurred, nil, nil, 0.5),
        ] as [(String, RecordedWindow.Clock, Int64?, Int64?, Double)]
    )
    func `orders a plan of the body for the window`(
        _ query: String,
        _ clock: RecordedWindow.Clock,
        _ from: Int64?,
        _ until: Int64?,
        _ sample: Double
    ) async throws {
        let planning = Planning()
        try await IngressFixture.with(planning: planning) { (server) async throws in
            #expect(try await post(server, query).status == 200)
            let order = try #require(planning.orders.first)
            guard case .file(let file) = order.subject else {
                Issue.record("\(order.subject)")
                return
            }
            #expect(file == Array(#"{"version": 1}"#.utf8))
            #expect(order.clock == clock)
            #expect(order.from?.milliseconds == from)
            #expect(order.until?.milliseconds == until)
            #expect(order.sample == sample)
        }
    }

    @Test(
        arguments: [
            ("?from=2026-02-01T00:00:00Z&until=2026-01-01T00:00:00Z", "is before \"from\""),
            ("?from=2026-01-01T00:00:00Z&until=2026-01-01T00:00:00Z", "has no events"),
            ("?from=2026-01-01T00:00:00Z&accepted_until=2026-02-01T00:00:00Z", "use one pair"),
            ("?sample=0", "above 0"), ("?sample=101%25", "up to 100"), ("?sample=nan", "above 0"),
            ("?sample=a", "such as 10%"), ("?window=1d", "is not a parameter here"), ("?from=yesterday", "timestamp"),
        ]
    )
    func `refuses a window or a sample that makes no sense, with one sentence`(_ query: String, _ words: String)
        async throws
    {
        let planning = Planning()
        try await IngressFixture.with(planning: planning) { (server) async throws in
            let answer = try await post(server, query)
            #expect(answer.status == 400)
            #expect((try answer.object["detail"] as? String ?? "").contains(words))
            #expect(planning.orders.isEmpty)
        }
    }

    @Test func `needs the scope, and says that a plan is not finished`() async throws {
        let planning = Planning(.success(PlanAnswer(json: Array(#"{"id":"p"}"#.utf8), isFinished: false)))
        try await IngressFixture.with(planning: planning) { (server) async throws in
            #expect(try await post(server, "", key: IngressFixture.key).status == 403)
            #expect(try await server.send(.GET, "/v1/plans/p", key: "read-key").status == 403)
            #expect(planning.orders.isEmpty)
            #expect(try await post(server, "").status == 202)
            #expect(try await server.send(.GET, "/v1/plans/p", key: "operator-key").status == 202)
        }
    }

    @Test(
        arguments: [
            (
                .beforeRetention(earliest: Timestamp(milliseconds: 1_767_225_600_000)), 422,
                "start the window at 2026-01-01T00:00:00.000Z or later"
            ),
            (.busy, 503, "one at a time"), (.unknown, 404, "kept for 7 days"),
            (.store(.failed(reason: "disk")), 503, "the log has the reason"), (.file(reason: "EACCES"), 503, "plans"),
            (
                .faulty(
                    FaultyConfiguration(faults: [
                        ConfigurationFault(
                            severity: .error,
                            position: JSONPosition(line: 3, column: 7),
                            message: "unknown mode"
                        )
                    ])
                ), 422, "see faults"
            ),
        ] as [(PlanError, Int, String)]
    )
    func `says why there is no plan`(_ error: PlanError, _ status: Int, _ words: String) async throws {
        try await IngressFixture.with(planning: Planning(.failure(error))) { (server) async throws in
            let answer = try await post(server, "")
            #expect(answer.status == status)
            #expect((try answer.object["detail"] as? String ?? "").contains(words))
            if case .faulty = error {
                let fault = try #require((try answer.object["faults"] as? [[String: Any]])?.first)
                #expect(fault["line"] as? Int == 3)
                #expect(fault["column"] as? Int == 7)
            }
        }
    }
}
