import Events
import Testing

@testable import Dashboard

@Suite struct CorrectionPageTests {
    private func part(_ outcome: String, _ reason: String? = nil) -> CorrectionPlanPage.Part {
        CorrectionPlanPage.Part(
            provider: "lago",
            adapter: "lago",
            outcome: outcome,
            reason: reason,
            note: nil,
            correction: nil
        )
    }

    private func plan(_ parts: [CorrectionPlanPage.Part], _ corrections: [AcceptedEvent]) -> CorrectionPlanPage {
        CorrectionPlanPage(
            .void,
            of: "e 1",
            reason: "sent twice",
            parts,
            corrections: corrections,
            hidesProperties: true,
            fields: []
        )
    }

    @Test func `says what would be done at each vendor, and where a person must correct the bill`() {
        let page = plan(
            [part("compensated"), part("already_corrected"), part("impossible", "it counts what it has")],
            [SamplePages.correcting("e 1")]
        )
        #expect(page.parts.map(\.outcome) == ["compensated", "already corrected", "impossible"])
        #expect(page.parts.map(\.style) == ["ok", "unknown", "bad"])
        #expect(page.impossible == "1 vendor" && page.hasSent)
        #expect(page.orderHref == "/dashboard/events/e%201/void" && page.verb == "Void")
        #expect(page.sent.map(\.id) == ["correction:e 1"])
        #expect(page.sent[0].text.contains("[hidden]") && !page.sent[0].text.contains("-100"))
    }

    @Test func `offers nothing to confirm where nothing would be sent`() {
        let page = plan([part("unchanged")], [])
        #expect(!page.hasSent && page.impossible == nil)
    }

    @Test func `asks for the metric unless a migration names it`() {
        let open = CorrectionForm()
        #expect(open.aggregates.first?.label == "choose" && open.aggregates.first?.isChosen == true)
        #expect(open.aggregates.map(\.value) == ["", "sum", "count", "unique", "latest", "max"])
        let known = CorrectionForm(aggregate: "max", metric: "sum of units")
        #expect(known.aggregates.first?.label == "as routes.json says: sum of units")
        #expect(known.aggregates.filter(\.isChosen).map(\.value) == ["max"])
    }

    @Test func `lists the corrections of an event, and lets only whoever may send events correct it`() {
        let event = SamplePages.accepted("e-1")
        let made = SamplePages.corrections(of: event, made: true)
        #expect(made.rows.map(\.id) == ["correction:e-1"] && made.rows.map(\.kind) == ["void, beside it"])
        #expect(made.rows[0].properties == #"{"size":-100}"# && made.rows[0].deliveries.map(\.mark) == ["retrying"])
        #expect(made.voidHref == "/dashboard/events/e-1/void?subscription_id=s-1" && made.corrects == nil)
        let reader = SamplePages.corrections(of: event, made: false, mayCorrect: false)
        #expect(reader.voidHref == nil && reader.adjustHref == nil && !reader.hasRows)
    }

    @Test func `does not offer to correct a correction, and leads to what it corrects`() {
        let page = SamplePages.corrections(of: SamplePages.correcting("e-1"), made: false)
        #expect(page.voidHref == nil && page.corrects?.href == "/dashboard/events/e-1")
    }
}
