import Events
import OfRecord
import Routing
import Testing

/// Events that a vendor gets which bills by receipt, after their customer has moved away.
@Suite struct ClosedPeriodsTests {
    /// `tide` bills by receipt.
    private static func closed(_ provider: Int, adapters: (String, String), _ entries: [MigrationEntry]) throws
        -> ClosedPeriods?
    {
        let routes = try MigrationText.read(MigrationText.file(adapters: adapters))
        let logs = MigrationLogs(["m": MigrationLog(entries)], version: 1)
        return ClosedPeriods(of: routes.providers[provider], in: RoutesSnapshot(routes, logs: logs))
    }

    private static let move = Timestamp(rfc3339: "2027-02-01T00:00:00Z")!
    private static let cut = [MigrationEntry(number: 1, at: move + .seconds(-86_400), action: .cut(at: move))]

    private static func event(at time: Timestamp, route: RouteName = "r") -> AcceptedEvent {
        AcceptedEvent(
            CanonicalEvent(name: "n", customerID: "c", timestamp: time),
            id: "e",
            in: Submission(tenant: "t", client: "c", acceptedAt: time, plan: Plan(route: route, destinations: []))
        )
    }

    @Test func `are those of before the move that arrive after it`() throws {
        let closed = try #require(try Self.closed(0, adapters: ("tide", "acme"), Self.cut))
        let cases: [(event: Int, received: Int, isClosed: Bool)] = [
            (-60, -30, false), (-60, -1, false), (-60, 0, true), (-1, 3600, true), (0, 1, false), (60, 90, false),
        ]
        for (event, received, isClosed) in cases {
            let found = closed.contains(
                Self.event(at: Self.move + .seconds(event)),
                receivedAt: Self.move + .seconds(received)
            )
            #expect(found == isClosed, "\(event) s, received at \(received) s")
        }
        let elsewhere = Self.event(at: Self.move + .seconds(-60), route: "other")
        #expect(!closed.contains(elsewhere, receivedAt: Self.move + .seconds(60)))
    }

    @Test func `are none while nobody moves, and none at a vendor that bills by the event's time`() throws {
        let unmoved = try #require(try Self.closed(0, adapters: ("tide", "acme"), []))
        #expect(!unmoved.contains(Self.event(at: Self.move + .seconds(-60)), receivedAt: Self.move + .seconds(60)))
        #expect(try Self.closed(0, adapters: ("acme", "tide"), Self.cut) == nil)
        // Nor at a provider that no migration names.
        #expect(try Self.closed(2, adapters: ("tide", "acme"), Self.cut) == nil)
    }

    @Test func `are those of the new vendor after a return, too`() throws {
        let back =
            Self.cut + [
                MigrationEntry(number: 2, at: Self.move + .seconds(3600), action: .goBack(when: .now, customers: nil))
            ]
        let closed = try #require(try Self.closed(1, adapters: ("acme", "tide"), back))
        let event = Self.event(at: Self.move + .seconds(60))
        #expect(!closed.contains(event, receivedAt: Self.move + .seconds(120)))
        #expect(closed.contains(event, receivedAt: Self.move + .seconds(3601)))
    }
}
