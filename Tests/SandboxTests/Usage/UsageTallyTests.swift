import Foundation
import TestSupport
import Testing

@testable import Sandbox

/// What events come to for one metric.
@Suite struct UsageTallyTests {
    private func tally(_ kind: UsageKind, _ values: [(Int, Int)], removing: Set<Int> = []) -> UsageTally<Decimal> {
        var tally = UsageTally<Decimal>(kind)
        for (index, (value, time)) in values.enumerated() {
            tally.add(Decimal(value), "\(value)", at: time, removes: removing.contains(index))
        }
        return tally
    }

    @Test(arguments: [UsageKind.count, .sum, .max, .unique, .latest])
    func `nothing comes to nothing`(kind: UsageKind) {
        #expect(tally(kind, []).units == 0 && tally(kind, []).events == 0)
    }

    @Test func `a largest value may be negative`() {
        #expect(tally(.max, [(-5, 1), (-3, 2), (-9, 3)]).units == -3)
    }

    /// Of equal times the one that is added last is the latest.
    @Test func `the latest is by time, not by arrival`() {
        #expect(tally(.latest, [(1, 10), (2, 30), (3, 20)]).units == 2)
        #expect(tally(.latest, [(1, 10), (2, 10), (3, 9)]).units == 2)
    }

    @Test func `a value that is removed is out, until it is added again`() {
        #expect(tally(.unique, [(1, 1), (2, 2), (1, 3)], removing: [2]).units == 1)
        #expect(tally(.unique, [(1, 1), (1, 2), (1, 3)], removing: [1]).units == 1)
        #expect(tally(.unique, [(9, 1)], removing: [0]).units == 0)
        // For a count it is an event as any other.
        #expect(tally(.count, [(1, 1), (1, 2)], removing: [1]).units == 2)
    }

    /// Different normal forms, and different spellings of a number, are different values.
    @Test func `different values are told by their bytes`() {
        var tally = UsageTally<Decimal>(.unique)
        for text in ["é", "e\u{301}", "1", "1.0", "", " ", "é"] { tally.add(0, text, at: 0) }
        #expect(tally.units == 6 && tally.events == 7)
    }

    @Test func `agrees with a model`() {
        var random = SeededRandom()
        for _ in 0..<200 {
            let values = (0..<Int.random(in: 1...30, using: &random)).map { _ in
                (Int.random(in: -5...5, using: &random), Int.random(in: 0...20, using: &random))
            }
            #expect(tally(.sum, values).units == Decimal(values.map(\.0).reduce(0, +)), "seed \(SeededRandom.seed)")
            #expect(tally(.max, values).units == Decimal(values.map(\.0).max() ?? 0))
            #expect(tally(.unique, values).units == Decimal(Set(values.map(\.0)).count))
            let newest = values.map(\.1).max()
            #expect(tally(.latest, values).units == Decimal(values.last { $0.1 == newest }?.0 ?? 0))
        }
    }

    @Test(arguments: [(0, 0, true), (1000, 0.999, false), (1000, 1, true), (86_400_000, 86_400, true)])
    func `usage is behind by the setting`(wait: Int, after: Double, counts: Bool) {
        var settings = SimulatorSettings()
        settings.usageAfter = wait
        let arrival = Date(timeIntervalSince1970: 1_000_000)
        #expect(settings.counts(arrival, at: arrival.addingTimeInterval(after)) == counts)
    }
}
