import Events
import Testing

@testable import OfRecord

/// The order in which a log's entries hold, and what the newest of them says.
@Suite struct MigrationOrderTests {
    private static func entry(_ number: Int, _ milliseconds: Int64, _ action: MigrationEntry.Action = .hold)
        -> MigrationEntry
    {
        MigrationEntry(number: number, at: Timestamp(milliseconds: milliseconds), action: action)
    }

    private static func log(_ actions: MigrationEntry.Action...) -> MigrationLog {
        MigrationLog(actions.enumerated().map { entry($0.offset + 1, Int64($0.offset), $0.element) })
    }

    @Test func `is that of their numbers, in whatever order they come`() {
        let entries = [Self.entry(7, 30), Self.entry(-2, 10), Self.entry(3, 20, .resume)]
        let log = MigrationLog(entries)
        #expect(log.entries.map(\.number) == [-2, 3, 7])
        #expect(MigrationLog(entries.reversed()) == log)
    }

    @Test func `never goes back in time, although a clock did`() {
        let log = MigrationLog([Self.entry(1, 50), Self.entry(2, 20), Self.entry(3, 60), Self.entry(4, -5)])
        #expect(log.entries.map(\.at.milliseconds) == [50, 50, 60, 60])
    }

    @Test func `has the share of the newest order that changes it`() {
        #expect(Self.log().share == 0)
        #expect(Self.log(.ramp(share: 5), .ramp(share: 25), .hold, .resume, .stage(.mirror), .close).share == 25)
        #expect(Self.log(.ramp(share: 25), .cut(at: Timestamp(milliseconds: 9))).share == 25)
        #expect(Self.log(.ramp(share: 25), .goBack(when: .now, customers: ["c1"])).share == 25)
        #expect(Self.log(.ramp(share: 25), .goBack(when: .boundary, customers: nil)).share == 0)
        #expect(Self.log(.goBack(when: .now, customers: nil), .ramp(share: 1)).share == 1)
    }

    @Test func `knows whom an order returned by his ID`() {
        let log = Self.log(
            .goBack(when: .now, customers: ["c1", "c2"]),
            .goBack(when: .now, customers: nil),
            .goBack(when: .boundary, customers: ["c2", "c3"]),
            .goBack(when: .now, customers: [])
        )
        #expect(log.returned == ["c1", "c2", "c3"])
        #expect(Self.log(.cut(at: Timestamp(milliseconds: 9))).returned.isEmpty)
    }

    @Test func `gets the order that all events are sent, unless it has it`() {
        let time = Timestamp(milliseconds: 99)
        let empty = MigrationLog().mirroring(from: time)
        #expect(empty.entries == [MigrationEntry(number: 1, at: time, action: .stage(.mirror))])
        #expect(empty.mirroring(from: time) == empty)
        let shadow = MigrationLog([Self.entry(41, 120, .stage(.shadow))]).mirroring(from: time)
        #expect(shadow.entries.map(\.number) == [41, 42] && shadow.delivery == .mirror)
        #expect(shadow.entries.map(\.at.milliseconds) == [120, 120], "not before the entry that it follows")
    }

    @Test func `of each migration is its own`() {
        let (one, other) = (Self.log(.hold), Self.log(.ramp(share: 5)))
        let logs = MigrationLogs(["m": one], version: 7)
        #expect(logs["m"] == one && logs["n"] == MigrationLog())
        let both = logs.replacing(other, of: "n")
        #expect(both["m"] == one && both["n"] == other && both.version == 7)
        #expect(both.replacing(other, of: "m")["m"] == other)
        #expect(both.names == ["m", "n"] && MigrationLogs.none.names.isEmpty && MigrationLogs.none.version == 0)
    }

    /// What the shares are compared with: at the last point, only all of a hundred percent takes a customer in.
    @Test func `has points of customers in steps of a ten-thousandth below a hundred`() {
        var inHalf = 0
        for number in 0..<5_000 {
            let point = CustomerShare.point(of: "customer-\(number)")
            if !(0...CustomerShare.last).contains(point) { Issue.record("\(number): \(point)") }
            if (point * 10_000).rounded() / 10_000 != point { Issue.record("\(number): \(point)") }
            if point < 50 { inHalf += 1 }
        }
        #expect(CustomerShare.last == 99.9999)
        #expect((2_300...2_700).contains(inHalf))
        #expect(CustomerShare.point(of: "caf\u{E9}") != CustomerShare.point(of: "cafe\u{301}"))
    }
}
