import Foundation
import NIOHTTP1
import TestSupport
import Testing

/// Live, Try, Routes, Migration and Clients of a real process.
@Suite struct DashboardScreensTests {
    private func with(_ body: (Stage, Browser) async throws -> Void) async throws {
        try await Stage.withDashboard { (stage, browser) async throws in
            try await browser.signIn(Stage.key)
            try await body(stage, browser)
        }
    }

    private static func id(of run: WebClient.Answer) throws -> String {
        try #require(run.headers.first(name: "Location"))
    }

    @Test func `shows each screen`() async throws {
        try await with { (_, browser) async throws in
            for path in ["live", "try", "routes", "migration", "clients"] {
                let page = try await browser.get("/dashboard/\(path)")
                #expect(page.status == 200, "\(path): \(page.text.prefix(2000))")
                #expect(page.body.count < 100_000, "\(path)")
                let refreshed = try await browser.get("/dashboard/\(path)", headers: [("X-Dashboard-Refresh", "1")])
                #expect(refreshed.status == 200 && !refreshed.text.contains("<html"), "\(path)")
            }
        }
    }

    @Test func `previews an event without storing it, and sends it`() async throws {
        try await with { (stage, browser) async throws in
            let event = #"{"id":"try-1","name":"api","customer_id":"c1","properties":{"n":1.10}}"#
            let preview = try await browser.post("/dashboard/try", [("event", event), ("act", "preview")])
            #expect(preview.status == 200 && preview.text.contains("1.10"), "\(preview.text.prefix(2000))")
            for secret in Stage.credentials.values { #expect(!preview.text.contains(secret)) }
            #expect(try await stage.client.get("/v1/events/try-1").status == 404)
            let faulty = try await browser.post("/dashboard/try", [("event", #"{"name": 5}"#), ("act", "send")])
            #expect(faulty.status == 422 && faulty.text.contains("would not be accepted"))
            let sent = try await browser.post("/dashboard/try", [("event", event), ("act", "send")])
            #expect(sent.status == 303 && sent.headers.first(name: "Location") == "/dashboard/events/try-1")
            #expect(try await stage.client.get("/v1/events/try-1").status == 200)
        }
    }

    @Test func `previews and sends an event by its fields, and begins with one of the journal`() async throws {
        try await with { (stage, browser) async throws in
            let empty = try await browser.get("/dashboard/try").text
            #expect(empty.contains(#"name="customer_id" value="customer456""#) && !empty.contains(#"name="event""#))
            #expect(try await browser.get("/dashboard/try?as=json").text.contains(#"name="event""#))
            let fields = [
                ("as", "fields"), ("name", "api"), ("customer_id", "c1"), ("properties", #"{"n": 1.10}"#),
            ]
            let preview = try await browser.post("/dashboard/try", fields + [("act", "preview")])
            #expect(preview.status == 200 && preview.text.contains("1.10"), "\(preview.text.prefix(2000))")
            #expect(preview.text.contains(#"name="customer_id" value="c1""#), "what was filled in stays")
            let faulty = try await browser.post("/dashboard/try", fields + [("properties", "{n}"), ("act", "send")])
            #expect(faulty.status == 422 && faulty.text.contains("must be a JSON object"))
            let sent = try await browser.post("/dashboard/try", fields + [("act", "send")])
            let path = try #require(sent.headers.first(name: "Location"))
            #expect(sent.status == 303 && path.hasPrefix("/dashboard/events/"))
            let id = String(path.dropFirst("/dashboard/events/".count))
            let again = try await browser.get("/dashboard/try?event=\(id)").text
            #expect(again.contains(#"value="c1""#) && again.contains("1.10"))
            #expect(again.contains("event=\(id)&amp;as=json"))
            #expect(try await stage.client.get("/v1/events/\(id)").status == 200)
        }
    }

    @Test func `shows faults of changed routes with their lines, and the effect of valid ones`() async throws {
        try await with { (stage, browser) async throws in
            #expect(
                try await stage.client.post("/v1/events", #"{"id":"e-1","name":"n","customer_id":"c"}"#).status == 202
            )
            let text = try String(contentsOf: stage.routesFile, encoding: .utf8)
            let faulty = text.replacing("\"routes\"", with: "\n\"ruotes\"")
            let refused = try await browser.post("/dashboard/routes/plan", [("file", faulty)])
            #expect(refused.status == 422 && refused.text.contains("cannot be used"))
            #expect(refused.text.contains("ruotes") && refused.text.contains("is-fault"))
            let changed = text.replacing("\"clients\": [", with: "\"clients\": [ ")
            let fields = [("file", changed), ("days", "1"), ("sample", "100")]
            let page = try await browser.post("/dashboard/routes/plan", fields)
            #expect(page.status == 200, "\(page.text.prefix(2000))")
            let match = try #require(page.text.firstMatch(of: #/data-refresh="(\/dashboard\/routes\/plans\/\w+)"/#))
            try await waitUntil("the plan is made") {
                let plan = try await browser.get(String(match.1)).text
                return plan.contains("Every event would get what it got.")
            }
            #expect(try String(contentsOf: stage.routesFile, encoding: .utf8) == text, "nothing is applied")
        }
    }

    @Test func `creates, shows once and revokes a key`() async throws {
        try await with { (stage, browser) async throws in
            let made = try await browser.post("/dashboard/clients/create", [("client", "demo")])
            #expect(made.status == 200, "\(made.text.prefix(2000))")
            let key = String(try #require(made.text.firstMatch(of: #/tg_\w{49}/#)).0)
            #expect(try await !browser.get("/dashboard/clients").text.contains(key))
            let user = WebClient(base: stage.client.base, key: key)
            try await waitUntil("the key is in effect") { try await user.get("/v1/client").status == 200 }
            let id = try #require(made.text.firstMatch(of: #/New key <code>(\w+)<\/code>/#)).1
            let revoked = try await browser.post("/dashboard/clients/revoke", [("key", String(id))])
            #expect(revoked.status == 303)
            try await waitUntil("the key is refused") { try await user.get("/v1/client").status == 401 }
            try await waitUntil("the log has both") {
                let log = try await stage.client.get("/v1/log?limit=100").text
                return log.contains("keys: create") && log.contains("keys: revoke")
            }
            let unknown = try await browser.post("/dashboard/clients/create", [("client", "nobody")])
            #expect(unknown.status == 422 && unknown.text.contains("has no client"))
        }
    }

    @Test func `compares vendors with the journal, and reports it`() async throws {
        try await with { (stage, browser) async throws in
            let hour = Date.now.addingTimeInterval(-3600)
            let event = #"{"id":"e-1","name":"api","customer_id":"c1","timestamp":"\#(hour.formatted(.iso8601))"}"#
            #expect(try await stage.client.post("/v1/events", event).status == 202)
            try await waitUntil("flexprice has it") { try await !stage.billed("flexprice").isEmpty }
            let window = [("from", hour), ("until", hour.addingTimeInterval(60))].map { ($0, $1.formatted(.iso8601)) }
            let wrong = try await browser.post("/dashboard/migration/runs", [("provider", "nobody")] + window)
            #expect(wrong.status >= 400 && wrong.text.contains("nobody"))
            let run = try await browser.post(
                "/dashboard/migration/runs",
                [("provider", "flexprice"), ("level", "ledger")] + window
            )
            let path = try Self.id(of: run)
            try await waitUntil("the comparison is finished") {
                let page = try await browser.get(path).text
                return page.contains("agree, apart from accepted causes") && page.contains("class=\"matrix\"")
            }
            let report = try await browser.get(path + "/report")
            #expect(report.status == 200 && report.text.contains("SHA-256 of the figures"))
            let csv = try await browser.get(path + "/findings.csv")
            #expect(csv.status == 200 && csv.text.hasPrefix("provider,cause"))
            #expect(try await browser.get("/dashboard/migration").text.contains(path))
            let shown = try await browser.get("/dashboard/events/e-1?comparisons=1")
            #expect(shown.text.contains("href=\"\(path)\"") && shown.text.contains("No difference of this event."))
            #expect(try await browser.get("/dashboard/migration/runs/999").status == 404)
        }
    }
}
