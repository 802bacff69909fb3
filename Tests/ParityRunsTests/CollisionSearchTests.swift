import Events
import Journal
import Parity
import Routing
import Synchronization
import Testing

@testable import ParityRuns

/// Whether a lost event is another one of its identity, at a vendor that can be asked for it.
@Suite struct CollisionSearchTests {
    private static let destination = Destination(provider: "scripted", adapter: "scripted", mode: .primary)

    private static func archived(_ number: Int) -> ArchivedEvent {
        let time = Timestamp(milliseconds: 0)
        let event = AcceptedEvent(
            CanonicalEvent(name: "api", customerID: nil, timestamp: time),
            id: EventID("e\(number)"),
            in: Submission(
                tenant: "t",
                client: "c",
                acceptedAt: time,
                plan: Plan(route: "r", destinations: [destination])
            )
        )
        let delivery = Delivery(provider: "scripted", adapter: "scripted", mode: .primary, status: .delivered)
        return ArchivedEvent(sequence: SequenceNumber(Int64(number) + 1), event: event, deliveries: [delivery])
    }

    /// A comparison that has lost all events, confirmed by a second read or not.
    private static func lost(_ recorded: JournalWindow, _ provider: ProviderConfiguration, isConfirmed: Bool)
        -> WindowComparison
    {
        func compare() -> WindowComparison {
            WindowComparison.compare(
                recorded.expected(at: provider.name, provider.adapter, [:]),
                with: [],
                { _ in ComparisonRules(identity: []) },
                at: provider.name,
                deciding: CauseDecision(
                    readAt: Timestamp(milliseconds: 1_000_000),
                    lag: .zero,
                    isJournalDamaged: false
                )
            )
        }
        var comparison = compare()
        if isConfirmed { comparison.confirm(after: compare().findings) }
        return comparison
    }

    private static func search(
        _ count: Int,
        limit: Int = 100,
        isConfirmed: Bool = true,
        _ onFind: @escaping @Sendable (WantedEvent) -> VendorInquiry<[VendorEvent]>
    ) async throws -> (causes: [Cause], calls: Int) {
        var answers = ScriptedReader()
        answers.onFind = onFind
        let provider = try ScriptedVendor(answers).provider()
        let recorded = JournalWindow(events: (0..<count).map(archived), isDamaged: false)
        var search = try #require(CollisionSearch(ImmediateAsking(), provider, recorded, [:]))
        var comparison = lost(recorded, provider, isConfirmed: isConfirmed)
        await search.search(&comparison, limit: limit)
        return (comparison.findings.map(\.cause), search.calls)
    }

    private static func other(_ wanted: WantedEvent) -> VendorEvent {
        VendorEvent(id: wanted.id.rawValue, name: "other", timestamp: Timestamp(milliseconds: 99))
    }

    @Test func `names the events that the vendor has with other values`() async throws {
        let found = try await Self.search(3) { wanted in .done(wanted.id == "e1" ? [Self.other(wanted)] : []) }
        #expect(found.causes == [.lostAfterAccept, .collision, .lostAfterAccept] && found.calls == 3)
    }

    @Test func `asks for as many as it may`() async throws {
        let found = try await Self.search(5, limit: 2) { .done([Self.other($0)]) }
        #expect(found.causes == [.collision, .collision, .lostAfterAccept, .lostAfterAccept, .lostAfterAccept])
        #expect(found.calls == 2)
        let none = try await Self.search(5, limit: 0) { .done([Self.other($0)]) }
        #expect(none.calls == 0)
    }

    @Test func `asks for nothing that two reads have not missed`() async throws {
        let found = try await Self.search(3, isConfirmed: false) { .done([Self.other($0)]) }
        #expect(found.calls == 0 && found.causes == Array(repeating: .lostAfterAccept, count: 3))
    }

    @Test func `leaves an event lost of which the vendor says nothing, or that it now shows`() async throws {
        let fault = DeliveryFault(code: .vendorError, message: "500")
        let failed = try await Self.search(1) { _ in .failed(fault) }
        #expect(failed.causes == [.lostAfterAccept] && failed.calls == 1)
        let same = try await Self.search(1) { wanted in
            .done([VendorEvent(id: wanted.id.rawValue, name: "api", timestamp: Timestamp(milliseconds: 0))])
        }
        #expect(same.causes == [.lostAfterAccept])
    }

    @Test func `is not made for a vendor that does not tell events apart, or cannot find one`() throws {
        let recorded = JournalWindow(events: [], isDamaged: false)
        var anonymous = ScriptedReader()
        anonymous.rules = ComparisonRules(identity: nil)
        var blind = ScriptedReader()
        blind.abilities = [.compare]
        for answers in [anonymous, blind] {
            let provider = try ScriptedVendor(answers).provider()
            #expect(CollisionSearch(ImmediateAsking(), provider, recorded, [:]) == nil)
        }
    }
}
