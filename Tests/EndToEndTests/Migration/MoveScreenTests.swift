import Foundation
import NIOHTTP1
import TestSupport
import Testing

/// Orders for a migration from the dashboard: checked, then confirmed.
@Suite struct MoveScreenTests {
    private static let path = "/dashboard/migration/moves/to-flexprice"
    private static let gates = ["unexplained", "rejected", "uncertain", "backlog_age"].map { ("despite", $0) }

    private func with(_ body: (Stage, Browser) async throws -> Void) async throws {
        try await Stage.set { (stage) async throws in
            try stage.writeRoutes(scopes: Stage.dashboardScopes)
            let text = try String(contentsOf: stage.routesFile, encoding: .utf8)
            let part =
                #""migrations": {"to-flexprice": {"route": "all", "from": "lago", "to": "flexprice"}}, "clients": ["#
            try Data(text.replacing(#""clients": ["#, with: part).utf8).write(to: stage.routesFile)
            try await stage.withGateway { _ async throws in
                let browser = Browser(base: "http://127.0.0.1:\(stage.port)")
                try await browser.signIn(Stage.key)
                try await body(stage, browser)
            }
        }
    }

    /// Confirms an order with the fields of the page that shows what it would do.
    private func confirm(_ page: WebClient.Answer, _ browser: Browser, typing typed: String = "to-flexprice")
        async throws -> WebClient.Answer
    {
        let fields = page.text.matches(of: #/<input type="hidden" name="(\w+)" value="([^"]*)">/#)
        let given = fields.map { (String($0.1), String($0.2)) }
        return try await browser.post("\(Self.path)/order", given + [("typed", typed)])
    }

    @Test func `are shown before they are carried out, and change nothing until then`() async throws {
        try await with { (stage, browser) async throws in
            let list = try await browser.get("/dashboard/migration")
            #expect(list.text.contains(#"href="\#(Self.path)""#), "\(list.text.prefix(2000))")
            #expect(try await browser.get(Self.path).text.contains("Nothing was ordered yet"))
            let start = try await browser.post("\(Self.path)/check", [("act", "start"), ("stage", "mirror")])
            #expect(start.status == 200 && start.text.contains("stage mirror"), "\(start.text.prefix(2000))")
            #expect(try await browser.get(Self.path).text.contains("Nothing was ordered yet"))
            #expect(try await confirm(start, browser).status == 303)

            let closed = try await browser.post("\(Self.path)/check", [("act", "ramp"), ("share", "25")])
            #expect(
                closed.status != 200 && closed.text.contains("unexplained is unknown"),
                "\(closed.text.prefix(2000))"
            )
            let ramp = try await browser.post("\(Self.path)/check", [("act", "ramp"), ("share", "25")] + Self.gates)
            #expect(ramp.status == 200 && ramp.text.contains("Overrides gates"), "\(ramp.text.prefix(2000))")
            let untyped = try await confirm(ramp, browser, typing: "to-polar")
            #expect(untyped.status == 400 && untyped.text.contains("name of the migration"), "\(untyped.status)")
            #expect(try await confirm(ramp, browser).status == 303)
            let page = try await browser.get(Self.path).text
            #expect(page.contains("25% of the customers") && page.contains(#"aria-current="step">ramp"#))
            // The same page again: something was ordered since it was checked.
            let again = try await confirm(ramp, browser)
            #expect(again.status == 409 && again.text.contains("another order came first"), "\(again.status)")

            let back = [("act", "return"), ("when", "now")]
            let returned = try await browser.post("\(Self.path)/check", back)
            #expect(returned.text.contains("To be voided at flexprice"), "\(returned.text.prefix(2000))")
            let csv = try await browser.post("\(Self.path)/customers.csv", back)
            #expect(csv.headers.first(name: "Content-Type")?.hasPrefix("text/csv") == true)
            #expect(csv.text.hasPrefix("customer_id,events,first,last\r\n"))

            let hold = try await browser.post("\(Self.path)/check", [("act", "hold"), ("reason", "a look")])
            #expect(try await confirm(hold, browser).status == 303)
            #expect(try await browser.get(Self.path).text.contains("a look"))
            let status = try await stage.client.get("/v1/migrations/to-flexprice").object()
            #expect((status["log"] as? [Any])?.count == 3, "\(status)")
        }
    }

    @Test func `name what is wrong with them`() async throws {
        try await with { (_, browser) async throws in
            for (fields, fault) in [
                ([("act", "leap")], "must be one of resume"),
                ([("act", "ramp"), ("share", "0")], "must be a number over 0"),
                ([("act", "cut"), ("at", "soon")], "must be a timestamp"),
                ([("act", "return"), ("when", "later")], "must be now or boundary"),
                ([("act", "stage"), ("stage", "mirror")], "start it first"),
            ] {
                let page = try await browser.post("\(Self.path)/check", fields)
                #expect(page.status >= 400 && page.text.contains(fault), "\(fields): \(page.text.prefix(2000))")
            }
            #expect(try await browser.get("/dashboard/migration/moves/none").status == 404)
        }
    }
}
