import GRDB
import Testing

@testable import JournalSQLite

/// Where the clock was set back: retention stops and goes on by these places.
@Suite struct ClockStepsTests {
    private static let ends: [Int64] = [
        .min, .min + 1, -60_001, -60_000, -1, 0, 1, 59_999, 60_000, 60_001, .max - 1, .max,
    ]

    @Test func `differences and sums stop at the ends of the numbers`() {
        for left in Self.ends {
            for right in Self.ends {
                let bounds = (Int128(Int64.min), Int128(Int64.max))
                let difference = min(max(Int128(left) - Int128(right), bounds.0), bounds.1)
                let sum = min(max(Int128(left) + Int128(right), bounds.0), bounds.1)
                #expect(Int128(left.subtractingClamped(right)) == difference, "\(left) - \(right)")
                #expect(Int128(left.addingClamped(right)) == sum, "\(left) + \(right)")
            }
        }
    }

    @Test func `a chunk a minute older than the latest is no step, one a millisecond older is`() {
        var steps = ClockSteps(latest: nil)
        for (times, expected, why) in [
            (1_000_000...2_000_000, false, "the first"), (0...1_940_000, false, "by the tolerance"),
            (0...1_940_000, false, "the latest stays the latest"), (0...1_939_999, true, "a millisecond too old"),
            (0...1_879_999, false, "after a step the clock counts from there"), (0...1_879_998, true, "another step"),
        ] as [(ClosedRange<Int64>, Bool, String)] {
            let isStep = steps.isStep(times)
            #expect(isStep == expected, "\(why): \(times)")
        }
    }

    @Test func `no time of acceptance ends the program`() {
        for first in Self.ends {
            for second in Self.ends {
                var steps = ClockSteps(latest: first)
                let isStep = steps.isStep(second...second)
                #expect(
                    isStep == (Int128(second) < max(Int128(first) - 60_000, Int128(Int64.min))),
                    "\(first), \(second)"
                )
                let isStepAgain = steps.isStep(second...second)
                #expect(!isStepAgain, "the same time again is no step")
            }
        }
    }

    private func database() throws -> DatabaseQueue {
        let queue = try DatabaseQueue()
        try queue.write { db in
            try db.execute(sql: "CREATE TABLE clock_steps(first INTEGER PRIMARY KEY)")
            try db.execute(
                sql: "CREATE TABLE chunks(first INTEGER PRIMARY KEY, accepted_first INTEGER, accepted_last INTEGER)"
            )
        }
        return queue
    }

    @Test func `finds the next step, and forgets those that are of no use to any chunk`() throws {
        try database().write { db in
            for first in [10, 20, 30, 20] as [Int64] { try ClockSteps.insert(first, in: db) }
            #expect(try ClockSteps.next(after: 0, in: db) == 10)
            #expect(try ClockSteps.next(after: 10, in: db) == 20)
            #expect(try ClockSteps.next(after: 30, in: db) == nil)
            try ClockSteps.forgetOld(in: db)
            #expect(try Int64.fetchAll(db, sql: "SELECT first FROM clock_steps") == [10, 20, 30], "an empty journal")
            try db.execute(sql: "INSERT INTO chunks(first) VALUES(25), (40)")
            try ClockSteps.forgetOld(in: db)
            #expect(
                try Int64.fetchAll(db, sql: "SELECT first FROM clock_steps") == [20, 30],
                "the last one before stays"
            )
            try db.execute(sql: "DELETE FROM chunks WHERE first = 25")
            try ClockSteps.forgetOld(in: db)
            #expect(try Int64.fetchAll(db, sql: "SELECT first FROM clock_steps") == [30])
        }
    }

    @Test func `finds the steps of an older journal as they would have been noted`() throws {
        try database().write { db in
            let times: [(Int64, Int64)] = [
                (0, 100_000), (90_000, 200_000), (10, 20), (30, 40), (70_000, 10), (500_000, 600_000), (0, 0),
            ]
            for (index, time) in times.enumerated() {
                try db.execute(
                    sql: "INSERT INTO chunks VALUES(?, ?, ?)",
                    arguments: [index + 1, time.0, time.1]
                )
            }
            try ClockSteps.findAll(in: db)
            #expect(try Int64.fetchAll(db, sql: "SELECT first FROM clock_steps ORDER BY first") == [3, 7])
        }
    }
}
