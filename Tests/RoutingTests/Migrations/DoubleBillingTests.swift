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
        plan: Plan = Plan(route: "r", destinations: []),
        event: Int,
        sent: Int
    ) throws -> Bool {
        let routes = try MigrationText.read(MigrationText.file(adapters: adapters))
        let logs = MigrationLogs(["m": MigrationLog(entries)], version: 1)
        let billing = DoubleBilling(at: routes.providers[provider], by: RoutesSnapshot(routes, logs: logs))
        let time = move + .seconds(event)
        let accepted = AcceptedEvent(
            CanonicalEvent(name: "n", customerID: "c", timestamp: time),
            id: "e",
            in: Submission(tenant: "t", client: "c", acceptedAt: time, plan: plan)
        )
        return billing.concerns(accepted, sentAt: move + .seconds(sent))
    }

    @Test(arguments: [
        (event: -4000, sent: -3601, isDouble: false), (-4000, -3600, true), (-60, 0, true), (-1, 86_400, true),
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

    @Test func `are none of those that the other vendor has never had`() throws {
        func isDouble(_ destinations: [(ProviderName, DeliveryMode)]) throws -> Bool {
            let plan = Plan(
                route: "other",
                destinations: destinations.map { Destination(provider: $0, adapter: "acme", mode: $1) }
            )
            return try Self.concerns(1, adapters: ("acme", "tide"), plan: plan, event: -60, sent: 60)
        }
        #expect(try !isDouble([("b", .primary)]))
        #expect(try !isDouble([("b", .primary), ("c", .mirror)]), "a provider that nobody leaves")
        #expect(try !isDouble([("b", .primary), ("a", .shadow)]), "shadows are not sent")
        #expect(try isDouble([("b", .primary), ("a", .mirror)]))
    }

    @Test func `are those that the other vendor has in a tenant's own account`() throws {
        let text = #"""
            {"version": 1,
             "providers": {"a": {"adapter": "acme", "credential": {"env": "A"}},
                           "b": {"adapter": "tide", "credential": {"env": "B"}}},
             "routes": [{"name": "r", "to": [{"provider": "a"}, {"provider": "b", "mode": "mirror"}]}],
             "migrations": {"m": \#(MigrationText.migration)},
             "clients": [{"name": "shop", "tenant": "shop", "credentials": {"a": {"env": "SHOP_A"}}}]}
            """#
        let routes = try MigrationText.read(text)
        let logs = MigrationLogs(["m": MigrationLog(Self.cut)], version: 1)
        let provider = try #require(routes.providers.first { $0.name == "b" })
        let billing = DoubleBilling(at: provider, by: RoutesSnapshot(routes, logs: logs))
        func isDouble(at account: ProviderName) -> Bool {
            let destination = Destination(provider: account, adapter: "acme", mode: .primary)
            let time = Self.move + .seconds(-60)
            let event = AcceptedEvent(
                CanonicalEvent(name: "n", customerID: "c", timestamp: time),
                id: "e",
                in: Submission(
                    tenant: "shop",
                    client: "shop",
                    acceptedAt: time,
                    plan: Plan(route: "other", destinations: [destination])
                )
            )
            return billing.concerns(event, sentAt: Self.move + .seconds(60))
        }
        #expect(isDouble(at: "a@shop"))
        #expect(!isDouble(at: "b@shop"))
    }
}
