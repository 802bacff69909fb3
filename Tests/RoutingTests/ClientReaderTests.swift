import Access
import ConfigurationFile
import Events
import Routing
import Testing

@Suite struct ClientReaderTests {
    private static let other = String(repeating: "cd", count: 32)

    private func faults(_ client: String) -> [String] {
        RoutesText.faults(in: RoutesText.file(clients: "[\(client)]"))
    }

    @Test func `reads several keys beside the old form, with their terms`() throws {
        let text = #"""
            {"name": "shop", "key_sha256": "\#(RoutesText.digest)", "keys": [
              {"sha256": "\#(Self.other)", "id": "june", "not_before": "2026-06-01T00:00:00Z", "expires": "2026-07-01T02:00:00+02:00"}]}
            """#
        let client = try RoutesText.read(RoutesText.file(clients: "[\(text)]")).clients[0]
        #expect(client.keys.map(\.id) == ["abababab", "june"])
        #expect(client.keys[0].hasTerm == false)
        #expect(client.keys[1].notBefore?.rfc3339 == "2026-06-01T00:00:00.000Z")
        #expect(client.keys[1].expires?.rfc3339 == "2026-07-01T00:00:00.000Z")
        #expect(client.keys[1].digest.hexadecimal == Self.other)
    }

    @Test func `takes a client without a key, whose keys stand in the data folder`() throws {
        let routes = try RoutesText.read(RoutesText.file(clients: #"[{"name": "shop"}]"#))
        #expect(routes.clients[0].keys.isEmpty)
        #expect(RoutesReport.summary(of: routes, file: "f").contains("client shop: tenant shop, no key here"))
    }

    @Test func `reads what a client may send and how much`() throws {
        let text = #"""
            {"name": "shop", "names": ["api.*", "call"], "routes": "r", "limits": {"requests": "100/s", "events": "10000/min"}}
            """#
        let client = try RoutesText.read(RoutesText.file(clients: "[\(text)]")).clients[0]
        #expect(client.allowance == Allowance(routes: ["r"], names: [Glob("api.*"), Glob("call")]))
        #expect(client.limits.requests == RateLimit(requests: 100, per: .seconds(1)))
        #expect(client.limits.events == RateLimit(requests: 10_000, per: .seconds(60)))
        #expect(client.allowance.allows(name: "api.x") && !client.allowance.allows(name: "apix"))
        #expect(client.allowance.allows(route: "r") && !client.allowance.allows(route: "s"))
        #expect(!client.allowance.allows(route: nil) && Allowance().allows(route: nil))
    }

    @Test func `reads which timestamps a client may send, and shows it`() throws {
        let texts = [
            #"{"name": "a"}"#, #"{"name": "b", "timestamps": {"max_age": "35d", "max_ahead": "5m"}}"#,
            #"{"name": "c", "timestamps": {"max_ahead": "36h"}}"#,
        ]
        let routes = try RoutesText.read(RoutesText.file(clients: "[\(texts.joined(separator: ","))]"))
        let windows = routes.clients.map(\.timestamps)
        #expect(windows[0] == .standard)
        #expect(windows[1] == TimestampWindow(past: .seconds(35 * 86_400), future: .seconds(300)))
        #expect(windows[2] == TimestampWindow(past: TimestampWindow.standard.past, future: .seconds(36 * 3600)))
        let report = RoutesReport.summary(of: routes, file: "f")
        #expect(report.contains("timestamps up to 10 years old and 1 day ahead"))
        #expect(report.contains("timestamps up to 35 days old and 5 minutes ahead"))
        #expect(report.contains("timestamps up to 10 years old and 36 hours ahead"))
    }

    @Test(arguments: [
        (#""keys": [{"sha256": "tg_planted"}]"#, #""sha256" must be 64 hexadecimal digits"#),
        (#""keys": [{"id": "june"}]"#, #""sha256" is missing in a key of "shop""#),
        (
            #""keys": [{"sha256": "DIGEST", "expire": "x"}]"#,
            #"unknown field "expire" in a key of "shop" (did you mean "expires"?)"#
        ),
        (#""keys": [{"sha256": "DIGEST", "expires": "tomorrow"}]"#, #""expires" must be a timestamp with its offset"#),
        (
            #""keys": [{"sha256": "DIGEST", "expires": "2026-06-01"}]"#,
            #""expires" must be a timestamp with its offset"#
        ),
        (
            #""keys": [{"sha256": "DIGEST", "not_before": "2026-07-01T00:00:00Z", "expires": "2026-06-01T00:00:00Z"}]"#,
            "the key's end is not after its start"
        ),
        (#""keys": [{"sha256": "DIGEST"}, {"sha256": "DIGEST"}]"#, "the same key is used twice"),
        (#""key_sha256": "DIGEST", "keys": [{"sha256": "DIGEST"}]"#, "the same key is used twice"),
        (#""keys": [{"sha256": "DIGEST", "id": "a b"}]"#, "a key's id has 1 to 64 letters"),
        (#""routes": ["rr"]"#, #"no route is named "rr" (did you mean "r"?)"#),
        (#""routes": []"#, #""routes" allows nothing"#), (#""names": []"#, #""names" allows nothing"#),
        (#""limits": {"request": "1/s"}"#, #"unknown field "request" in "limits" (did you mean "requests"?)"#),
        (#""limits": {"requests": "fast"}"#, #""requests" must be a rate such as"#),
        (#""timestamps": {"max_age": "ten years"}"#, #""max_age" must be a time such as"#),
        (#""timestamps": {"max_ahead": "100001d"}"#, #""max_ahead" must be at most "100000d""#),
        (#""timestamps": {"ahead": "1h"}"#, #"unknown field "ahead" in "timestamps""#),
    ])
    func `names the place of a fault and the way out`(more: String, message: String) {
        let found = faults(#"{"name": "shop", \#(more.replacing("DIGEST", with: Self.other))}"#)
        #expect(found.count == 1 && found[0].contains(message), "\(found)")
        #expect(found.allSatisfy { $0.wholeMatch(of: #/f:\d+:\d+: .+/#) != nil })
        #expect(!found.joined().contains("planted"))
    }

    @Test func `refuses a key that another client has, in whichever form`() {
        let clients =
            #"{"name": "a", "key_sha256": "\#(Self.other)"}, {"name": "b", "keys": [{"sha256": "\#(Self.other.uppercased())"}]}"#
        #expect(faults(clients).count == 1)
    }

    @Test func `names each part of a client that changed`() throws {
        let old = RoutesText.file(clients: #"[{"name": "shop"}]"#)
        let new = RoutesText.file(
            clients:
                #"[{"name": "shop", "keys": [{"sha256": "\#(Self.other)"}], "names": "a*", "routes": "r", "limits": {"events": "1/s"}, "timestamps": {"max_age": "7d"}}]"#
        )
        let changes = RoutesChanges(from: try RoutesText.read(old), to: try RoutesText.read(new))
        #expect(changes.list.map(\.summary) == ["client shop: changed: keys, routes, names, limits, timestamps"])
    }
}
