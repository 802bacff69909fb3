import Events
import OfRecord
import Routing
import Testing

/// Past events that must not be sent to a provider any more.
@Suite struct DoubleBillingTests {
    private static let move = Timestamp(rfc3339: "2027-02-01T00:00:00Z")!
    private static let cut = [MigrationEntry(number: 1, at: move + .seconds(-86_400), action: .cut(at: move))]

    /// Whether an event would be billed twice; `tide` bills by receipt.
    private static func concerns(
        _ provider: Int,
        adapters: (String, String),
        _ entries: [MigrationEntry] = cut,
        event: Int,
        sent: Int
    ) throws -> Bool {
        let routes = try MigrationText.read(MigrationText.file(adapters: adapters))
        let logs = MigrationLogs(["m": MigrationLog(entries)], version: 1)
        let billing = DoubleBilling(at: routes.providers[provider], by: RoutesSnapshot(routes, logs: logs))
        return billing.concerns(
            customerID: "c",
            subscriptionID: nil,
            at: move + .seconds(event),
            sentAt: move + .seconds(sent)
        )
    }

    @Test(arguments: [
        (event: -60, sent: -3601, isDouble: false), (-60, -3600, true), (-60, 0, true), (-1, 86_400, true),
        (0, 86_400, false), (60, 90, false),
    ])
    func `are those of before the move, from an hour before it on`(event: Int, sent: Int, isDouble: Bool) throws {
        #expect(try Self.concerns(1, adapters: ("acme", "tide"), event: event, sent: sent) == isDouble)
        #expect(try !Self.concerns(1, adapters: ("tide", "acme"), event: event, sent: sent), "by the event's time")
        #expect(try !Self.concerns(1, adapters: ("acme", "tide"), [], event: event, sent: sent), "nobody has moved")
    }

    @Test func `are those of the time at the other provider after a return, too`() throws {
        let back =
            Self.cut + [
                MigrationEntry(number: 2, at: Self.move + .seconds(3600), action: .goBack(when: .now, customers: nil))
            ]
        #expect(try Self.concerns(0, adapters: ("tide", "acme"), back, event: 60, sent: 7200))
        #expect(try !Self.concerns(0, adapters: ("tide", "acme"), back, event: -60, sent: 7200))
        #expect(try !Self.concerns(1, adapters: ("acme", "tide"), back, event: -60, sent: 7200))
    }
}
