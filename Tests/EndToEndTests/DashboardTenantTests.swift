import Foundation
import NIOHTTP1
import TestSupport
import Testing

/// Two tenants at one gateway, which share its accounts at the vendors: the dashboard shows each its own.
@Suite struct DashboardTenantTests {
    private static let rival = #"""
        {"name":"rival","tenant":"rival","key_sha256":"\#(KeyHash.rival)",
         "scopes":["dashboard","events:read","events:write","deliveries:manage","migrations:manage"]}
        """#

    /// What an event of the demo tenant has, and no page of its rival may have.
    private static let foreign = ["mine-id", "mine-name", "mine-customer", "mine-value"]

    private static func mine(_ id: String) -> String {
        #"{"id":"\#(id)","name":"mine-name","customer_id":"mine-customer","properties":{"v":"mine-value"}}"#
    }

    /// - Parameter body: gets a browser in which the rival is signed in, while polar has rejected an event of the demo tenant.
    private func withRival(_ body: (Stage, Browser) async throws -> Void) async throws {
        try await Stage.withDashboard(clients: [Self.rival]) { (stage, browser) async throws in
            // The tenant stands before the id in an account that tenants share.
            try await stage.setFaults("polar", #"{"poison":["demo/mine-id"],"poison_status":422}"#)
            #expect(try await stage.client.post("/v1/events", Self.mine("mine-id")).status == 202)
            try await waitUntil("polar rejects the event") {
                try await stage.deliveries("polar", "rejected") == ["mine-id"]
            }
            try await browser.signIn("rival-key")
            try await body(stage, browser)
        }
    }

    @Test func `shows a tenant nothing of another's on any page or in any file`() async throws {
        try await withRival { (_, browser) async throws in
            for path in [
                "", "/events", "/events?id=mine-id", "/events?customer_id=mine-customer", "/events?name=mine-name",
                "/events.csv", "/events.csv?customer_id=mine-customer", "/problems", "/problems?status=rejected",
                "/problems?provider=polar&customer_id=mine-customer", "/problems.csv", "/providers", "/migration",
                "/live", "/try",
            ] {
                let page = try await browser.get("/dashboard\(path)")
                #expect(page.status == 200, "\(path): \(page.text.prefix(2000))")
                // Forms and links repeat what was asked for.
                for word in Self.foreign where !path.contains(word) {
                    #expect(!page.text.contains(word), "\(path) has \(word)")
                }
                #expect(!page.text.contains("/events/mine-id"), "\(path)")
            }
        }
    }

    @Test func `finds no event of another tenant`() async throws {
        try await withRival { (stage, browser) async throws in
            #expect(try await browser.get("/dashboard/events/mine-id").status == 404)
            #expect(try await browser.get("/dashboard/events/mine-id?vendor=polar").status == 404)
            let search = try await browser.get("/dashboard/search?q=mine-id")
            #expect(search.headers.first(name: "Location") == "/dashboard/events?customer_id=mine-id")
            #expect(try await browser.get("/dashboard/try?event=mine-id").status == 404)
            // The same id of the tenant's own is another event.
            let own = #"{"id":"mine-id","name":"their-name","customer_id":"their-customer"}"#
            let rival = WebClient(base: stage.client.base, key: "rival-key")
            #expect(try await rival.post("/v1/events", own).status == 202)
            let page = try await browser.get("/dashboard/events/mine-id")
            #expect(page.status == 200 && page.text.contains("their-name") && !page.text.contains("mine-value"))
        }
    }

    @Test func `changes no delivery of another tenant`() async throws {
        try await withRival { (stage, browser) async throws in
            for selection in [
                [("select", "polar/mine-id")], [("scope", "all")], [("scope", "all"), ("provider", "polar")],
            ] {
                for action in ["retry", "discard"] {
                    let fields = [("action", action)] + selection
                    let plan = try await browser.post("/dashboard/problems/plan", fields)
                    #expect(plan.status == 200 && plan.text.contains("Nothing would change"), "\(fields)")
                    let act = try await browser.post("/dashboard/problems/act", fields + [("expected", "1")])
                    #expect(act.status == 409 && act.text.contains("Nothing would change"), "\(fields)")
                }
            }
            #expect(try await stage.deliveries("polar", "rejected") == ["mine-id"])
        }
    }

    @Test func `streams to a tenant its own events only`() async throws {
        try await withRival { (stage, browser) async throws in
            let rival = WebClient(base: stage.client.base, key: "rival-key")
            try await withThrowingTaskGroup(of: String?.self) { group in
                group.addTask {
                    try await browser.stream("/dashboard/live/stream") { $0.ranges(of: "their-name").count >= 6 }
                }
                // The stream begins some time after it was asked for.
                group.addTask {
                    var number = 0
                    while !Task.isCancelled {
                        number += 1
                        _ = try await stage.client.post("/v1/events", Self.mine("mine-\(number)"))
                        let own = #"{"id":"their-\#(number)","name":"their-name","customer_id":"their-customer"}"#
                        _ = try await rival.post("/v1/events", own)
                    }
                    return nil
                }
                let seen = try #require(try await group.next()) ?? ""
                group.cancelAll()
                #expect(seen.contains("their-customer") && !seen.contains("mine-"), "\(seen.prefix(2000))")
            }
        }
    }

    @Test func `gives a tenant no refresh that was written for another`() async throws {
        try await withRival { (_, browser) async throws in
            let mine = Browser(base: browser.base)
            try await mine.signIn(Stage.key)
            let refresh = [("X-Dashboard-Refresh", "1")]
            // Within the second in which open pages of the same client share what is written.
            for path in ["/dashboard", "/dashboard/providers", "/dashboard?window=5m", "/dashboard"] {
                let own = try await mine.get(path, headers: refresh).text
                #expect(own.contains("polar") && own.contains("<svg"), "\(path)")
                let theirs = try await browser.get(path, headers: refresh)
                #expect(theirs.status == 200 && !theirs.text.contains("<svg"), "\(path)")
                for word in Self.foreign + ["polar", "lago"] {
                    #expect(!theirs.text.contains(word), "\(path): \(word)")
                }
            }
        }
    }

    @Test func `draws for a tenant no figures of accounts that it shares`() async throws {
        try await withRival { (_, browser) async throws in
            for path in ["", "/providers"] {
                let page = try await browser.get("/dashboard\(path)").text
                #expect(!page.contains("<svg") && !page.contains("lago") && !page.contains("polar"), "\(path)")
            }
            #expect(try await browser.get("/dashboard/providers/polar").status == 404)
            for path in ["/routes", "/clients", "/log"] {
                #expect(try await browser.get("/dashboard\(path)").status == 403, "\(path)")
            }
        }
    }
}
