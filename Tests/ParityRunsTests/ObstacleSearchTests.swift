import Events
import Journal
import Parity
import Routing
import Synchronization
import Testing

@testable import ParityRuns

/// What a vendor is asked about events that it may not bill, and what follows from its silence.
@Suite struct ObstacleSearchTests {
    private static let destination = Destination(provider: "scripted", adapter: "scripted", mode: .primary)

    private static func archived(_ number: Int, _ name: String, subscription: String? = nil) -> ArchivedEvent {
        let time = Timestamp(milliseconds: Int64(number) * 1000)
        let event = AcceptedEvent(
            CanonicalEvent(name: name, customerID: "c", subscriptionID: subscription, timestamp: time),
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

    private static func expected(_ archived: ArchivedEvent) -> ExpectedEvent {
        let event = archived.event
        return ExpectedEvent(
            sequence: archived.sequence,
            event: event,
            sent: VendorEvent(
                id: event.id.rawValue,
                name: event.name,
                customerID: event.customerID,
                subscriptionID: event.subscriptionID,
                timestamp: event.timestamp
            ),
            state: .delivered(deduplicated: false, at: nil)
        )
    }

    private static func search(
        _ answers: ScriptedReader,
        _ events: [ArchivedEvent],
        asking: ImmediateAsking = ImmediateAsking(),
        recorded: [ArchivedEvent]? = nil
    ) async throws -> (causes: [Cause?], outcome: ObstacleSearch.Outcome) {
        let provider = try ScriptedVendor(answers).provider()
        let search = ObstacleSearch(
            vendors: asking,
            provider: provider,
            reader: answers,
            recorded: JournalWindow(events: recorded ?? events, isDamaged: false),
            lanes: [:]
        )
        var known = BillingObstacles(able: answers.obstacles)
        let wanted = events.map(expected)
        let outcome = await search.search(wanted, into: &known)
        return (wanted.map { known.cause(of: $0) }, outcome)
    }

    @Test func `asks with one event of each name, and holds the answer for the others`() async throws {
        let asked = Mutex<[String]>([])
        var answers = ScriptedReader()
        answers.obstacles = ObstacleTraits(ofEvents: [.noMetric])
        answers.onObstacle = { event in
            asked.withLock { $0.append(event.identity) }
            return .done(event.identity == "e0" ? .noMetric : nil)
        }
        let events = [Self.archived(0, "api"), Self.archived(1, "disk"), Self.archived(2, "api")]
        let found = try await Self.search(answers, events)
        #expect(found.causes == [.noMetric, nil, .noMetric])
        #expect(asked.withLock { $0 } == ["e0", "e1"] && found.outcome.calls == 2 && found.outcome.fault == nil)
    }

    @Test func `asks about the customer of a subscription that there is none of`() async throws {
        var answers = ScriptedReader()
        answers.obstacles = ObstacleTraits(ofSubscriptions: true)
        answers.onTimes = { _ in VendorInquiry.done([]).behind(2) }
        answers.onCustomer = { _ in .done(false) }
        let found = try await Self.search(answers, [Self.archived(0, "api", subscription: "s")])
        // Two pages of subscriptions, and the customer.
        #expect(found.causes == [.noCustomer] && found.outcome.calls == 3)
    }

    @Test func `knows the first failure, and goes on asking`() async throws {
        var answers = ScriptedReader()
        answers.obstacles = ObstacleTraits(ofEvents: [.noMetric])
        answers.onObstacle = { event in
            event.identity == "e2"
                ? .done(.noMetric)
                : .failed(DeliveryFault(code: .vendorError, message: "Scripted (50\(event.identity.last ?? "?"))"))
        }
        let events = [Self.archived(0, "api"), Self.archived(1, "disk"), Self.archived(2, "cpu")]
        let found = try await Self.search(answers, events)
        #expect(found.causes == [nil, nil, .noMetric] && found.outcome.calls == 3)
        #expect(found.outcome.fault == "what Scripted does not bill could not be read: Scripted (500)")
    }

    @Test func `takes what a vendor cannot answer for no obstacle, and no failure`() async throws {
        var answers = ScriptedReader()
        answers.obstacles = ObstacleTraits(
            ofEvents: [.noMetric, .noCustomer, .noSubscription],
            ofNames: true,
            ofSubscriptions: true
        )
        let events = [Self.archived(0, "api", subscription: "s")]
        let silent = try await Self.search(answers, events)
        #expect(silent.causes == [nil] && silent.outcome.fault == nil && silent.outcome.calls == 3)
        let cancelled = try await Self.search(answers, events, asking: ImmediateAsking(isPatient: false))
        #expect(cancelled.causes == [nil] && cancelled.outcome.fault == nil)
    }

    @Test func `does not ask with an event that the journal no longer has`() async throws {
        var answers = ScriptedReader()
        answers.obstacles = ObstacleTraits(ofEvents: [.noMetric])
        answers.onObstacle = { _ in .done(.noMetric) }
        let found = try await Self.search(answers, [Self.archived(0, "api")], recorded: [])
        #expect(found.causes == [nil] && found.outcome.calls == 0)
    }

    @Test func `asks for all names once`() async throws {
        var answers = ScriptedReader()
        answers.obstacles = ObstacleTraits(ofNames: true)
        answers.onNames = { VendorInquiry.done(CountedNames { $0 == "api" }).behind(4) }
        let search = ObstacleSearch(
            vendors: ImmediateAsking(),
            provider: try ScriptedVendor(answers).provider(),
            reader: answers,
            recorded: JournalWindow(events: [], isDamaged: false),
            lanes: [:]
        )
        var known = BillingObstacles(able: answers.obstacles)
        let first = await search.searchNames(into: &known)
        let second = await search.searchNames(into: &known)
        #expect(first.calls == 4 && second.calls == 0)
        #expect(known.cause(of: Self.expected(Self.archived(0, "disk"))) == .noMetric)
        #expect(known.cause(of: Self.expected(Self.archived(0, "api"))) == nil)
    }
}
