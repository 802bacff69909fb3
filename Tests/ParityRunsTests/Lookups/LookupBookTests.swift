import Events
import Journal
import Parity
import Routing
import Testing

@testable import ParityRuns

/// What is kept of deliveries that are looked up, and what was sent of them.
@Suite struct LookupBookTests {
    private static let time = Timestamp(milliseconds: 1_772_366_400_000)

    private static func lookup() -> OutcomeLookup {
        OutcomeLookup(attemptedAt: time, lag: .seconds(1), isImmediate: false)
    }

    @Test func `are kept by event and provider`() {
        var book = LookupBook()
        book[1, "lago"] = Self.lookup()
        #expect(book[1, "lago"] == Self.lookup() && book[1, "polar"] == nil && book[2, "lago"] == nil)
        book[1, "lago"] = nil
        #expect(book[1, "lago"] == nil)
    }

    @Test func `are forgotten once nobody waits for them, at their provider alone`() {
        var book = LookupBook()
        for (sequence, provider) in [(1, "lago"), (2, "lago"), (1, "polar")] as [(SequenceNumber, ProviderName)] {
            book[sequence, provider] = Self.lookup()
        }
        book.keepOnly([2, 9], at: "lago")
        #expect(book[1, "lago"] == nil && book[2, "lago"] != nil && book[1, "polar"] != nil && book[9, "lago"] == nil)
        book.keepOnly([], at: "unknown")
        #expect(book[2, "lago"] != nil)
    }

    // MARK: What was sent

    private static func event(_ id: String, customer: String? = "c", at time: Timestamp = time, name: String = "api")
        -> AcceptedEvent
    {
        AcceptedEvent(
            CanonicalEvent(name: name, customerID: customer, timestamp: time),
            id: EventID(id),
            in: Submission(
                tenant: "t",
                client: "c",
                acceptedAt: time,
                plan: Plan(
                    route: "r",
                    destinations: [Destination(provider: "scripted", adapter: "scripted", mode: .primary)]
                )
            )
        )
    }

    private static let delivery = Delivery(
        provider: "scripted",
        adapter: "scripted",
        mode: .primary,
        status: .uncertain
    )

    private static func sent(_ rules: ComparisonRules, _ event: AcceptedEvent = event("e")) throws -> SentDelivery? {
        var answers = ScriptedReader()
        answers.rules = rules
        return SentDelivery(event, delivery, at: try ScriptedVendor(answers).provider(), [:])
    }

    /// How a vendor shows which event a row is.
    @Test(
        arguments: [
            (ComparisonRules(identity: []), true), (ComparisonRules(identity: [.customer]), true),
            (ComparisonRules(identity: nil), false), (ComparisonRules(identity: nil, idProperties: ["id"]), true),
        ]
    )
    func `is told apart by an id, or by a property that carries it`(rules: ComparisonRules, isToldApart: Bool) throws {
        #expect(try #require(try Self.sent(rules)).isToldApart == isToldApart)
    }

    /// Another event of the journal, and whether a row may be either.
    @Test(
        arguments: [
            (event("other"), true), (event("other", customer: "d"), false), (event("other", customer: nil), false),
            (event("other", at: time + .milliseconds(1)), false), (event("other", name: "disk"), false),
        ]
    )
    func `has a twin of the same name, customer and time, where ids do not tell`(other: AcceptedEvent, isTwin: Bool)
        throws
    {
        let archived = ArchivedEvent(sequence: 7, event: other, deliveries: [Self.delivery])
        let anonymous = try #require(try Self.sent(ComparisonRules(identity: nil)))
        #expect(anonymous.hasTwin(archived, [:]) == isTwin)
        let named = try #require(try Self.sent(ComparisonRules(identity: [])))
        #expect(!named.hasTwin(archived, [:]))
    }

    @Test func `has no twin in an event that was never sent there`() throws {
        var other = Self.event("other")
        other = AcceptedEvent(
            CanonicalEvent(name: other.name, customerID: "c", timestamp: Self.time),
            id: "other",
            in: Submission(tenant: "t", client: "c", acceptedAt: Self.time, plan: Plan(route: "r", destinations: []))
        )
        let archived = ArchivedEvent(sequence: 7, event: other, deliveries: [])
        let anonymous = try #require(try Self.sent(ComparisonRules(identity: nil)))
        #expect(!anonymous.hasTwin(archived, [:]))
    }

    @Test func `is unknown of a delivery by an unknown lane, or by another adapter`() throws {
        let provider = try ScriptedVendor(ScriptedReader()).provider()
        let lane = Delivery(provider: "scripted", adapter: "scripted", mode: .primary, lane: 4, status: .uncertain)
        #expect(SentDelivery(Self.event("e"), lane, at: provider, [:]) == nil)
        let blind = try ScriptedVendor(nil).provider()
        #expect(SentDelivery(Self.event("e"), Self.delivery, at: blind, [:]) == nil)
    }
}
