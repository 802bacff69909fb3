import Events
import OfRecord
import Randomness
import Routing
import Testing

/// Which of a migration's two providers get an event.
@Suite struct MigrationRoutingTests {
    private static let start = Timestamp(milliseconds: 1_790_000_000_000)
    private static let day = Duration.seconds(86_400)
    private static let customers = (0..<8).map { "customer-\($0)" }

    /// A random file with a migration, and a random log.
    private struct Sample {
        let routes: Routes
        let entries: [MigrationEntry]
        let clocks: (a: BillingClock, b: BillingClock)
        /// Of the provider `b` in the file.
        let mode: DeliveryMode
        var random: SplitMix

        var migration: MigrationConfiguration { routes.migrations[0] }
        var log: MigrationLog { MigrationLog(entries) }

        init(seed: UInt64) throws {
            random = SplitMix(seed: seed)
            let adapters = (pick(["acme", "tide"], &random), pick(["acme", "tide"], &random))
            clocks = (adapters.0 == "tide" ? .receipt : .eventTime, adapters.1 == "tide" ? .receipt : .eventTime)
            let mode = pick(DeliveryMode.allCases, &random)
            self.mode = mode
            var anchors = "customer_id,anchor\n"
            for customer in customers.dropLast(2) {
                anchors += "\(customer),\((start + day * Int.random(in: -200...0, using: &random)).rfc3339)\n"
            }
            let keep = pick(["all", "late"], &random)
            let zone = pick(["UTC", "Europe/Berlin", "America/New_York"], &random)
            let text = MigrationText.file(
                adapters: adapters,
                routes: #"[{"name": "r", "to": [{"provider": "a"}, {"provider": "b", "mode": "\#(mode.rawValue)"}]}]"#,
                migrations: #"""
                    {"m": {"route": "r", "from": "a", "to": "b", "keep": "\#(keep)", "keep_for": "20d",
                           "boundary": {"anchors": "a.csv", "timezone": "\#(zone)"}}}
                    """#
            )
            routes = try MigrationText.read(text, files: ["a.csv": anchors])
            entries = Self.entries(&random)
        }

        private static func entries(_ random: inout SplitMix) -> [MigrationEntry] {
            var at = start
            return (0..<Int.random(in: 0...8, using: &random)).map { number in
                at =
                    at + day * Int.random(in: 0...25, using: &random)
                    + .seconds(Int.random(in: 0...86_400, using: &random))
                let action: MigrationEntry.Action =
                    switch Int.random(in: 0...10, using: &random) {
                    case 0...2: .ramp(share: pick([5, 25, 60, 100], &random))
                    case 3: .cut(at: at + day * Int.random(in: -5...20, using: &random))
                    case 4: .hold
                    case 5: .resume
                    case 6: .goBack(when: pick(MigrationEntry.ReturnTime.allCases, &random), customers: nil)
                    case 7:
                        .goBack(
                            when: pick(MigrationEntry.ReturnTime.allCases, &random),
                            customers: [CustomerID(customers[0])]
                        )
                    case 8, 9: .stage(pick(MigrationEntry.Delivery.allCases, &random))
                    default: .close
                    }
                return MigrationEntry(number: number, at: at, action: action)
            }
        }

        /// An event that is late, early or neither.
        mutating func event() -> (customer: String, time: Timestamp, now: Timestamp) {
            let now = start + .seconds(Int64.random(in: 0...86_400 * 250, using: &random))
            let offset = pick([0, 0, -3600, -86_400 * 3, -86_400 * 30, 3600, 86_400], &random)
            return (
                pick(customers, &random),
                now + .seconds(Int.random(in: min(offset, 0)...max(offset, 0), using: &random)), now
            )
        }
    }

    private static func pick<Value>(_ values: [Value], _ random: inout SplitMix) -> Value {
        values[Int.random(in: 0..<values.count, using: &random)]
    }

    private static func plan(_ table: RoutingTable, _ event: (customer: String, time: Timestamp, now: Timestamp))
        -> Plan?
    {
        table.plan(
            for: "n",
            customerID: event.customer,
            subscriptionID: nil,
            at: event.time,
            acceptedAt: event.now,
            client: "shop"
        )
    }

    private static func isDelivered(_ mode: DeliveryMode?) -> Bool { mode == .primary || mode == .mirror }

    @Test(arguments: 0..<400 as Range<UInt64>)
    func `are always the one of record, and the other where the migration says it`(seed: UInt64) throws {
        var sample = try Sample(seed: seed)
        let (migration, log) = (sample.migration, sample.log)
        let table = RoutingTable(sample.routes, logs: MigrationLogs(["m": log]))
        for _ in 0..<100 {
            let event = sample.event()
            let customer = CustomerID(event.customer)
            let plan = try #require(Self.plan(table, event))
            let (old, new) = (plan.destination(at: "a")?.mode, plan.destination(at: "b")?.mode)
            func side(_ time: Timestamp) -> Side { migration.record(by: log).side(for: customer, at: time) }
            /// Whether a provider would have the event on its bill though it is on the other's.
            func isBilled(_ clock: BillingClock, _ own: Side) -> Bool {
                let arrival = max(event.time, event.now)
                return clock == .receipt && (side(arrival) == own || side(arrival + .seconds(3600)) == own)
            }
            let wanted: DeliveryMode =
                switch log.delivery {
                case .shadow: .shadow
                case .mirror: Self.isDelivered(sample.mode) ? sample.mode : .mirror
                case nil: sample.mode
                }
            switch migration.providerOfRecord(for: customer, at: event.time, acceptedAt: event.time, by: log) {
            case "a":
                #expect(old == .primary)
                let isLeftOut = wanted == .off || Self.isDelivered(wanted) && isBilled(sample.clocks.b, .to)
                #expect(new == (isLeftOut ? nil : wanted))
            case "b":
                #expect(new == (Self.isDelivered(wanted) ? wanted : .mirror))
                let moves = migration.record(by: log).switches(of: customer).filter { $0.at <= event.time }
                let move = try #require(moves.last)
                let isKept =
                    migration.keep == .all && !log.isClosed && event.now < move.at + Self.day * 20
                    && !isBilled(sample.clocks.a, .from)
                #expect(old == (isKept ? .primary : nil))
            case let other: Issue.record("\(other) is neither of the two")
            }
        }
    }

    /// A vendor bills what it gets while it is of record: by the event's time, or by the time at which it gets it.
    @Test(arguments: 0..<400 as Range<UInt64>)
    func `bill an event once, or at a vendor that bills by receipt not at all when it is late`(seed: UInt64) throws {
        var sample = try Sample(seed: seed)
        let record = sample.migration.record(by: sample.log)
        let table = RoutingTable(sample.routes, logs: MigrationLogs(["m": sample.log]))
        for _ in 0..<100 {
            let event = sample.event()
            let customer = CustomerID(event.customer)
            let plan = try #require(Self.plan(table, event))
            let own = record.side(for: customer, at: event.time)
            for delay in [0, 3600] {
                let arrival = max(event.time, event.now) + .seconds(delay)
                var bills: [Side] = []
                for (provider, clock, side) in [("a", sample.clocks.a, .from), ("b", sample.clocks.b, .to)]
                    as [(ProviderName, _, Side)]
                {
                    guard Self.isDelivered(plan.destination(at: provider)?.mode) else { continue }
                    let billed = clock == .receipt ? arrival : event.time
                    if record.side(for: customer, at: billed) == side { bills.append(side) }
                }
                #expect(
                    bills == [own] || bills.isEmpty && (own == .from ? sample.clocks.a : sample.clocks.b) == .receipt
                )
                #expect(!bills.isEmpty || record.side(for: customer, at: arrival) != own)
            }
        }
    }

    @Test(arguments: 0..<100 as Range<UInt64>)
    func `are the same at two gateways, in whatever order the events come`(seed: UInt64) throws {
        var sample = try Sample(seed: seed)
        let one = RoutingTable(sample.routes, logs: MigrationLogs(["m": sample.log]))
        let again = try Sample(seed: seed)
        let shuffled = MigrationLog(again.entries.shuffled(using: &sample.random))
        let other = RoutingTable(again.routes, logs: MigrationLogs(["m": shuffled]))
        let events = (0..<60).map { _ in sample.event() }
        let plans = events.map { Self.plan(one, $0)?.encoded }
        #expect(events.reversed().map { Self.plan(other, $0)?.encoded } == plans.reversed())
    }

    @Test func `follow the file before anything is ordered`() throws {
        for (mode, expected) in [
            ("shadow", DeliveryMode.shadow), ("mirror", .mirror), ("primary", .primary), ("off", nil),
        ] {
            let text = MigrationText.file(
                routes: #"[{"name": "r", "to": [{"provider": "b", "mode": "\#(mode)"}, {"provider": "a"}]}]"#
            )
            let plan = Self.plan(RoutingTable(try MigrationText.read(text)), ("c", Self.start, Self.start))
            #expect(plan?.destination(at: "b")?.mode == expected && plan?.destination(at: "a")?.mode == .primary)
        }
    }

    /// The 31st of January, February's last day, the change of the clocks in Berlin and New York: everybody moves on his own boundary.
    @Test(arguments: [
        ("Europe/Berlin", "2026-01-31", "2027-02-27T22:59:59.999Z", "2027-02-27T23:00:00Z"),
        ("Europe/Berlin", "2024-02-29", "2027-02-27T22:59:59.999Z", "2027-02-27T23:00:00Z"),
        ("America/New_York", "2026-01-14T02:30:00-05:00", "2027-02-14T07:29:59.999Z", "2027-02-14T07:30:00Z"),
        ("UTC", "2026-08-31T12:00:00+14:00", "2027-02-28T21:59:59.999Z", "2027-02-28T22:00:00Z"),
    ])
    func `change at the customer's own boundary, by the event's time`(
        zone: String,
        anchor: String,
        before: String,
        after: String
    ) throws {
        let text = MigrationText.file(
            migrations: #"""
                {"m": {"route": "r", "from": "a", "to": "b", "keep": "late", "boundary": {"anchors": "a.csv", "timezone": "\#(zone)"}}}
                """#
        )
        let routes = try MigrationText.read(text, files: ["a.csv": "customer_id,anchor\nc,\(anchor)\n"])
        let ordered = try #require(Timestamp(rfc3339: "2027-02-10T00:00:00Z"))
        let log = MigrationLog([MigrationEntry(number: 1, at: ordered, action: .cut(at: ordered))])
        let table = RoutingTable(routes, logs: MigrationLogs(["m": log]))
        let (last, first) = (try #require(Timestamp(rfc3339: before)), try #require(Timestamp(rfc3339: after)))
        // Whether it is late, early or neither.
        for now in [ordered, last, first, first + Self.day * 3] {
            let (old, new) = (Self.plan(table, ("c", last, now)), Self.plan(table, ("c", first, now)))
            #expect(old?.destinations.map(\.provider) == ["a", "b"] && new?.destinations.map(\.provider) == ["b"])
        }
    }

    @Test func `follow the times of the destinations where these decide`() throws {
        let text = MigrationText.file(
            routes: #"""
                [{"name": "r", "to": [{"provider": "a", "until": "2027-01-01T00:00:00Z"}, {"provider": "b", "from": "2027-01-01T00:00:00Z"}]}]
                """#
        )
        let routes = try MigrationText.read(text)
        let log = MigrationLog([MigrationEntry(number: 1, at: Self.start, action: .cut(at: Self.start))])
        let table = RoutingTable(routes, logs: MigrationLogs(["m": log]))
        let cut = try #require(Timestamp(rfc3339: "2027-01-01T00:00:00Z"))
        for (time, provider) in [(cut + .milliseconds(-1), "a"), (cut, "b")] as [(Timestamp, ProviderName)] {
            #expect(Self.plan(table, ("c", time, Self.start))?.destinations.map(\.provider) == [provider])
            #expect(routes.migrations[0].providerOfRecord(for: "c", at: time, acceptedAt: time, by: log) == provider)
        }
    }
}
