import Access
import Events
import Foundation
import NIOHTTP1
import Reports
import Testing

/// `GET /v1/stats`.
@Suite struct StatisticsEndpointTests {
    private static let boss =
        #"{"name":"boss","key_sha256":"\#(KeyDigest(of: "boss-key").hexadecimal)","scopes":["admin"]}"#

    /// Always the same figures, of a provider that tenants share and of one tenant's own account.
    private struct Figures: StatisticsReading {
        var shortestStep = StatisticsStep.second
        var gateways: [StatisticsReport.Gateway]?

        func statistics(_ query: StatisticsQuery) -> StatisticsReport {
            var point = StatisticsPoint()
            point.accepted = 7
            point.backlog = 3
            point.oldestAge = .milliseconds(1500)
            point.p99 = .microseconds(250)
            point.requests = RequestCounts(live: 9, backfills: 8, reads: 2)
            point.concurrency = 5
            point.circuit = .open
            let points = Array(repeating: nil, count: query.count - 1) + [point]
            return StatisticsReport(
                since: Timestamp(milliseconds: 0),
                from: Timestamp(milliseconds: 1000),
                step: query.step,
                whole: points,
                providers: [StatisticsReport.Series(provider: "p", points: points)],
                gateways: gateways
            )
        }
    }

    private func ask(_ server: IngressFixture, _ query: String = "", key: String = "boss-key") async throws
        -> IngressFixture.Answer
    {
        try await server.send(.GET, "/v1/stats" + query, key: key)
    }

    @Test func `shows each figure as a list with a value for each step`() async throws {
        try await IngressFixture.with(clients: [Self.boss], statistics: Figures()) { (server) async throws in
            let answer = try await ask(server, "?window=3s&step=1s")
            #expect(answer.status == 200)
            let object = try answer.object
            #expect(object["step_seconds"] as? Int == 1)
            #expect(object["since"] as? String == "1970-01-01T00:00:00.000Z")
            #expect(object["from"] as? String == "1970-01-01T00:00:01.000Z")
            let total = try #require(object["total"] as? [String: [Any]])
            #expect(total["accepted"]?.map { $0 as? Int } == [nil, nil, 7])
            let provider = try #require((object["providers"] as? [[String: Any]])?.first)
            #expect(provider["name"] as? String == "p")
            func last(_ figure: String) -> Int? { (provider[figure] as? [Any])?.last as? Int }
            #expect(last("backlog") == 3)
            #expect(last("oldest_age_ms") == 1500)
            #expect(last("latency_us_p99") == 250)
            #expect(last("concurrency") == 5)
            #expect(last("requests_live") == 9 && last("requests_backfills") == 8 && last("requests_reads") == 2)
            #expect(provider["rate_limit"] is NSNull, "the vendor of this test has none")
            #expect(total["requests_live"] == nil, "vendors' limits cannot be added up")
            #expect((provider["circuit"] as? [Any])?.map { $0 as? String } == [nil, nil, "open"])
            #expect(total["circuit"] == nil, "the whole has no circuit")
            #expect((provider["latency_us_p50"] as? [Any])?.allSatisfy { $0 is NSNull } == true)
        }
    }

    @Test(arguments: [
        ("", 10, 360), ("?window=2m", 1, 120), ("?window=1h&step=1m", 60, 60), ("?window=48h", 60, 2880),
        ("?step=10s", 10, 360), ("?window=1500ms", 1, 2),
    ])
    func `takes the shortest step that reaches so far`(query: String, step: Int, count: Int) async throws {
        try await IngressFixture.with(clients: [Self.boss], statistics: Figures()) { (server) async throws in
            let object = try await ask(server, query).object
            #expect(object["step_seconds"] as? Int == step)
            let total = try #require(object["total"] as? [String: [Any]])
            #expect(total["accepted"]?.count == count)
        }
    }

    @Test func `refuses windows and steps that there are not, and says which there are`() async throws {
        try await IngressFixture.with(clients: [Self.boss], statistics: Figures()) { (server) async throws in
            for query in [
                "window=0s", "window=-1h", "window=49h", "window=9999999d", "window=99999999999999999999d", "window=1x",
                "window=", "window=1h&window=2h", "step=2s", "step=0s", "step=1h", "window=1h&step=1s",
                "window=3h&step=10s", "window=1e3s", "other=1",
            ] {
                let answer = try await ask(server, "?" + query)
                #expect(answer.status == 400, "\(query)")
                let detail = try answer.object["detail"] as? String ?? ""
                #expect(detail.contains("window") || detail.contains("step"), "\(query): \(detail)")
            }
        }
    }

    @Test func `names the gateways whose figures are added up, which share steps of ten seconds`() async throws {
        let last = Timestamp(milliseconds: 2000)
        let gateways = [StatisticsReport.Gateway(name: "east", lastReport: last, isSilent: true)]
        let shared = Figures(shortestStep: .tenSeconds, gateways: gateways)
        try await IngressFixture.with(clients: [Self.boss], statistics: shared) { (server) async throws in
            let object = try await ask(server, "?window=2m").object
            #expect(object["step_seconds"] as? Int == 10)
            let named = try #require((object["gateways"] as? [[String: Any]])?.first)
            #expect(named["name"] as? String == "east" && named["silent"] as? Bool == true)
            #expect(named["last_report"] as? String == "1970-01-01T00:00:02.000Z")
            let refused = try await ask(server, "?window=2m&step=1s")
            #expect(refused.status == 400)
            #expect((try refused.object["detail"] as? String ?? "").contains("10s, 1m"))
        }
        try await IngressFixture.with(clients: [Self.boss], statistics: Figures()) { (server) async throws in
            #expect(try await ask(server).object["gateways"] is NSNull)
        }
    }

    @Test func `shows a client of one of several tenants neither the total nor shared providers`() async throws {
        try await IngressFixture.with(clients: [Self.boss], statistics: Figures()) { (server) async throws in
            let object = try await ask(server, key: "operator-key").object
            #expect(object["total"] is NSNull)
            #expect((object["providers"] as? [Any])?.isEmpty == true)
            #expect(try await ask(server, key: "read-key").status == 403)
        }
    }

    @Test func `shows what the gateway keeps`() async throws {
        let keeper = StatisticsKeeper(clock: SystemWallClock())
        try await IngressFixture.with(clients: [Self.boss], statistics: keeper) { (server) async throws in
            var sample = StatisticsSample()
            sample.accepted = 5
            keeper.add(sample, at: .now + .seconds(1))
            let total = try #require(try await ask(server, "?window=5m").object["total"] as? [String: [Any]])
            #expect(total["accepted"]?.compactMap { $0 as? Int } == [5])
        }
    }
}
