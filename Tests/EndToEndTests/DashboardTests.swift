import Foundation
import NIOHTTP1
import TestSupport
import Testing

/// The dashboard of a real process, as browsers and attackers see it.
@Suite struct DashboardTests {
    private static let pages = [
        "/dashboard", "/dashboard/events", "/dashboard/problems", "/dashboard/providers", "/dashboard/providers/lago",
        "/dashboard/log",
    ]

    private func expectHeaders(_ answer: WebClient.Answer, _ what: String) {
        let headers = answer.headers
        #expect(
            headers.first(name: "Content-Security-Policy")?.contains("require-trusted-types-for 'script'") == true,
            "\(what)"
        )
        #expect(headers.first(name: "Content-Security-Policy")?.contains("frame-ancestors 'none'") == true, "\(what)")
        #expect(headers.first(name: "X-Content-Type-Options") == "nosniff", "\(what)")
        #expect(headers.first(name: "Referrer-Policy") == "same-origin", "\(what)")
        #expect(headers.first(name: "Cross-Origin-Opener-Policy") == "same-origin", "\(what)")
        #expect(headers.first(name: "Cross-Origin-Resource-Policy") == "same-origin", "\(what)")
        #expect(headers["Cache-Control"].count == 1, "\(what)")
    }

    @Test func `signs in with a key, shows every page, and signs out`() async throws {
        try await Stage.withDashboard { (stage, browser) async throws in
            let turned = try await browser.get("/dashboard/events?name=a")
            #expect(turned.status == 303)
            #expect(turned.headers.first(name: "Location") == "/dashboard/sign-in?to=%2Fdashboard%2Fevents%3Fname%3Da")
            let form = try await browser.get("/dashboard/sign-in?to=%2Fdashboard%2Fevents%3Fname%3Da")
            #expect(form.status == 200 && form.text.contains(#"value="/dashboard/events?name=a""#))
            let wrong = try await browser.signIn("wrong-key")
            #expect(wrong.status == 401 && wrong.text.contains("The key is missing or unknown."))
            #expect(await browser.cookie == nil)
            let right = try await browser.signIn(Stage.key, to: "/dashboard/events?name=a")
            #expect(right.status == 303 && right.headers.first(name: "Location") == "/dashboard/events?name=a")
            let cookie = try #require(right.headers.first(name: "Set-Cookie"))
            #expect(
                cookie.hasPrefix("__Host-tollgate=") && cookie.hasSuffix("; Secure; HttpOnly; SameSite=Strict; Path=/")
            )
            #expect(
                try await stage.client.post("/v1/events", #"{"id":"e-1","name":"n","customer_id":"c"}"#).status == 202
            )
            for path in Self.pages + ["/dashboard/events/e-1"] {
                let page = try await browser.get(path)
                #expect(page.status == 200, "\(path): \(page.text.prefix(2000))")
                #expect(page.headers.first(name: "Content-Type") == "text/html; charset=utf-8")
                #expect(page.headers.first(name: "Cache-Control") == "no-store")
                #expect(page.body.count < 100_000, "\(path)")
                expectHeaders(page, path)
            }
            let out = try await browser.post("/dashboard/sign-out", [])
            #expect(out.status == 303 && out.headers.first(name: "Set-Cookie")?.contains("Max-Age=0") == true)
            #expect(out.headers.first(name: "Clear-Site-Data") == "\"cache\"")
            let used = try #require(cookie.split(separator: ";").first.map(String.init))
            await browser.use(used)
            #expect(try await browser.get("/dashboard").status == 303)
            try await waitUntil("the log has the sign-ins") {
                let log = try await stage.client.get("/v1/log").text
                return ["signed in", "signed out", "sign-in refused"].allSatisfy(log.contains)
            }
        }
    }

    @Test func `serves its assets, for good and to anybody, from its own origin`() async throws {
        try await Stage.withDashboard { (_, browser) async throws in
            let html = try await browser.get("/dashboard/sign-in").text
            let assets = html.matches(of: #/(?:href|src)="(\/dashboard\/assets\/[^"]+)"/#).map { String($0.1) }
            #expect(assets.count == 4)
            for path in assets {
                let asset = try await browser.get(path)
                #expect(asset.status == 200, "\(path)")
                #expect(asset.headers.first(name: "Cache-Control") == "public, max-age=31536000, immutable")
                expectHeaders(asset, path)
            }
            #expect(try await browser.get("/dashboard/assets/0000000000000000/dashboard.css").status != 200)
        }
    }

    @Test func `has its headers on all answers, also errors`() async throws {
        try await Stage.withDashboard { (_, browser) async throws in
            for (path, status) in [
                ("/dashboard/nothing", 303), ("/dashboard/sign-in?x=1", 200), ("/dashboard/assets/x", 303),
            ] {
                let answer = try await browser.get(path)
                #expect(answer.status == status, "\(path)")
                expectHeaders(answer, path)
            }
            let script = try await browser.get("/dashboard", headers: [("X-Dashboard-Refresh", "1")])
            #expect(script.status == 401 && !script.text.contains("<html"))
            expectHeaders(script, "refresh")
            expectHeaders(try await browser.post("/dashboard/problems/act", [], headers: []), "foreign form")
            try await browser.signIn(Stage.key)
            for (path, status) in [
                ("/dashboard/nothing", 404), ("/dashboard/events/unknown", 404), ("/dashboard/events?from=x", 400),
                ("/dashboard/providers/unknown", 404), ("/dashboard?window=1y", 400),
                ("/dashboard/problems?status=x", 400),
                ("/dashboard/log?cursor=x", 400),
            ] {
                let answer = try await browser.get(path)
                #expect(answer.status == status, "\(path): \(answer.text.prefix(500))")
                #expect(answer.text.contains("<h1>") && answer.text.contains("request <code>"), "\(path)")
                expectHeaders(answer, path)
            }
            let method = try await browser.send(.DELETE, "/dashboard/log", nil, Browser.ownPage)
            #expect(method.status == 405 && method.headers.first(name: "Allow") == "GET")
            expectHeaders(method, "method")
        }
    }

    @Test func `takes forms from its own pages only`() async throws {
        try await Stage.withDashboard { (stage, browser) async throws in
            try await browser.signIn(Stage.key)
            let own = browser.base
            let tables: [([(String, String)], Bool)] = [
                ([], false), ([("Sec-Fetch-Site", "cross-site")], false), ([("Sec-Fetch-Site", "same-site")], false),
                ([("Sec-Fetch-Site", "none")], false), ([("Origin", "null")], false),
                ([("Origin", "http://127.0.0.1:1")], false), ([("Origin", "https://evil.example")], false),
                ([("Sec-Fetch-Site", "cross-site"), ("Origin", own)], false),
                ([("Origin", own)], true), ([("Sec-Fetch-Site", "same-origin")], true),
            ]
            for (headers, isAllowed) in tables {
                let answer = try await browser.post(
                    "/dashboard/providers/lago/hold",
                    [("for", "15m")],
                    headers: headers
                )
                #expect(answer.status == (isAllowed ? 303 : 403), "\(headers)")
                func isHeld() async throws -> Bool {
                    try await stage.client.get("/v1/providers").text.contains(#""operator_hold":{"#)
                }
                if !isAllowed { #expect(try await !isHeld(), "\(headers)") }
                if isAllowed {
                    try await waitUntil("lago is held") { try await isHeld() }
                    #expect(try await browser.post("/dashboard/providers/lago/resume", []).status == 303)
                    try await waitUntil("lago is resumed") { try await !isHeld() }
                }
            }
            // A sign-in is a form too.
            await browser.forget()
            #expect(try await browser.post("/dashboard/sign-in", [("key", Stage.key)], headers: []).status == 403)
            #expect(await browser.cookie == nil)
        }
    }

    @Test func `knows its own names only`() async throws {
        try await Stage.withDashboard { (stage, browser) async throws in
            try await browser.signIn(Stage.key)
            for (host, status) in [
                ("evil.example", 421), ("evil.example:\(stage.port)", 421), ("localhost.evil.example", 421),
                ("192.168.1.5:\(stage.port)", 403), ("localhost:\(stage.port)", 200), ("127.0.0.1:1", 200),
            ] {
                let answer = try await browser.get("/dashboard", headers: [("Host", host)])
                #expect(answer.status == status, "\(host)")
                expectHeaders(answer, host)
            }
            // The API has no such rule: its keys are not the browser's.
            #expect(try await stage.client.send("GET", "/v1/client", headers: ["Host": "evil.example"]).status == 200)
        }
    }

    @Test func `opens nothing but itself with the cookie, and not itself with a key`() async throws {
        try await Stage.withDashboard { (stage, browser) async throws in
            try await browser.signIn(Stage.key)
            for path in ["/v1/client", "/v1/events", "/v1/providers", "/metrics", "/lago/api/v1/events/x"] {
                #expect(try await browser.get(path).status == 401, "\(path)")
            }
            #expect(try await browser.post("/v1/deliveries/retry", [("all", "true")]).status == 401)
            let withKey = try await stage.client.get("/dashboard")
            #expect(withKey.status != 200 || !withKey.text.contains("Sign out"))
            let stranger = Browser(base: browser.base)
            #expect(try await stranger.get("/dashboard/events?key=\(Stage.key)").status == 303)
            #expect(try await stranger.get("/dashboard", headers: [("x-api-key", Stage.key)]).status == 303)
        }
    }

    @Test func `ends the sessions of a revoked key, and all sessions with the process`() async throws {
        try await Stage.set { (stage) async throws in
            try stage.writeRoutes(scopes: Stage.dashboardScopes)
            let browser = Browser(base: "http://127.0.0.1:\(stage.port)")
            try await stage.withGateway { _ async throws in
                try await browser.signIn(Stage.key)
                #expect(try await browser.get("/dashboard").status == 200)
                let text = try String(contentsOf: stage.routesFile, encoding: .utf8)
                try Data(text.replacing(KeyHash.demo, with: KeyHash.rival).utf8).write(to: stage.routesFile)
                try await waitUntil("the session has ended") { try await browser.get("/dashboard").status == 303 }
                // Also when the key is back.
                try Data(text.utf8).write(to: stage.routesFile)
                try await waitUntil("the key is valid again") { try await stage.client.get("/v1/client").status == 200 }
                #expect(try await browser.get("/dashboard").status == 303)
                #expect(try await browser.post("/dashboard/providers/lago/hold", [("for", "15m")]).status == 401)
                try await browser.signIn(Stage.key)
                #expect(try await browser.get("/dashboard").status == 200)
            }
            try await stage.withGateway { _ async throws in
                #expect(try await browser.get("/dashboard").status == 303)
            }
        }
    }

    @Test func `limits tries to sign in`() async throws {
        try await Stage.withDashboard { (_, browser) async throws in
            // Tries come back with time, of which a busy machine takes some between two of them.
            try await waitUntil("the right key is refused too") {
                while try await browser.signIn("wrong").status == 401 {}
                let answer = try await browser.signIn(Stage.key)
                guard answer.status == 429 else { return false }
                let wait = answer.headers.first(name: "Retry-After").flatMap { Int($0) } ?? 0
                #expect((1...60).contains(wait))
                return true
            }
        }
    }

    @Test func `shows what the key's scopes allow`() async throws {
        let plain =
            #"{"name":"rival","tenant":"rival","key_sha256":"\#(KeyHash.rival)","scopes":["dashboard","events:read"]}"#
        try await Stage.withDashboard(clients: [plain]) { (stage, browser) async throws in
            #expect(try await browser.signIn("rival-key").status == 303)
            let page = try await browser.get("/dashboard")
            #expect(page.status == 200)
            #expect(!page.text.contains("/dashboard/log") && !page.text.contains("/dashboard/providers"))
            #expect(!page.text.contains("lago"), "shared accounts are others' business")
            for path in ["/dashboard/log", "/dashboard/providers", "/dashboard/providers/lago", "/dashboard/clients"] {
                #expect(try await browser.get(path).status == 403, "\(path)")
            }
            let problems = try await browser.get("/dashboard/problems").text
            #expect(!problems.contains("Retry…"))
            for path in ["/dashboard/problems/act", "/dashboard/problems/plan", "/dashboard/providers/lago/hold"] {
                let answer = try await browser.post(
                    path,
                    [("action", "retry"), ("scope", "all"), ("expected", "0"), ("for", "1h")]
                )
                #expect(answer.status == 403, "\(path)")
            }
            #expect(try await !stage.client.get("/v1/providers").text.contains(#""operator_hold":{"#))
        }
        try await Stage.withDashboard(scopes: ["events:read", "events:write"]) { (_, browser) async throws in
            let answer = try await browser.signIn(Stage.key)
            #expect(answer.status == 403 && answer.text.contains("dashboard"))
            #expect(await browser.cookie == nil)
        }
    }

    @Test func `shows one event: its attempts, the request byte for byte, and what the vendor has`() async throws {
        try await Stage.withDashboard { (stage, browser) async throws in
            let event = #"{"id":"a/b c","name":"api","customer_id":"c1","properties":{"n":1.10,"t":"<b>&\""}}"#
            #expect(try await stage.client.post("/v1/events", event).status == 202)
            try await waitUntil("lago has it") { try await stage.billed("lago").contains("a/b c") }
            try await browser.signIn(Stage.key)
            let found = try await browser.get("/dashboard/search?q=a%2Fb+c")
            let path = try #require(found.headers.first(name: "Location"))
            #expect(path == "/dashboard/events/a%2Fb%20c")
            try await waitUntil("the page shows the delivery") {
                try await browser.get(path).text.contains(#"<span class="status delivered">"#)
            }
            let page = try await browser.get(path).text
            #expect(page.contains("POST http://127.0.0.1"))
            #expect(page.contains("1.10") && page.contains("&lt;b&gt;&amp;") && !page.contains("<b>"))
            for secret in Stage.credentials.values { #expect(!page.contains(secret)) }
            let asked = try await browser.get(path + "?vendor=flexprice")
            #expect(asked.status == 200 && !asked.text.contains("could not be read"))
            try await waitUntil("the log has the read") {
                try await stage.client.get("/v1/log?category=vendor_read").text.contains("flexprice")
            }
        }
    }

    @Test func `hides the values of properties`() async throws {
        try await Stage.withDashboard(arguments: ["--dashboard-hide-properties", "--dashboard-title", "Probe & Co"]) {
            stage,
            browser in
            let event =
                #"{"id":"e-1","name":"api","customer_id":"c1","properties":{"shown_name":"hidden-value","n":{"m":"hidden-value"}}}"#
            #expect(try await stage.client.post("/v1/events", event).status == 202)
            try await waitUntil("flexprice has it") { try await !stage.billed("flexprice").isEmpty }
            try await browser.signIn(Stage.key)
            for path in ["/dashboard/events", "/dashboard/events/e-1", "/dashboard/events/e-1?vendor=flexprice"] {
                let page = try await browser.get(path).text
                #expect(page.contains("shown_name") && !page.contains("hidden-value"), "\(path)")
                #expect(page.contains("Probe &amp; Co"))
            }
        }
    }

    @Test func `says within seconds that a vendor fails, and that it is back`() async throws {
        try await Stage.withDashboard { (stage, browser) async throws in
            try await browser.signIn(Stage.key)
            try await stage.setFaults("polar", #"{"status":{"503":1}}"#)
            for number in 0..<20 {
                _ = try await stage.client.post("/v1/events", #"{"id":"e-\#(number)","name":"n","customer_id":"c"}"#)
            }
            try await waitUntil("the Overview says so") {
                try await browser.get("/dashboard").text.contains(
                    #"<div class="verdict bad"><p>polar has failed since "#
                )
            }
            try await stage.setFaults("polar", "{}")
            try await waitUntil("the Overview is calm") {
                try await !browser.get("/dashboard").text.contains("polar has failed")
            }
        }
    }

    @Test func `retries what matches a filter, after a dry run, and says so in the log`() async throws {
        try await Stage.withDashboard { (stage, browser) async throws in
            let ids = (0..<5).map { "e-\($0)" }
            let poison = ids.map { "\"\($0)\"" }.joined(separator: ",")
            try await stage.setFaults("polar", #"{"poison":[\#(poison)]}"#)
            func post(_ id: String) async throws {
                let event = #"{"id":"\#(id)","name":"n","customer_id":"c"}"#
                #expect(try await stage.client.post("/v1/events", event).status == 202)
            }
            for id in ids { try await post(id) }
            var good = 0
            try await waitUntil("polar rejects them") {
                // That the vendor takes others, again and again, tells that it is not down.
                good += 1
                try await post("good-\(good)")
                return try await stage.deliveries("polar", "rejected").count == 5
            }
            try await browser.signIn(Stage.key)
            let list = try await browser.get("/dashboard/problems?provider=polar").text
            #expect(list.contains("By cause: 5 deliveries"))
            #expect(list.contains(#"name="select" value="polar/e-3""#))
            try await stage.setFaults("polar", "{}")
            // Some rows.
            let some = [("action", "retry"), ("select", "polar/e-0"), ("select", "polar/e-1")]
            let plan = try await browser.post("/dashboard/problems/plan", some)
            #expect(plan.status == 200 && plan.text.contains("Retry 2 deliveries"), "\(plan.text)")
            #expect(try await stage.deliveries("polar", "rejected").count == 5)
            let result = try await browser.post("/dashboard/problems/act", some + [("expected", "2")])
            #expect(result.status == 303)
            let shown = try await browser.get(try #require(result.headers.first(name: "Location"))).text
            #expect(shown.contains("<dt>changed</dt><dd>2</dd>") && shown.contains("/dashboard/log?action=deliveries"))
            try await waitUntil("three are left") { try await stage.deliveries("polar", "rejected").count == 3 }
            // All that match; more than were shown are not taken.
            let all = [("action", "retry"), ("scope", "all"), ("provider", "polar"), ("status", "rejected")]
            let grown = try await browser.post("/dashboard/problems/act", all + [("expected", "2")])
            #expect(grown.status == 409 && grown.text.contains("more than the 2 that were shown"))
            #expect(try await stage.deliveries("polar", "rejected").count == 3)
            #expect(try await browser.post("/dashboard/problems/act", all + [("expected", "3")]).status == 303)
            try await waitUntil("polar has all") { try await Set(stage.billed("polar")).isSuperset(of: ids) }
            let log = try await browser.get("/dashboard/log?action=deliveries%3A+retry").text
            #expect(log.contains("deliveries: retry") && log.contains("provider polar, status rejected"))
            // Nothing is chosen by mistake.
            #expect(try await browser.post("/dashboard/problems/plan", [("action", "retry")]).status == 400)
            #expect(
                try await browser.post("/dashboard/problems/plan", [("action", "erase"), ("scope", "all")]).status
                    == 400
            )
        }
    }

    @Test func `is at the administration's address only, and can be left out`() async throws {
        let port = try FreePort.find()
        try await Stage.withDashboard(arguments: ["--admin-listen", "127.0.0.1:\(port)"]) {
            (stage, browser) async throws in
            #expect(try await browser.get("/dashboard").status == 404)
            let administration = Browser(base: "http://127.0.0.1:\(port)")
            try await administration.signIn(Stage.key)
            #expect(try await administration.get("/dashboard").status == 200)
            #expect(try await stage.client.get("/v1/client").status == 200)
        }
        try await Stage.withDashboard(arguments: ["--no-dashboard"]) { (_, browser) async throws in
            #expect(try await browser.get("/dashboard").status == 404)
            #expect(try await browser.get("/dashboard/sign-in").status == 404)
        }
    }

    @Test func `shows no key and no secret on any page`() async throws {
        try await Stage.withDashboard { (stage, browser) async throws in
            _ = try await stage.client.post("/v1/events", #"{"id":"e-1","name":"n","customer_id":"c"}"#)
            try await waitUntil("lago has it") { try await !stage.billed("lago").isEmpty }
            try await browser.signIn(Stage.key)
            let cookie = try #require(await browser.cookie?.split(separator: "=").last.map(String.init))
            let secrets = Array(Stage.credentials.values) + [Stage.key, KeyHash.demo, cookie]
            let more = [
                "/dashboard/events/e-1", "/dashboard/routes", "/dashboard/clients", "/dashboard/live", "/dashboard/try",
                "/dashboard/migration",
            ]
            for path in Self.pages + more {
                let page = try await browser.get(path)
                #expect(page.status == 200, "\(path)")
                for secret in secrets where secret != KeyHash.demo || path != "/dashboard/routes" {
                    #expect(!page.text.contains(secret), "\(path)")
                }
            }
        }
    }
}
