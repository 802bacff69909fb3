import Events
import Journal
import Testing

@testable import DeliveryEngine

/// What becomes of a claimed delivery before any request: a table over events, modes and accounts.
@Suite struct ClaimTranslationTests {
    enum Expected: Equatable {
        case sent
        case settled(DeliveryStatus, DeliveryErrorCode?)
    }

    private func translate(_ id: String, _ mode: DeliveryMode, _ adapter: AdapterName, after wait: Duration)
        -> PipelineMachine.Claimed
    {
        let destination = Destination(provider: "acme", adapter: adapter, mode: mode)
        let event = AcceptedEvent.sample(id, plan: Plan(route: "r", destinations: [destination]))
        let delivery = ClaimedDelivery(sequence: 7, event: event, destination: destination, attempts: 3)
        return ClaimTranslation(provider: "acme", adapter: PlainAdapter(), logger: PipelineStage.quiet)
            .translate([delivery], at: ClockReading.sample.wall + wait)
    }

    @Test(arguments: [
        ("good", DeliveryMode.primary, Expected.sent), ("good", .mirror, .sent),
        ("good", .shadow, .settled(.skipped, nil)),
        ("bad", .primary, .settled(.rejected, .untranslatable)), ("bad", .mirror, .settled(.rejected, .untranslatable)),
        ("bad", .shadow, .settled(.skipped, .untranslatable)),
        ("late", .primary, .settled(.retrying, .timestampInFuture)), ("late", .shadow, .settled(.skipped, nil)),
    ])
    func `sends what can be said now, and settles the rest`(id: String, mode: DeliveryMode, expected: Expected) throws {
        let claimed = translate(id, mode, PlainAdapter.name, after: .zero)
        guard case .settled(let status, let code) = expected else {
            #expect(claimed.items.map(\.id.rawValue) == [id] && claimed.settled.isEmpty)
            #expect(claimed.items.first?.attemptsBefore == 3)
            return
        }
        let settled = try #require(claimed.settled.first)
        #expect(claimed.items.isEmpty && settled.sequence == 7)
        #expect(settled.status == status && settled.fault?.code == code)
        #expect(settled.nextAttemptAt == (status == .retrying ? ClockReading.sample.wall + .seconds(10) : nil))
    }

    @Test(arguments: ["good", "bad", "late"], DeliveryMode.allCases.filter { $0 != .off })
    func `never sends an event to another account than it was planned for`(id: String, mode: DeliveryMode) throws {
        let claimed = translate(id, mode, "other", after: .zero)
        #expect(claimed.items.isEmpty)
        #expect(claimed.settled.map(\.status) == [.rejected])
        let message = try #require(claimed.settled.first?.fault?.message)
        #expect(message.contains("adapter other") && message.contains("plain now"))
    }

    @Test func `sends an event that had to wait when its time has come`() {
        #expect(translate("late", .primary, PlainAdapter.name, after: .seconds(9)).items.isEmpty)
        #expect(translate("late", .primary, PlainAdapter.name, after: .seconds(10)).items.count == 1)
    }
}
