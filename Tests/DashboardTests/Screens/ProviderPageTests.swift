import Events
import Journal
import Testing

@testable import Dashboard

@Suite struct ProviderPageTests {
    @Test func `shows how long requests took, by doublings`() {
        let rows = LatencyRow.rows([(.microseconds(563), 1), (.milliseconds(2), 0), (.milliseconds(4), 3)])
        #expect(rows.map(\.below) == ["563 µs", "2 ms", "4 ms"])
        #expect(rows.map(\.percent) == [25, 0, 75] && rows.map(\.requests) == ["1", "0", "3"])
        #expect(LatencyRow.rows([]).isEmpty && LatencyRow.rows([(.seconds(1), 0)])[0].percent == 0)
    }

    @Test func `shows how many events a request carries`() {
        func texts(_ size: Double?) -> [String] {
            var facts = ProviderFacts(
                name: "lago",
                adapter: "lago",
                pipeline: ProviderFacts.Pipeline(circuit: "closed"),
                backlog: nil,
                slot: 0
            )
            facts.pipeline?.eventsPerRequest = size
            return ProviderPage(facts, nil, mayAct: false, at: SamplePages.now).counts.map { "\($0.label) \($0.text)" }
        }
        #expect(texts(48.25) == ["Events per request 48.3"])
        #expect(texts(nil).isEmpty)
    }

    @Test func `shows what waits by age, with what was not looked at`() {
        let rows = AgeRow.rows(SamplePages.ages)
        #expect(
            rows.map(\.age) == [
                "up to 1 min", "1 min to 10 min", "10 min to 1 h", "1 h to 1 d", "over 1 d", "not looked at, older",
            ]
        )
        #expect(rows.map(\.events) == ["1,204", "3", "0", "2", "1", "10"])
        #expect(rows.map(\.percent) == [99, 0, 0, 0, 0, 1])
        var few = BacklogAges()
        few.add(1, ofClass: 0)
        #expect(AgeRow.rows(few).count == 5, "nothing was left out")
    }

    @Test func `tells nothing that waits from a store that cannot be read`() {
        func page(_ ages: BacklogAges?) -> ProviderPage {
            ProviderPage(SamplePages.provider("lago"), nil, ages: ages, mayAct: false, at: SamplePages.now)
        }
        #expect(page(nil).missesAges && !page(nil).hasAges)
        #expect(!page(BacklogAges()).missesAges && !page(BacklogAges()).hasAges)
        #expect(page(SamplePages.ages).hasAges)
    }

    @Test func `shows how many events requests carry`() {
        let rows = BatchRow.rows([(1, 1), (2, 2), (4, 0), (2048, 5)])
        #expect(rows.map(\.events) == ["1", "2", "3 to 4", "1,025 to 2,048"])
        #expect(rows.map(\.percent) == [13, 25, 0, 63])
        #expect(BatchRow.rows([]).isEmpty && BatchRow.rows([(1, 0)]).map(\.percent) == [0])
        #expect(ProviderPage(SamplePages.provider("lago"), nil, mayAct: false, at: SamplePages.now).hasBatchSizes)
    }

    @Test func `shows how much of the rate limit is used, and for what`() {
        var figures = RecentFigures(start: SamplePages.now, step: .seconds(60), accepted: [1], delivered: [1])
        (figures.liveRequests, figures.backfillRequests, figures.reads) = ([21], [5], [0.25])
        var facts = ProviderFacts(
            name: "lago",
            adapter: "lago",
            pipeline: nil,
            backlog: nil,
            figures: figures,
            slot: 0
        )
        facts.rateLimit = RateLimit(requests: 3000, per: .seconds(60))
        let text = "53% in the last minute: 42% live, 10% backfills, under 1% reads"
        #expect(LimitUse(facts)?.text == text)
        #expect(ProviderRow(facts, at: SamplePages.now).limitUse == "Rate limit: \(text)")
        let page = ProviderPage(facts, nil, mayAct: false, at: SamplePages.now)
        #expect(page.chartMarkups.contains { $0.drawingMarkup.contains("Requests by kind") })
        facts.rateLimit = nil
        #expect(LimitUse(facts) == nil && ProviderRow(facts, at: SamplePages.now).limitUse == nil)
        facts.rateLimit = RateLimit(requests: 1, per: .seconds(1))
        facts.figures = nil
        #expect(LimitUse(facts) == nil, "nothing was measured")
    }
}
