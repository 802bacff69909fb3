import Events
import Journal
import Testing

@testable import Dashboard

@Suite struct TableOrderTests {
    private static let now = SamplePages.now

    private func provider(_ name: ProviderName, waiting: Int?, age: Int64 = 0, delivered: Double? = nil)
        -> ProviderFacts
    {
        ProviderFacts(
            name: name,
            adapter: "lago",
            pipeline: nil,
            backlog: waiting.map { Backlog(events: $0, oldest: $0 > 0 ? Self.now + .seconds(-age) : nil) },
            figures: RecentFigures(start: Self.now, step: .seconds(60), accepted: [0], delivered: [delivered]),
            slot: 0
        )
    }

    @Test(
        arguments: [
            (nil, ["b", "d", "a", "c"]), ("waiting", ["d", "b", "c", "a"]), ("-waiting", ["c", "b", "d", "a"]),
            ("oldest", ["b", "d", "a", "c"]), ("-oldest", ["d", "b", "a", "c"]), ("provider", ["a", "b", "c", "d"]),
            ("-provider", ["d", "c", "b", "a"]), ("delivered", ["c", "b", "d", "a"]), ("p99", ["b", "d", "a", "c"]),
        ] as [(String?, [String])]
    )
    func `sorts providers, those without a value last`(sort: String?, names: [String]) throws {
        let facts = [
            provider("b", waiting: 5, age: 90, delivered: 1), provider("d", waiting: 9, age: 10, delivered: 1),
            provider("a", waiting: nil), provider("c", waiting: 0, delivered: 7),
        ]
        let order = try sort.map { try #require(TableOrder<ProviderColumn>($0)) }
        #expect(ProvidersPage(facts, by: order, at: Self.now).providers.map(\.name) == names)
    }

    @Test(arguments: ["", "-", "state", "Waiting", "--waiting", "waiting "])
    func `takes no column that there is not`(text: String) {
        #expect(TableOrder<ProviderColumn>(text) == nil)
    }

    @Test func `a head leads to its column, and from there to the other direction and back`() throws {
        func heads(_ sort: String?) throws -> [String: ColumnHead] {
            let order = try sort.map { try #require(TableOrder<ProviderColumn>($0)) }
            return Dictionary(
                uniqueKeysWithValues: ProvidersPage([], by: order, at: Self.now).heads.map { ($0.label, $0) }
            )
        }
        func waiting(_ sort: String?) throws -> [String?] {
            let head = try #require(try heads(sort)["Waiting"])
            return [head.direction, head.sortHref]
        }
        #expect(try waiting(nil) == [nil, "/dashboard/providers?sort=waiting"])
        #expect(try waiting("waiting") == ["descending", "/dashboard/providers?sort=-waiting"])
        #expect(try waiting("-waiting") == ["ascending", "/dashboard/providers?sort=waiting"])
        #expect(try waiting("provider") == [nil, "/dashboard/providers?sort=waiting"])
        let state = try #require(try heads("waiting")["State"])
        #expect(state.sortHref == nil && state.direction == nil)
    }

    @Test func `says in the table what it is sorted by`() throws {
        let order = try #require(TableOrder<ProviderColumn>("-provider"))
        let page = ProvidersPage([provider("a", waiting: 1)], by: order, at: Self.now)
        let frame = PageFrame(environment: nil, isSandbox: false, client: nil, current: .providers)
        let html = PageTemplates.content(page, in: frame)
        #expect(
            html.contains(#"<th aria-sort="descending"><a class="sort" href="/dashboard/providers?sort=provider">"#)
        )
        #expect(
            html.contains(#"<th class="num"><a class="sort" href="/dashboard/providers?sort=waiting">Waiting</a></th>"#)
        )
        #expect(html.contains("<th>State</th>"))
        #expect(html.ranges(of: "aria-sort").count == 1)
    }

    @Test func `the windows of the Overview keep the order, and its heads the window`() throws {
        let order = try #require(TableOrder<ProviderColumn>("waiting"))
        let facts = OverviewFacts(providers: [], whole: nil, readiness: [], window: .day, since: nil)
        let page = OverviewPage(facts, by: order, at: Self.now)
        #expect(page.tabs.map(\.href).contains("/dashboard?window=5m&sort=waiting"))
        #expect(page.heads.compactMap(\.sortHref).contains("/dashboard?window=24h&sort=-waiting"))
    }
}
