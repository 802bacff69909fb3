import Foundation
import TestSupport
import Testing

/// Figures beside the pages of a real process: what waits for a person, when keys were used, what events cost, how simulators behave.
@Suite struct DashboardFiguresTests {
    /// The count in the menu; empty if there is none.
    private func count(_ page: WebClient.Answer) throws -> String {
        let match = page.text.firstMatch(of: #/id="problem-count"[^>]*>(?:<span[^>]*>[^<]*<\/span>)?([^<]*)</#)
        return String(try #require(match, "\(page.text.prefix(2000))").1)
    }

    @Test func `counts in the menu what waits for a person, of the own tenant alone`() async throws {
        let other =
            #"{"name":"rival","tenant":"rival","key_sha256":"\#(KeyHash.rival)","scopes":["dashboard","events:read"]}"#
        try await Stage.withDashboard(clients: [other]) { (stage, browser) async throws in
            try await stage.setFaults("lago", #"{"status":{"422":1}}"#)
            try await browser.signIn(Stage.key)
            #expect(try count(try await browser.get("/dashboard/log")).isEmpty)
            for number in 0..<3 {
                let event = #"{"id":"e-\#(number)","name":"n","customer_id":"c"}"#
                #expect(try await stage.client.post("/v1/events", event).status == 202)
            }
            try await waitUntil("the count of every page has all three") {
                try count(try await browser.get("/dashboard/log")) == "3"
            }
            let refreshed = try await browser.get("/dashboard", headers: [("X-Dashboard-Refresh", "1")])
            #expect(try count(refreshed) == "3")
            let stranger = Browser(base: browser.base)
            try await stranger.signIn("rival-key")
            #expect(try count(try await stranger.get("/dashboard/events")).isEmpty)
            let more = #"{"id":"more","name":"n","customer_id":"c"}"#
            #expect(try await stage.client.post("/v1/events", more).status == 202)
            try await waitUntil("the next count has the next one") {
                try count(try await browser.get("/dashboard/log")) == "4"
            }
            #expect(try count(try await stranger.get("/dashboard/events")).isEmpty)
            try await stage.setFaults("lago", "{}")
            #expect(
                try await stage.client.post("/v1/deliveries/retry", #"{"ids":["e-0","e-1","e-2","more"]}"#).status
                    == 200
            )
            try await waitUntil("nothing waits for a person") {
                try count(try await browser.get("/dashboard/log")).isEmpty
            }
        }
    }

    @Test func `counts requests by latency and events by request, and says how long the disk lasts`() async throws {
        try await Stage.withDashboard { (stage, browser) async throws in
            let events = (0..<5).map { #"{"id":"e-\#($0)","name":"n","customer_id":"c"}"# }
            #expect(try await stage.client.post("/v1/events", "[\(events.joined(separator: ","))]").status == 202)
            func lago() async throws -> [String: Any]? {
                let providers = try await stage.client.get("/v1/providers").object()["providers"] as? [[String: Any]]
                return providers?.first { $0["name"] as? String == "lago" }
            }
            try await waitUntil("the events are delivered") {
                (try await lago()?["since_start"] as? [String: Any])?["delivered"] as? Int == 5
            }
            let provider = try #require(try await lago())
            let requests = (provider["since_start"] as? [String: Any])?["requests"] as? Int
            let latencies = try #require(provider["latencies"] as? [[String: Any]])
            #expect(latencies.compactMap { $0["requests"] as? Int }.reduce(0, +) == requests)
            #expect(latencies.allSatisfy { ($0["below_us"] as? Int ?? 0) > 0 })
            let sizes = try #require(provider["batch_sizes"] as? [[String: Any]])
            #expect(sizes.compactMap { $0["requests"] as? Int }.reduce(0, +) == requests)
            #expect(sizes.allSatisfy { (1...8).contains($0["up_to_events"] as? Int ?? 0) })
            try await browser.signIn(Stage.key)
            let page = try await browser.get("/dashboard/providers/lago").text
            #expect(page.contains("Requests by latency") && page.contains("Events per request"))
            #expect(page.contains("Requests by number of events"))
            try await waitUntil("somebody has looked at the disk") {
                try await stage.client.get("/readyz").text.contains("the journal has")
            }
            #expect(try await browser.get("/dashboard").text.contains("room for"))
        }
    }

    @Test func `says since when a provider fails, until it works again`() async throws {
        try await Stage.withDashboard { (stage, browser) async throws in
            func openSince() async throws -> String? {
                let providers = try await stage.client.get("/v1/providers").object()["providers"] as? [[String: Any]]
                return providers?.first { $0["name"] as? String == "lago" }?["circuit_open_since"] as? String
            }
            #expect(try await openSince() == nil)
            try await browser.signIn(Stage.key)
            try await stage.setFaults("lago", #"{"status":{"503":1}}"#)
            for number in 0..<20 {
                let event = #"{"id":"e-\#(number)","name":"n","customer_id":"c"}"#
                #expect(try await stage.client.post("/v1/events", event).status == 202)
            }
            // The time is computed from two clocks, so that it may be a millisecond earlier or later.
            try await waitUntil("the Overview has the time of the API") {
                guard let since = try await openSince() else { return false }
                let text = "lago has failed since \(since.prefix(10)) \(since.dropFirst(11).prefix(8)) UTC, for "
                return try await browser.get("/dashboard").text.contains(text)
            }
            let readiness = try await stage.client.get("/readyz").text
            #expect(readiness.contains("circuit open since ") || readiness.contains("circuit probing since "))
            try await stage.setFaults("lago", "{}")
            try await waitUntil("the provider works again") { try await openSince() == nil }
            #expect(try await !browser.get("/dashboard").text.contains("has failed since"))
        }
    }

    @Test func `says on which day a key was used, also after a restart`() async throws {
        try await Stage.set { (stage) async throws in
            try stage.writeRoutes(scopes: Stage.dashboardScopes)
            func lastUses() async throws -> [String] {
                let keys = try await stage.client.get("/v1/keys").object()["keys"] as? [[String: Any]] ?? []
                return keys.compactMap { $0["last_used"] as? String }
            }
            // Midnight may come while the test runs.
            let first = Self.today
            try await stage.withGateway { _ async throws in
                try await waitUntil("the use of the key is noted") { try await !lastUses().isEmpty }
                #expect([first, Self.today].contains(try await lastUses().first))
            }
            try await stage.withGateway { _ async throws in
                #expect([first, Self.today].contains(try await lastUses().first))
                let browser = Browser(base: "http://127.0.0.1:\(stage.port)")
                try await browser.signIn(Stage.key)
                let page = try await browser.get("/dashboard/clients").text
                #expect(page.contains(">\(first)<") || page.contains(">\(Self.today)<"))
            }
        }
    }

    private static var today: String {
        Date.now.formatted(Date.ISO8601FormatStyle(timeZone: .gmt).year().month().day())
    }

    @Test func `asks vendors for prices when a person wants them, and stores nothing`() async throws {
        try await Stage.withDashboard { (stage, browser) async throws in
            try await browser.signIn(Stage.key)
            let event = #"{"id":"try-1","name":"api_request","customer_id":"c","properties":{"units":"3"}}"#
            let plain = try await browser.post("/dashboard/try", [("event", event), ("act", "preview")])
            #expect(plain.status == 200 && !plain.text.contains("Would cost") && !plain.text.contains("No price"))
            let priced = try await browser.post("/dashboard/try", [("event", event), ("act", "estimate")])
            #expect(priced.status == 200 && priced.text.contains("<strong>0.06 EUR</strong>"))
            #expect(priced.text.contains("No price: Polar has no estimates."))
            try await stage.setFaults("lago", #"{"status":{"503":1}}"#)
            let failed = try await browser.post("/dashboard/try", [("event", event), ("act", "estimate")])
            #expect(failed.status == 200 && !failed.text.contains("Would cost"))
            #expect(try await stage.client.get("/v1/events/try-1").status == 404)
            #expect(try await stage.received("lago") == 0)
            #expect(try await stage.client.get("/v1/log?category=vendor_read").text.contains("estimate"))
        }
    }

    @Test func `lets simulated vendors of the process fail and work again`() async throws {
        let port = try FreePort.find()
        let arguments = ["--sandbox", "--sandbox-listen", "127.0.0.1:\(port)"]
        try await Stage.withDashboard(arguments: arguments) { (stage, browser) async throws in
            try await browser.signIn(Stage.key)
            let sandbox = WebClient(base: "http://127.0.0.1:\(port)")
            func set(_ behaviour: String, at vendor: String = "lago") async throws -> WebClient.Answer {
                try await browser.post("/dashboard/try/simulators", [("vendor", vendor), ("behaviour", behaviour)])
            }
            #expect(try await browser.get("/dashboard/try").text.contains("Simulated vendors"))
            #expect(try await set("unavailable").status == 303)
            #expect(try await sandbox.get("/lago/api/v1/events").status == 503)
            #expect(try await browser.get("/dashboard/try").text.contains("unavailable: 503</span>"))
            #expect(try await set("works").status == 303)
            #expect(try await sandbox.get("/lago/api/v1/events").status != 503)
            #expect(try await set("explodes").status == 400)
            #expect(try await set("works", at: "stripe").status == 400)
            #expect(try await stage.client.get("/v1/log").text.contains("sandbox: behaviour"))
        }
        try await Stage.withDashboard { (_, browser) async throws in
            try await browser.signIn(Stage.key)
            #expect(try await !browser.get("/dashboard/try").text.contains("Simulated vendors"))
            let fields = [("vendor", "lago"), ("behaviour", "works")]
            #expect(try await browser.post("/dashboard/try/simulators", fields).status == 404)
        }
    }
}
