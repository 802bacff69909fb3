import Events
import OfRecord
import Testing

/// Orders of a migration, one after another, and when a customer moves: worked out by hand. Billing periods begin with each month in UTC.
@Suite struct RecordScenariosTests {
    private static func time(_ text: String) throws -> Timestamp {
        try #require(Timestamp(rfc3339: text.count == 10 ? text + "T00:00:00Z" : text), "\(text) is no time")
    }

    private static func keeping(_ orders: [(String, MigrationEntry.Action)]) throws -> RecordKeeping {
        let entries = try orders.enumerated().map { number, order in
            MigrationEntry(number: number, at: try time(order.0), action: order.1)
        }
        return RecordKeeping(boundaries: BillingBoundaries(), log: MigrationLog(entries))
    }

    /// `customer456` is at 84.0236 of the shares.
    private static let customer: CustomerID = "customer456"
    private static let february = Timestamp(milliseconds: 1_801_440_000_000)

    private static let scenarios: [(orders: [(String, MigrationEntry.Action)], switches: [String])] = [
        ([], []),
        ([("2026-12-10", .ramp(share: 84.0236))], []),
        ([("2026-12-10", .ramp(share: 84.0237))], ["2027-01-01 to"]),
        // An order changes nothing at its own time.
        ([("2027-01-01", .ramp(share: 100))], ["2027-02-01 to"]),
        ([("2026-12-31T23:59:59.999Z", .ramp(share: 100))], ["2027-01-01 to"]),
        // Each ramp replaces the one before.
        ([("2026-12-10", .ramp(share: 100)), ("2026-12-20", .ramp(share: 5))], []),
        ([("2026-12-10", .ramp(share: 100)), ("2027-01-10", .ramp(share: 5))], ["2027-01-01 to"]),
        // A hold puts the move off.
        ([("2026-12-10", .ramp(share: 100)), ("2026-12-31", .hold)], []),
        ([("2026-12-10", .ramp(share: 100)), ("2026-12-31", .hold), ("2027-01-01", .resume)], ["2027-02-01 to"]),
        ([("2026-12-10", .ramp(share: 100)), ("2026-12-11", .hold), ("2026-12-12", .resume)], ["2027-01-01 to"]),
        ([("2026-12-10", .hold), ("2026-12-11", .cut(at: february)), ("2027-03-15", .resume)], ["2027-04-01 to"]),
        // A cut takes in everybody, from its time on.
        ([("2026-12-10", .cut(at: february))], ["2027-02-01 to"]),
        ([("2027-02-10", .cut(at: february))], ["2027-03-01 to"]),
        ([("2026-12-10", .ramp(share: 100)), ("2026-12-11", .cut(at: february))], ["2027-01-01 to"]),
        ([("2026-12-10", .cut(at: february)), ("2026-12-11", .ramp(share: 5))], []),
        // Returns: at once, at a boundary, of others, of whoever has not moved.
        (
            [("2026-12-10", .cut(at: february)), ("2027-02-15", .goBack(when: .now, customers: nil))],
            ["2027-02-01 to", "2027-02-15T00:00:00.001Z from"]
        ),
        (
            [("2026-12-10", .cut(at: february)), ("2027-02-15", .goBack(when: .boundary, customers: nil))],
            ["2027-02-01 to", "2027-03-01 from"]
        ),
        (
            [("2026-12-10", .cut(at: february)), ("2027-02-01", .goBack(when: .boundary, customers: nil))],
            ["2027-02-01 to", "2027-03-01 from"]
        ),
        (
            [("2026-12-10", .cut(at: february)), ("2027-02-15", .goBack(when: .now, customers: ["c1"]))],
            ["2027-02-01 to"]
        ),
        ([("2026-12-10", .cut(at: february)), ("2027-01-15", .goBack(when: .now, customers: nil))], []),
        ([("2026-12-10", .cut(at: february)), ("2027-01-15", .goBack(when: .now, customers: [customer]))], []),
        // A second order does not put a return off.
        (
            [
                ("2026-12-10", .cut(at: february)), ("2027-02-15", .goBack(when: .boundary, customers: nil)),
                ("2027-02-20", .goBack(when: .boundary, customers: [customer])),
            ],
            ["2027-02-01 to", "2027-03-01 from"]
        ),
        // A ramp or a cut before the boundary takes a return back.
        (
            [
                ("2026-12-10", .cut(at: february)), ("2027-02-15", .goBack(when: .boundary, customers: nil)),
                ("2027-02-20", .ramp(share: 100)),
            ],
            ["2027-02-01 to"]
        ),
        (
            [
                ("2026-12-10", .cut(at: february)), ("2027-02-15", .goBack(when: .boundary, customers: nil)),
                ("2027-02-20", .ramp(share: 5)),
            ],
            ["2027-02-01 to", "2027-03-01 from"]
        ),
        // Whoever returned alone takes part again from the next ramp on, not by the one that was.
        (
            [
                ("2026-12-10", .ramp(share: 100)), ("2027-01-15", .goBack(when: .now, customers: [customer])),
                ("2027-03-15", .ramp(share: 100)),
            ],
            ["2027-01-01 to", "2027-01-15T00:00:00.001Z from", "2027-04-01 to"]
        ),
        // A hold does not keep a return off.
        (
            [
                ("2026-12-10", .cut(at: february)), ("2027-02-10", .hold),
                ("2027-02-15", .goBack(when: .boundary, customers: nil)),
            ],
            ["2027-02-01 to", "2027-03-01 from"]
        ),
        // What is sent where, and the end of a migration, move nobody.
        ([("2026-12-10", .stage(.mirror)), ("2026-12-11", .close), ("2026-12-12", .resume)], []),
        ([("2026-12-10", .ramp(share: 100)), ("2026-12-11", .close)], ["2027-01-01 to"]),
    ]

    @Test(arguments: scenarios.indices)
    func `follow the orders`(index: Int) throws {
        let scenario = Self.scenarios[index]
        let found = try Self.keeping(scenario.orders).switches(of: Self.customer).map { change in
            change.at.rfc3339.replacing("T00:00:00.000Z", with: "") + " \(change.to)"
        }
        #expect(found == scenario.switches, "scenario \(index)")
    }

    @Test func `say since when a provider is of record`() throws {
        let keeping = try Self.keeping([
            ("2026-12-10", .cut(at: Self.february)), ("2027-03-15", .goBack(when: .now, customers: nil)),
        ])
        let returned = try Self.time("2027-03-15T00:00:00.001Z")
        let (before, last) = (Self.february + .milliseconds(-1), returned + .milliseconds(-1))
        let expected: [(Timestamp, Side, Timestamp?)] = [
            (Timestamp(milliseconds: .min), .from, nil), (before, .from, nil),
            (Self.february, .to, Self.february), (last, .to, Self.february),
            (returned, .from, returned), (Timestamp(milliseconds: .max), .from, returned),
        ]
        for (time, side, since) in expected {
            #expect(keeping.tenure(for: Self.customer, at: time) == (side, since), "\(time.rfc3339)")
        }
    }

    @Test(
        arguments: [
            ([], true), ([.stage(.shadow)], true), ([.hold, .resume, .close], true), ([.ramp(share: 0)], true),
            ([.goBack(when: .now, customers: nil)], true), ([.ramp(share: 0.0001)], false),
            ([.ramp(share: 5), .ramp(share: 0)], false), ([.cut(at: february), .hold], false),
        ] as [([MigrationEntry.Action], Bool)]
    )
    func `move nobody before a ramp or a cut`(actions: [MigrationEntry.Action], isUnused: Bool) throws {
        #expect(try Self.keeping(actions.map { ("2026-12-10", $0) }).isUnused == isUnused)
    }

    @Test func `count a customer who returned alone until he has moved again`() throws {
        let alone: [(String, MigrationEntry.Action)] = [
            ("2026-12-10", .cut(at: Self.february)), ("2027-02-15", .goBack(when: .now, customers: ["c1"])),
        ]
        #expect(try Self.keeping(alone).lastMove() == nil)
        let again = alone + [("2027-04-10", .cut(at: try Self.time("2027-04-10")))]
        #expect(try Self.keeping(again).lastMove() == (try Self.time("2027-05-01")))
    }
}
