import Events
import JSON
import Parity
import Randomness
import Testing

@testable import Dashboard
@testable import Reports

/// Values of properties that somebody may not see, in JSON of any form.
@Suite struct HiddenValuesTests {
    private static let secret = "s3cret"

    /// A random value; every text and number in it is or has the secret.
    private func value(_ room: Int, _ random: inout SplitMix) -> String {
        switch Int.random(in: 0..<(room > 0 ? 6 : 4), using: &random) {
        case 0: return "\"\(Self.secret)\""
        case 1: return "\"\\u0073\(Self.secret)\\n\""
        case 2: return "4711"
        case 3: return ["true", "null", "4711.5e3"].randomElement(using: &random) ?? "null"
        case 4:
            return "["
                + (0..<Int.random(in: 0...3, using: &random)).map { _ in value(room - 1, &random) }
                .joined(separator: ",") + "]"
        default:
            return "{"
                + (0..<Int.random(in: 0...3, using: &random)).map { "\"key\($0)\": \(value(room - 1, &random))" }
                .joined(separator: ",") + "}"
        }
    }

    private func names(in value: JSONValue) -> [String] {
        value.members.flatMap { [$0.name] + ($0.value.kind == .object ? names(in: $0.value) : []) }
    }

    @Test(arguments: 1...40)
    func `shows the names of hidden members, and no value`(seed: UInt64) throws {
        var random = SplitMix(seed: seed)
        for _ in 0..<50 {
            let properties = "{\"a\": \(value(5, &random)), \"b\":\(value(3, &random))}"
            let text = "{\"id\":\"open\", \"properties\":\(properties), \"vendor\" : \(value(2, &random))}"
            let shown = EventText.indented(Array(text.utf8), hiding: ["properties", "vendor"])
            #expect(!shown.contains(Self.secret) && !shown.contains("4711"), "seed \(seed): \(text)")
            #expect(!shown.contains("true") && !shown.contains("null"))
            #expect(shown.contains("\"id\": \"open\""))
            let root = try JSONDocument(parsing: Array(properties.utf8)).root
            for name in names(in: root) { #expect(shown.contains("\"\(name)\": "), "\(name)") }
        }
    }

    /// What is shown has the same content, and its texts and numbers are those that were sent.
    @Test(arguments: 1...40)
    func `shows the same content on lines of its own`(seed: UInt64) throws {
        var random = SplitMix(seed: seed)
        for _ in 0..<50 {
            let text = value(6, &random)
            let shown = EventText.indented(Array(text.utf8))
            let (before, after) = (
                try JSONDocument(parsing: Array(text.utf8)), try JSONDocument(parsing: Array(shown.utf8))
            )
            #expect(before.nodes.count == after.nodes.count, "seed \(seed): \(text)")
            for (one, other) in zip(before.nodes.indices, after.nodes.indices) {
                let (left, right) = (JSONValue(document: before, index: one), JSONValue(document: after, index: other))
                guard left.kind == right.kind else {
                    Issue.record("seed \(seed): \(text) as \(shown)")
                    return
                }
                if left.kind != .array && left.kind != .object { #expect(left.raw == right.raw) }
            }
            #expect(!shown.hasSuffix("\n") && !shown.contains("\n\n"))
        }
    }

    @Test(arguments: [
        (#"{"a":{},"b":[],"c":[{}]}"#, "{\n  \"a\": {},\n  \"b\": [],\n  \"c\": [\n    {}\n  ]\n}"), ("7", "7"),
        ("[]", "[]"),
        (#""\u00e9""#, #""\u00e9""#), ("{ \"a\" :1.50 }", "{\n  \"a\": 1.50\n}"), ("no JSON", "no JSON"), ("", ""),
    ])
    func `writes a member on a line`(text: String, shown: String) {
        #expect(EventText.indented(Array(text.utf8)) == shown)
    }

    /// Only members of the outermost object are named; the same name further inside is no reason to hide anything.
    @Test func `hides by the names of the outermost members`() {
        let text = #"{"x":{"properties":{"open":1}},"p\u0072operties":{"a":88}}"#
        let shown = EventText.indented(Array(text.utf8), hiding: ["properties"])
        #expect(shown.contains("\"open\": 1") && shown.contains("\"a\": [hidden]") && !shown.contains("88"))
        #expect(EventText.indented(Array("no JSON".utf8), hiding: ["properties"]) == "[hidden]")
    }

    /// Deeper values are on one line, and those that are hidden are not shown at all.
    @Test(arguments: [11, 12, 13, 30])
    func `hides what is nested deeper than lines go`(depth: Int) {
        let inner =
            String(repeating: "{\"k\":", count: depth) + "\"\(Self.secret)\"" + String(repeating: "}", count: depth)
        let text = Array("{\"properties\":\(inner)}".utf8)
        #expect(EventText.indented(text).contains(Self.secret))
        #expect(!EventText.indented(text, hiding: ["properties"]).contains(Self.secret))
    }

    // MARK: What comparisons and plans show

    private func finding(_ fields: [String]) -> NumberedFinding {
        let finding = Finding(
            key: "k",
            provider: "lago-prod",
            cause: .content,
            about: FindingSubject(sequence: 1, eventID: "e", name: "n", timestamp: SamplePages.now),
            differences: fields.map {
                ContentDifference(field: $0, kind: .value, sent: Self.secret, shown: Self.secret)
            }
        )
        return NumberedFinding(number: 1, finding: finding, resolution: nil)
    }

    /// The names of the fields are shown, and of others than properties the values as well.
    @Test(arguments: [
        ("properties", true), ("properties.units", true), ("properties.a.0", true), ("vendor.polar", true),
        ("vendor", true), ("name", false), ("customer_id", false), ("propertiesX", false), ("units", false),
        ("", false),
    ])
    func `findings of comparisons hide values of properties`(field: String, isHidden: Bool) throws {
        let finding = finding([field])
        let run = MigrationPageTests.run()
        func list(_ hides: Bool) -> ParityRunPage {
            let list = ParityRunPage.FindingList([finding], hidesProperties: hides)
            return ParityRunPage(run, cells: [], findings: list, mayManage: false)
        }
        func comparisons(_ hides: Bool) -> [ParityRunPage.FindingRow] {
            EventComparisons([(run, [finding])], hidesProperties: hides).runs.flatMap(\.findings)
        }
        for (row, hides) in [
            (list(true).findings.first, true), (comparisons(true).first, true), (list(false).findings.first, false),
            (comparisons(false).first, false),
        ] {
            let difference = try #require(row?.differences.first)
            let text = hides && isHidden ? "[hidden]" : Self.secret
            #expect(difference.sent == text && difference.shown == text && difference.field == field)
        }
    }

    /// The CSV has all values, so there is none where they are hidden; no other link stands in its place.
    @Test func `findings have no CSV where values are hidden`() {
        let frame = PageFrame(environment: nil, isSandbox: false, client: nil, current: .migration)
        for hides in [false, true] {
            let list = ParityRunPage.FindingList([], hidesProperties: hides)
            let page = ParityRunPage(MigrationPageTests.run(), cells: [], findings: list, mayManage: false)
            #expect((page.pager.csv == nil) == hides)
            #expect(PageTemplates.content(page, in: frame).contains("findings.csv") != hides)
        }
    }

    @Test func `a plan on recorded events hides the values of its examples`() throws {
        let json = #"""
            {"result": {"destinations": [{"changed": {"fields": [
              {"field": "properties.units", "events": 7, "example": {"before": "s3cret", "after": null}}]}}]}}
            """#
        let root = try JSONDocument(parsing: Array(json.utf8)).root
        func field(_ hides: Bool) -> RoutesPlanPage.Field? {
            RoutesPlanPage(root, hidesProperties: hides).result?.destinations.first?.fields.first
        }
        #expect(field(false)?.before == Self.secret && field(true)?.before == "[hidden]")
        #expect(
            field(true)?.after == "nothing" && field(true)?.path == "properties.units" && field(true)?.events == "7"
        )
    }

    // MARK: What a preview of an event shows

    private var preview: EventPreview {
        let request = PreviewedRequest(
            method: "POST",
            url: "https://acct-7.example/v1/events?key=k",
            headers: [
                .init(name: "Content-Type", value: "application/json"), .init(name: "X-Account", value: "acct-7"),
            ],
            body: Array("[1]".utf8),
            path: "/v1/events"
        )
        let destination = Destination(provider: "p", adapter: "lago", mode: .primary)
        let result = DestinationPreview(destination: destination, result: .request(request), notBefore: nil)
        return EventPreview(event: SamplePages.accepted("x"), destinations: [result])
    }

    private func shown(_ seesAccount: Bool) -> TryPage.Destination? {
        TryPage(
            TryPage.Draft(text: "{}"),
            clients: [],
            names: [],
            maySend: true,
            outlook: TryPage.Outlook(preview: preview, seesAccount: { _ in seesAccount })
        ).preview?.destinations.first
    }

    /// Of an account that belongs to others, the address and the header fields are nobody's business.
    @Test func `a preview has the address and the fields of an account for whoever may see it`() throws {
        let open = try #require(shown(true)?.request)
        #expect(open.line == "POST https://acct-7.example/v1/events?key=k")
        #expect(open.headers == ["Content-Type: application/json", "X-Account: acct-7"])
        let hidden = try #require(shown(false)?.request)
        #expect(hidden.line == "POST /v1/events" && hidden.headers == ["Content-Type: application/json"])
        #expect(hidden.body == open.body && open.body == "[1]")
        #expect(!"\(hidden)".contains("acct-7"))
    }
}
