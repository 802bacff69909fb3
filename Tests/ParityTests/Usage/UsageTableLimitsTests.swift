import Events
import Parity
import Testing

/// Usage at the limits of time, of values, and of what is asked.
@Suite struct UsageTableLimitsTests {
    private static func event(
        _ time: Timestamp,
        name: String = "api",
        customer: String? = "c",
        _ properties: String? = #"{"units":1}"#
    ) -> AcceptedEvent {
        AcceptedEvent(
            CanonicalEvent(
                name: name,
                customerID: customer,
                timestamp: time,
                properties: properties.map { JSONText(checked: $0) }
            ),
            id: "e",
            in: Submission(tenant: "t", client: "c", acceptedAt: time, plan: Plan(route: "r", destinations: []))
        )
    }

    private static func table(
        _ window: ReadWindow,
        _ part: UsageTable.Part? = nil,
        aggregate: MetricAggregate = .sum,
        name: String = "api"
    ) -> UsageTable {
        UsageTable(
            UsageTable.Question(
                name: name,
                aggregate: aggregate,
                property: aggregate.needsProperty ? "units" : nil,
                window: window,
                part: part,
                customers: []
            )
        )
    }

    private static let second = ReadWindow(from: Timestamp(milliseconds: 0), until: Timestamp(milliseconds: 1000))

    @Test func `counts apart what has no number, and nothing of another name or time`() {
        var table = Self.table(Self.second)
        let inside = Timestamp(milliseconds: 999)
        for properties in [#"{"units":2.5}"#, #"{"units":"x"}"#, "{}", nil, #"{"units":"0.5"}"#] {
            table.add(Self.event(inside, properties), 1)
        }
        table.add(Self.event(Timestamp(milliseconds: 1000)), 1)
        table.add(Self.event(Timestamp(milliseconds: -1)), 1)
        table.add(Self.event(inside, name: "API"), 1)
        #expect(table.ignored == 3)
        #expect(table.rows.map { "\($0.units ?? "?") in \($0.events)" } == ["3 in 2"])
        #expect(table.rows[0].window == Self.second)
    }

    @Test func `counts every event where a count is asked`() {
        var table = Self.table(Self.second, aggregate: .count)
        for properties in ["{}", nil, #"{"units":"x"}"#] { table.add(Self.event(Self.second.from, properties), 1) }
        #expect(table.ignored == 0 && table.rows.map(\.units) == ["3"])
    }

    /// Vendors count two names.
    @Test func `takes one form of a name`() {
        var table = Self.table(Self.second, aggregate: .count, name: "caf\u{E9}")
        for name in ["caf\u{E9}", "cafe\u{301}"] { table.add(Self.event(Self.second.from, name: name), 1) }
        #expect(table.rows.map(\.units) == ["1"])
    }

    @Test func `tells no units that it cannot tell exactly, and counts the events`() {
        var table = Self.table(Self.second)
        for units in ["1e38", "0.1"] { table.add(Self.event(Self.second.from, #"{"units":\#(units)}"#), 1) }
        #expect(table.rows.map(\.units) == [nil] && table.rows.map(\.events) == [2])
    }

    @Test func `lists those without a customer first, then by the bytes of their ids`() {
        var table = Self.table(Self.second, aggregate: .count)
        for customer in ["b", nil, "\u{1F4B6}", "a", "", "B"] {
            table.add(Self.event(Self.second.from, customer: customer), 1)
        }
        #expect(table.rows.compactMap(\.customerID).filter { !$0.isEmpty } == ["B", "a", "b", "\u{1F4B6}"])
        #expect(Set(table.rows.prefix(2).map(\.customerID)) == [nil, ""])
    }

    /// The first and the last time that there is, in parts of each length.
    @Test(arguments: UsageTable.Part.allCases)
    func `has parts at both ends of time`(part: UsageTable.Part) {
        let all = ReadWindow(from: Timestamp(milliseconds: .min), until: Timestamp(milliseconds: .max))
        var table = Self.table(all, part)
        let last = Timestamp(milliseconds: Timestamp.range.upperBound - 1)
        table.add(Self.event(all.from), 1)
        table.add(Self.event(last), 2)
        let rows = table.rows
        #expect(rows.map(\.units) == ["1", "1"])
        #expect(rows[0].window.from == all.from && rows[0].window.contains(all.from))
        #expect(rows[1].window.until == all.until && rows[1].window.contains(last))
    }

    @Test(
        arguments: [
            (.hour, "1969-12-31T23:59:59.999Z", "1969-12-31T23:00:00.000Z", "1970-01-01T00:00:00.000Z"),
            (.hour, "1970-01-01T00:00:00Z", "1970-01-01T00:00:00.000Z", "1970-01-01T01:00:00.000Z"),
            (.day, "1969-12-31T00:00:00Z", "1969-12-31T00:00:00.000Z", "1970-01-01T00:00:00.000Z"),
            (.month, "1969-12-31T23:59:59.999Z", "1969-12-01T00:00:00.000Z", "1970-01-01T00:00:00.000Z"),
            (.month, "2023-02-28T23:59:59.999Z", "2023-02-01T00:00:00.000Z", "2023-03-01T00:00:00.000Z"),
            (.month, "2024-02-29T00:00:00Z", "2024-02-01T00:00:00.000Z", "2024-03-01T00:00:00.000Z"),
            (.month, "2100-02-28T12:00:00Z", "2100-02-01T00:00:00.000Z", "2100-03-01T00:00:00.000Z"),
            (.month, "2026-12-31T23:59:59.999Z", "2026-12-01T00:00:00.000Z", "2027-01-01T00:00:00.000Z"),
        ] as [(UsageTable.Part, String, String, String)]
    )
    func `puts an event into the part of the calendar`(
        part: UsageTable.Part,
        time: String,
        from: String,
        until: String
    ) throws {
        let window = ReadWindow(from: Timestamp.start(ofYear: 1900), until: Timestamp.start(ofYear: 2200))
        var table = Self.table(window, part)
        table.add(Self.event(try #require(Timestamp(rfc3339: time))), 1)
        let found = try #require(table.rows.first).window
        #expect(found.from.rfc3339 == from && found.until.rfc3339 == until)
    }
}
