import Events
import Parity
import Randomness
import Testing

/// Usage by customer and part of time, against a plain count of the same events.
@Suite struct UsageTableTests {
    private static func event(_ customer: String?, _ time: Timestamp, _ units: Int) -> AcceptedEvent {
        AcceptedEvent(
            CanonicalEvent(
                name: "api",
                customerID: customer,
                timestamp: time,
                properties: JSONText(checked: #"{"units":\#(units)}"#)
            ),
            id: "e",
            in: Submission(tenant: "t", client: "c", acceptedAt: time, plan: Plan(route: "r", destinations: []))
        )
    }

    private static func table(_ part: UsageTable.Part?, _ window: ReadWindow, _ customers: Set<ExactText> = [])
        -> UsageTable
    {
        UsageTable(
            UsageTable.Question(
                name: "api",
                aggregate: .sum,
                property: "units",
                window: window,
                part: part,
                customers: customers
            )
        )
    }

    /// Every event of the window is in exactly one part, whatever the months' lengths.
    @Test(arguments: [UsageTable.Part?.none, .hour, .day, .month], 1...10)
    func `parts divide the window without gap or overlap`(part: UsageTable.Part?, seed: Int) throws {
        var random = SplitMix(seed: UInt64(seed))
        // Two years around a leap day, and times before 1970.
        let start = seed % 2 == 0 ? Int64(1_704_067_200_000) : -31_000_000_000
        let window = ReadWindow(
            from: Timestamp(milliseconds: start + Int64.random(in: 0...5_000_000_000, using: &random)),
            until: Timestamp(milliseconds: start + Int64.random(in: 6_000_000_000...63_000_000_000, using: &random))
        )
        var table = Self.table(part, window)
        var right: [String: Int] = [:]
        for index in 0..<200 {
            let time = Timestamp(
                milliseconds: start + Int64.random(in: -1_000_000_000...65_000_000_000, using: &random)
            )
            let customer = index % 5 == 0 ? nil : "c\(index % 3)"
            table.add(Self.event(customer, time, index), SequenceNumber(Int64(index + 1)))
            if window.contains(time) { right[customer ?? "", default: 0] += index }
        }
        let rows = table.rows
        #expect(!table.isTooLarge)
        for (customer, units) in right {
            let own = rows.filter { ($0.customerID ?? "") == customer }
            let sum = own.compactMap { $0.units.flatMap { Int($0) } }.reduce(0, +)
            #expect(sum == units, "seed \(seed)")
            for (earlier, later) in zip(own, own.dropFirst()) {
                #expect(earlier.window.until <= later.window.from, "seed \(seed)")
            }
            #expect(own.allSatisfy { window.from <= $0.window.from && $0.window.until <= window.until })
        }
    }

    @Test func `months begin at the first, leap years included`() throws {
        let window = ReadWindow(
            from: try #require(Timestamp(rfc3339: "2024-01-31T00:00:00Z")),
            until: try #require(Timestamp(rfc3339: "2024-04-30T00:00:00Z"))
        )
        var table = Self.table(.month, window)
        for (index, text) in ["2024-01-31T12:00:00Z", "2024-02-29T23:59:59.999Z", "2024-03-01T00:00:00Z"].enumerated() {
            let time = try #require(Timestamp(rfc3339: text))
            table.add(Self.event("c", time, 1), SequenceNumber(Int64(index + 1)))
        }
        let shown = table.rows.map { "\($0.window.from.rfc3339.prefix(10)) \($0.window.until.rfc3339.prefix(10))" }
        #expect(shown == ["2024-01-31 2024-02-01", "2024-02-01 2024-03-01", "2024-03-01 2024-04-01"])
    }

    @Test func `keeps so many rows, and says when there are more`() {
        let window = ReadWindow(from: Timestamp(milliseconds: 0), until: Timestamp(milliseconds: 1000))
        var table = Self.table(nil, window)
        for number in 0..<UsageTable.mostRows {
            table.add(Self.event("c\(number)", Timestamp(milliseconds: 1), 1), SequenceNumber(Int64(number + 1)))
        }
        #expect(!table.isTooLarge && table.rows.count == UsageTable.mostRows)
        table.add(Self.event("one more", Timestamp(milliseconds: 1), 1), 1)
        #expect(table.isTooLarge)
    }

    /// Vendors bill two customers.
    @Test func `keeps customers apart whose IDs are two forms of one text`() {
        let window = ReadWindow(from: Timestamp(milliseconds: 0), until: Timestamp(milliseconds: 1000))
        let ids = ["caf\u{E9}", "cafe\u{301}"]
        var (all, one) = (Self.table(nil, window), Self.table(nil, window, [ids[0].exact]))
        for (index, id) in (ids + ids.prefix(1)).enumerated() {
            let event = Self.event(id, Timestamp(milliseconds: 1), 1)
            all.add(event, SequenceNumber(Int64(index + 1)))
            one.add(event, SequenceNumber(Int64(index + 1)))
        }
        #expect(all.rows.compactMap { $0.customerID?.exact } == [ids[1].exact, ids[0].exact])
        #expect(all.rows.map(\.units) == ["1", "2"])
        #expect(one.rows.compactMap { $0.customerID?.exact } == [ids[0].exact] && one.rows.map(\.units) == ["2"])
    }

    @Test func `takes the customers that are asked for`() {
        let window = ReadWindow(from: Timestamp(milliseconds: 0), until: Timestamp(milliseconds: 1000))
        var table = Self.table(nil, window, ["a"])
        for customer in ["a", "b", nil] { table.add(Self.event(customer, Timestamp(milliseconds: 1), 1), 1) }
        #expect(table.rows.map(\.customerID) == ["a"])
    }
}
