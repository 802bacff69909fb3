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
        ("bad", .primary, .settled(.rejected, .untranslatable)), ("bad", .mirror, .settled(.rejected, .untranslatable)),
        ("late", .primary, .settled(.retrying, .timestampInFuture)),
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

    // MARK: - Shadow

    private func claim(_ deliveries: [(id: String, mode: DeliveryMode)]) -> PipelineMachine.Claimed {
        let claimed = deliveries.enumerated().map { number, delivery in
            let destination = Destination(provider: "acme", adapter: PlainAdapter.name, mode: delivery.mode)
            let plan = Plan(route: "r", destinations: [destination])
            return ClaimedDelivery(
                sequence: SequenceNumber(Int64(number + 1)),
                event: .sample(delivery.id, plan: plan),
                destination: destination,
                attempts: 0
            )
        }
        return ClaimTranslation(provider: "acme", adapter: PlainAdapter(), logger: PipelineStage.quiet)
            .translate(claimed, at: ClockReading.sample.wall)
    }

    @Test func `keeps shadow deliveries as runs that others interrupt, and counts what they show`() {
        let claimed = claim([
            ("good1", .shadow), ("bad1", .shadow), ("good2", .mirror), ("good3", .mirror), ("late", .shadow),
            ("good4", .mirror), ("bad2", .shadow),
        ])
        #expect(claimed.settled.isEmpty)
        #expect(claimed.skipped.map { $0.sequences.map(\.rawValue) } == [[1, 2], [5], [7]])
        // A delivered run of neighbours must not stand for a shadow delivery between them.
        #expect(claimed.items.map(\.sequence.rawValue) == [3, 4, 6])
        #expect(claimed.items.map(\.followsShadow) == [true, false, true])
        let tallies = claimed.shadow.map { ($0.shadowClass, $0.field, $0.events, $0.samples.map(\.rawValue)) }
        #expect(tallies.count == 2)
        #expect(tallies.first.map { $0 == (.translated, "", 2, [1, 5]) } ?? false)
        #expect(tallies.last.map { $0 == (.untranslatable, "name", 2, [2, 7]) } ?? false)
    }

    @Test func `keeps the newest samples, and no more than there may be`() {
        let claimed = claim((1...50).map { ("good\($0)", .shadow) })
        #expect(claimed.shadow.map(\.events) == [50])
        #expect(claimed.shadow.first?.samples.map(\.rawValue) == (41...50).map { Int64($0) })
        #expect(claimed.skipped.map(\.sequences.count) == [50])
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
