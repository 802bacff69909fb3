import Foundation
import TestSupport
import Testing

/// Corrections from the dashboard: checked, then confirmed, by whoever may send events.
@Suite struct CorrectionScreenTests {
    private static let metric = [("reason", "sent twice"), ("aggregate", "sum"), ("property", "units")]

    private func with(
        scopes: [String] = Stage.dashboardScopes,
        _ body: (Stage, Browser) async throws -> Void
    ) async throws {
        try await Stage.withDashboard(
            scopes: scopes,
            clients: [
                #"{"name":"app","tenant":"demo","key_sha256":"\#(KeyHash.rival)","scopes":["events:write","events:read"]}"#
            ]
        ) { (stage, browser) async throws in
            let app = WebClient(base: stage.client.base, key: "rival-key")
            let event = #"{"id":"e-1","name":"api","customer_id":"c1","properties":{"units":7,"region":"eu"}}"#
            #expect(try await app.post("/v1/events", event).status == 202)
            try await waitUntil("the event is everywhere") {
                let deliveries =
                    try await app.get("/v1/events/e-1").object()["deliveries"] as? [[String: Any]] ?? []
                return deliveries.count == 4 && deliveries.allSatisfy { $0["status"] as? String == "delivered" }
            }
            try await browser.signIn(Stage.key)
            try await body(stage, browser)
        }
    }

    /// Confirms a correction with the fields of the page that shows what it would do.
    private func confirm(_ page: WebClient.Answer, _ kind: String, _ browser: Browser) async throws
        -> WebClient.Answer
    {
        let fields = page.text.matches(of: #/<input type="hidden" name="(\w+)" value="([^"]*)">/#)
        let given = fields.map { (String($0.1), String($0.2).replacing("&quot;", with: "\"")) }
        return try await browser.post("/dashboard/events/e-1/\(kind)", given)
    }

    @Test func `shows what a void does at each vendor, changes nothing until it is confirmed, and voids once`()
        async throws
    {
        try await with { (stage, browser) async throws in
            let event = try await browser.get("/dashboard/events/e-1").text
            #expect(event.contains(#"href="/dashboard/events/e-1/void""#), "\(event.prefix(3000))")
            #expect(try await browser.get("/dashboard/events/e-1/void").text.contains("Void e-1"))
            let refused = try await browser.post("/dashboard/events/e-1/void/check", [("reason", "sent twice")])
            #expect(refused.status == 422 && refused.text.contains("The metric is not known"))
            #expect(refused.text.contains(#"value="sent twice""#), "what was filled in stays")

            let plan = try await browser.post("/dashboard/events/e-1/void/check", Self.metric)
            #expect(plan.status == 200, "\(plan.text.prefix(3000))")
            for outcome in ["compensated", "applied", "impossible"] {
                #expect(plan.text.contains(">\(outcome)</span>"), "\(outcome)")
            }
            #expect(plan.text.contains("correction:e-1") && plan.text.contains("correct the bill there by hand"))
            #expect(try await stage.client.get("/v1/events/correction:e-1").status == 404, "a check stores nothing")

            #expect(try await confirm(plan, "void", browser).status == 303)
            let page = try await browser.get("/dashboard/events/e-1").text
            #expect(page.contains(#"href="/dashboard/events/correction%3Ae-1""#) && page.contains("void, beside it"))
            let again = try await browser.post("/dashboard/events/e-1/void/check", Self.metric)
            #expect(again.text.contains("already corrected") && again.text.contains("Nothing would be sent"))
            let correction = try await browser.get("/dashboard/events/correction%3Ae-1").text
            #expect(correction.contains(#"Corrects <a href="/dashboard/events/e-1">"#))
            #expect(!correction.contains("/void\""), "a correction cannot be corrected")
            let log = try await browser.get("/dashboard/log?action=events%3A%20void").text
            #expect(log.contains("sent twice") && log.contains("demo"))
        }
    }

    @Test func `adjusts properties, and says what is wrong with them`() async throws {
        try await with { (stage, browser) async throws in
            let form = try await browser.get("/dashboard/events/e-1/adjust").text
            #expect(form.contains("&quot;units&quot;: 7"))
            for properties in ["", "{", "[1]"] {
                let fields = Self.metric + [("properties", properties)]
                let faulty = try await browser.post("/dashboard/events/e-1/adjust/check", fields)
                #expect(faulty.status == 400 && faulty.text.contains("properties"), "\(properties): \(faulty.status)")
            }
            let fields = Self.metric + [("properties", #"{"units": 4}"#)]
            let plan = try await browser.post("/dashboard/events/e-1/adjust/check", fields)
            #expect(plan.status == 200 && plan.text.contains("correction:e-1"), "\(plan.text.prefix(3000))")
            #expect(try await confirm(plan, "adjust", browser).status == 303)
            let stored = try await stage.client.get("/v1/events/correction:e-1").object()
            #expect((stored["properties"] as? [String: Any])?["units"] as? Int == -3)
        }
    }

    @Test func `lets nobody correct who may not send events`() async throws {
        try await with(scopes: ["events:read", "dashboard"]) { (_, browser) async throws in
            let page = try await browser.get("/dashboard/events/e-1").text
            #expect(page.contains("e-1") && !page.contains("e-1/void"))
            for kind in ["void", "adjust"] {
                #expect(try await browser.get("/dashboard/events/e-1/\(kind)").status == 403)
                for path in ["/dashboard/events/e-1/\(kind)/check", "/dashboard/events/e-1/\(kind)"] {
                    let answer = try await browser.post(path, Self.metric)
                    #expect(answer.status == 403 && answer.text.contains("events:write"), "\(path)")
                }
            }
        }
    }
}
