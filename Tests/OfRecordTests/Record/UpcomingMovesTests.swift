import Events
import OfRecord
import Testing

/// Who moves next.
@Suite struct UpcomingMovesTests {
    private static let now = Timestamp(milliseconds: 1_796_083_200_000)

    private func keeping(_ cycles: [CustomerID: BillingCycle], _ actions: MigrationEntry.Action...) -> RecordKeeping {
        let entries = actions.enumerated().map { number, action in
            MigrationEntry(number: number, at: Self.now, action: action)
        }
        return RecordKeeping(boundaries: BillingBoundaries(cycles), log: MigrationLog(entries))
    }

    private func cycle(day: String) throws -> BillingCycle {
        BillingCycle(anchor: try #require(BillingAnchor("2026-01-\(day)", in: .utc)))
    }

    @Test func `are grouped by the time of the move, the others among them`() throws {
        let cycles = ["c1": try cycle(day: "15"), "c2": try cycle(day: "15"), "c3": try cycle(day: "01")]
        let keeping = keeping(
            Dictionary(cycles.map { (CustomerID($0.key), $0.value) }) { first, _ in first },
            .cut(at: Self.now)
        )
        let groups = keeping.upcoming(after: Self.now, limit: 9).groups
        #expect(groups.map(\.at.rfc3339) == ["2026-12-15T00:00:00.000Z", "2027-01-01T00:00:00.000Z"])
        #expect(groups.map(\.customers) == [2, 1] && groups.map(\.to) == [.to, .to])
        #expect(groups.map { $0.examples.sorted() } == [["c1", "c2"], ["c3"]])
        #expect(groups.map(\.includesOthers) == [false, true])
    }

    @Test(arguments: [(Int.min, 0, 2), (-1, 0, 2), (0, 0, 2), (1, 1, 1), (2, 2, 0), (Int.max, 2, 0)])
    func `are listed up to a limit, and counted beyond it`(limit: Int, listed: Int, later: Int) throws {
        let keeping = keeping(["c1": try cycle(day: "15")], .cut(at: Self.now))
        let upcoming = keeping.upcoming(after: Self.now, limit: limit)
        #expect(upcoming.groups.count == listed && upcoming.later == later && upcoming.notLookedAt == 0)
    }

    @Test func `do not include customers who are beyond what is examined`() throws {
        let keeping = keeping(["c1": try cycle(day: "15"), "c2": try cycle(day: "15")], .cut(at: Self.now))
        let none = keeping.upcoming(after: Self.now, limit: 9, mostCustomers: 0)
        #expect(none.groups.map(\.customers) == [0] && none.notLookedAt == 2)
        #expect(keeping.upcoming(after: Self.now, limit: 9, mostCustomers: 3).notLookedAt == 0)
    }

    @Test func `are those after the time that is asked for, not at it`() throws {
        let keeping = keeping([:], .cut(at: Self.now))
        let january = try #require(Timestamp(rfc3339: "2027-01-01T00:00:00Z"))
        #expect(keeping.upcoming(after: january + .milliseconds(-1), limit: 1).groups.map(\.at) == [january])
        #expect(keeping.upcoming(after: january, limit: 1).groups.isEmpty)
    }

    @Test func `tell a return from a move`() throws {
        let returning = MigrationEntry.Action.goBack(when: .boundary, customers: ["c1"])
        let cycles = ["c1": BillingCycle(every: .week)] as [CustomerID: BillingCycle]
        let later = Self.now + .seconds(1_814_400)
        let entries = [
            MigrationEntry(number: 1, at: Self.now, action: .cut(at: Self.now)),
            MigrationEntry(number: 2, at: later, action: returning),
        ]
        let keeping = RecordKeeping(boundaries: BillingBoundaries(cycles), log: MigrationLog(entries))
        let groups = keeping.upcoming(after: later + .seconds(-86_400), limit: 9).groups
        #expect(groups.map { "\($0.at.rfc3339.prefix(10)) \($0.to)" } == ["2026-12-24 from", "2027-01-01 to"])
        #expect(groups.first?.examples == ["c1"] && groups.last?.includesOthers == true)
    }

    @Test func `name the first five by the bytes of their IDs, however they come`() throws {
        let names = ["c", "B", "a", "Z", "é", "0", "zz"]
        let cycle = try cycle(day: "15")
        let cycles = Dictionary(names.map { (CustomerID($0), cycle) }) { first, _ in first }
        let group = keeping(cycles, .cut(at: Self.now)).upcoming(after: Self.now, limit: 1).groups.first
        #expect(group?.customers == 7)
        #expect(group?.examples == ["0", "B", "Z", "a", "c"])
    }
}
