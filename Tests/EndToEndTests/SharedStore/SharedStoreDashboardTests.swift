import Foundation
import TestSupport
import Testing

/// The dashboards of two gateways over one database.
@Suite(.serialized) struct SharedStoreDashboardTests {
    private func with(_ body: (TwoGateways, Browser, Browser) async throws -> Void) async throws {
        try await Stage.set(over: try await .database()) { (stage) async throws in
            try stage.writeRoutes(scopes: Stage.dashboardScopes)
            let other = try stage.another("other")
            try await stage.withGateway { _ async throws in
                try await other.withGateway { _ async throws in
                    try await body(
                        TwoGateways(first: stage, second: other),
                        Browser(base: stage.client.base),
                        Browser(base: other.client.base)
                    )
                }
            }
        }
    }

    @Test func `a session of one gateway is good at both, until it is closed at one of them`() async throws {
        try await with { (_, first, second) async throws in
            try await first.signIn(Stage.key)
            let cookie = try #require(await first.cookie)
            await second.use(cookie)
            #expect(try await second.get("/dashboard").status == 200)
            #expect(try await first.get("/dashboard").status == 200)
            #expect(try await second.post("/dashboard/sign-out", []).status == 303)
            try await waitUntil("the session has ended at the first") {
                try await first.get("/dashboard").status == 303
            }
            await second.use(cookie)
            #expect(try await second.get("/dashboard").status == 303)
        }
    }

    @Test func `a key that is revoked ends its sessions at both gateways`() async throws {
        try await with { (pair, first, second) async throws in
            try await first.signIn(Stage.key)
            let made = try await first.post("/dashboard/clients/create", [("client", "demo")]).text
            let key = String(try #require(made.firstMatch(of: #/tg_\w{49}/#)).0)
            let id = String(try #require(made.firstMatch(of: #/New key <code>(\w+)<\/code>/#)).1)
            let user = Browser(base: pair.second.client.base)
            try await waitUntil("the key signs in") { try await user.signIn(key).status == 303 }
            await second.use(try #require(await user.cookie))
            #expect(try await second.get("/dashboard").status == 200)
            #expect(try await first.post("/dashboard/clients/revoke", [("key", id)]).status == 303)
            try await waitUntil("the session has ended") { try await second.get("/dashboard").status == 303 }
        }
    }

    @Test func `the figures of both gateways are added up at each, and one that does not report is named`()
        async throws
    {
        try await Stage.set(over: try await .database()) { (stage) async throws in
            try stage.writeRoutes(scopes: Stage.dashboardScopes)
            let other = try stage.another("other")
            func accepted(_ stage: Stage) async throws -> (sum: Int, gateways: [String: Bool]) {
                let stats = try await stage.client.get("/v1/stats?window=10m").object()
                let total = try #require(stats["total"] as? [String: Any])
                let steps = try #require(total["accepted"] as? [Any]).compactMap { $0 as? Int }
                let gateways = try #require(stats["gateways"] as? [[String: Any]])
                let silent = gateways.compactMap { gateway in
                    (gateway["name"] as? String).flatMap { name in (gateway["silent"] as? Bool).map { (name, $0) } }
                }
                return (steps.reduce(0, +), Dictionary(silent) { first, _ in first })
            }
            try await stage.withGateway { _ async throws in
                let second = try await other.startGateway()
                for number in 0..<7 {
                    let to = number < 4 ? stage : other
                    let event = #"{"id":"e-\#(number)","name":"n","customer_id":"c"}"#
                    #expect(try await to.client.postPatiently("/v1/events", event).status == 202)
                }
                for at in [stage, other] {
                    try await waitUntil("\(at.node) has the figures of both") {
                        let found = try await accepted(at)
                        return found.sum == 7 && found.gateways == [stage.node: false, other.node: false]
                    }
                }
                #expect(try await stage.client.get("/v1/stats?step=1s&window=1m").status == 400)
                try await second.stop(by: SIGKILL)
                try await waitUntil("the first misses the second") {
                    try await accepted(stage).gateways == [stage.node: false, other.node: true]
                }
                #expect(try await accepted(stage).sum == 7)
                let browser = Browser(base: stage.client.base)
                try await browser.signIn(Stage.key)
                let overview = try await browser.get("/dashboard").text
                #expect(overview.contains("The gateway \(other.node) has not reported since"))
            }
            // What was counted before a restart stays.
            try await stage.withGateway { _ async throws in
                try await waitUntil("the figures of before are there") { try await accepted(stage).sum == 7 }
            }
        }
    }
}
