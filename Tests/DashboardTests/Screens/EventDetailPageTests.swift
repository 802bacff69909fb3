import Events
import Parity
import Testing

@testable import Dashboard

@Suite struct EventDetailPageTests {
    private static let at = Timestamp(milliseconds: 1_767_225_600_000)

    private func attempt(_ status: DeliveryStatus) -> Attempt {
        Attempt(at: Self.at, latency: .milliseconds(5), httpStatus: nil, status: status)
    }

    private func delivery(_ provider: ProviderName, _ status: DeliveryStatus, _ history: [DeliveryStatus]) -> Delivery {
        Delivery(provider: provider, adapter: "acme", mode: .primary, status: status, history: history.map(attempt))
    }

    private func page(
        _ deliveries: [Delivery],
        failedOnly: Bool = false,
        comparisons: EventComparisons? = nil
    ) -> EventDetailPage {
        let event = SamplePages.accepted("e-1")
        return EventDetailPage(
            ArchivedEvent(sequence: 1, event: event, deliveries: deliveries),
            deliveries.map { .init($0, request: .unknown, droppedFields: [], shown: nil) },
            number: 0,
            of: 1,
            corrections: SamplePages.corrections(of: event, made: false),
            comparisons: comparisons,
            EventDetailPage.Options(
                hidesProperties: false,
                mayRevise: false,
                address: "http://127.0.0.1",
                showsFailedOnly: failedOnly
            )
        )
    }

    private var deliveries: [Delivery] {
        [
            delivery("calm", .delivered, [.delivered]), delivery("late", .delivered, [.retrying, .delivered]),
            delivery("dead", .rejected, [.rejected]), delivery("new", .pending, []),
        ]
    }

    @Test func `shows only what failed, and how much that is`() {
        let all = page(deliveries)
        #expect(all.lanes.map(\.provider) == ["calm", "late", "dead", "new"])
        #expect(all.tabs.map(\.label) == ["All deliveries (4)", "Failed only (2)"])
        #expect(all.tabs.map(\.isCurrent) == [true, false])
        let failed = page(deliveries, failedOnly: true)
        #expect(failed.lanes.map(\.provider) == ["late", "dead"])
        #expect(failed.lanes.map { $0.attempts.map(\.mark) } == [["retrying"], ["rejected"]])
        #expect(failed.tabs.map(\.isCurrent) == [false, true])
        #expect(failed.timelineMarkup.contains("late") && !failed.timelineMarkup.contains("calm"))
    }

    @Test func `says what to do about an error, and nothing once the event is there`() {
        func remedy(_ status: DeliveryStatus, _ code: DeliveryErrorCode) -> String? {
            let fault = DeliveryFault(code: code, message: "m")
            return page([Delivery(provider: "p", adapter: "acme", mode: .primary, status: status, fault: fault)]).lanes
                .first?.remedy
        }
        #expect(remedy(.rejected, .unknownCustomer) == "create it at the vendor, then retry")
        #expect(remedy(.delivered, .foundAtVendor) == nil)
    }

    @Test func `keeps the choice when it refreshes, or when a vendor is asked`() {
        let failed = page(deliveries, failedOnly: true)
        #expect(failed.refreshHref == "/dashboard/events/e-1?show=failed")
        #expect(failed.lanes.first?.vendorHref == "/dashboard/events/e-1?show=failed&vendor=late#lane-1")
        #expect(failed.comparisonsHref == "/dashboard/events/e-1?show=failed&comparisons=1#comparisons")
    }

    @Test func `shows what comparisons found about the event`() throws {
        let run = MigrationPageTests.run(.finished)
        let finding = SamplePages.finding("e-1", isKnown: true)
        let shown = page(
            deliveries,
            comparisons: EventComparisons([(run, [finding]), (run, [])], hidesProperties: false)
        )
        let runs = try #require(shown.comparisons?.runs)
        #expect(runs.map(\.hasFindings) == [true, false])
        #expect(runs[0].address == "/dashboard/migration/runs/\(run.id)")
        #expect(runs[0].findings.map(\.cause) == ["content"])
        #expect(page(deliveries).comparisons == nil, "comparisons are read only for whoever asks")
    }
}
