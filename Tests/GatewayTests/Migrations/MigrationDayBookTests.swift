import Events
import Journal
import Migration
import OfRecord
import Routing
import Synchronization
import Testing

@testable import Gateway

/// Counting what each side of a migration got per day.
@Suite struct MigrationDayBookTests {
    /// Counts one delivery to each provider and day, and remembers the windows that were asked for.
    private final class Ledger: LedgerCounting {
        private let asked = Mutex<[RecordedWindow]>([])
        private let fault: StoreError?

        init(failingWith fault: StoreError? = nil) { self.fault = fault }

        var windows: [RecordedWindow] { asked.withLock { $0 } }

        func ledgerCounts(_ window: RecordedWindow) async throws(StoreError) -> LedgerCounts {
            asked.withLock { $0.append(window) }
            if let fault { throw fault }
            var counts = LedgerCounts()
            var day = window.from
            while day < window.until {
                for (provider, name) in [("lago", "a"), ("lago", "b"), ("polar", "a"), ("other", "a")] {
                    var one = LedgerCounts.Counts()
                    one.add(.delivered)
                    counts.add(one, to: LedgerCounts.Key(provider: ProviderName(provider), name: name, day: day))
                }
                day = day + MigrationDays.length
            }
            return counts
        }
    }

    private let now = Timestamp(rfc3339: "2026-12-22T15:00:00Z")!
    private var clock: SetClock { SetClock(now) }

    private var outline: MigrationOutline {
        MigrationOutline(
            name: "to-polar",
            route: "r",
            between: AccountPair(from: "lago", to: "polar"),
            delivery: nil,
            gates: MigrationGates(
                GateSettings(
                    window: .seconds(60),
                    leastEvents: 1,
                    unexplained: 0,
                    usage: Percentage("1%")!,
                    rejected: Percentage("1%")!,
                    uncertain: 0,
                    backlogAge: .seconds(60)
                ),
                comparesUsage: false
            ),
            boundaries: BillingBoundaries(),
            keepFor: .seconds(60)
        )
    }

    @Test func `counts each day by provider, over all names, today first and others together`() async throws {
        let (book, ledger) = (MigrationDayBook(), Ledger())
        let starts = MigrationDays.starts(since: now + .seconds(-86_400 * 9), at: now)
        #expect(starts.count == 10)
        let days = try await book.days(of: outline, starts, in: ledger, clock: clock, within: .seconds(3600))
        #expect(days.days.map(\.start) == starts && days.uncounted == 0)
        #expect(days.days.allSatisfy { $0.from.delivered == 2 && $0.to.delivered == 1 })
        #expect(ledger.windows.map(\.from) == [starts[0], starts[7], starts[9]])
        #expect(ledger.windows.map(\.until) == [starts[0], starts[1], starts[8]].map { $0 + MigrationDays.length })
        #expect(ledger.windows.allSatisfy { $0.clock == .occurred && $0.tenant == nil })
        _ = try await book.days(of: outline, starts, in: ledger, clock: clock)
        #expect(ledger.windows.count == 3, "what is known is not counted again")
    }

    @Test func `says how many days are not counted yet, and counts further ones the next time`() async throws {
        let (book, ledger) = (MigrationDayBook(), Ledger())
        let starts = MigrationDays.starts(since: now + .seconds(-86_400 * 9), at: now)
        var counts: [Int] = []
        for _ in 0..<3 {
            let days = try await book.days(of: outline, starts, in: ledger, clock: clock, within: .zero)
            #expect(days.days.count + days.uncounted == 10)
            counts.append(days.days.count)
        }
        #expect(counts[0] == 1, "today is always there")
        #expect(counts == [1, 1, 1], "without any time nothing more is counted")
        #expect(try await book.days(of: outline, starts, in: ledger, clock: clock).uncounted == 0)
    }

    @Test func `says that the journal cannot be read`() async {
        await #expect(throws: StoreError.closed) {
            _ = try await MigrationDayBook().days(
                of: outline,
                MigrationDays.starts(since: nil, at: now),
                in: Ledger(failingWith: .closed),
                clock: clock
            )
        }
    }

    @Test func `shows the days since the first order, and at most a month`() {
        let midnight = Timestamp(rfc3339: "2026-12-22T00:00:00Z")!
        #expect(MigrationDays.starts(since: now, at: now) == [midnight])
        #expect(MigrationDays.starts(since: nil, at: now).count == MigrationDays.usual)
        #expect(MigrationDays.starts(since: now + .seconds(-86_400 * 400), at: now).count == MigrationDays.most)
        #expect(MigrationDays.starts(since: now + .seconds(86_400), at: now) == [midnight], "an order of a later clock")
    }
}
