import Events
import OfRecord
import Randomness
import Testing

/// Who is of record, for any anchors and any log.
@Suite struct RecordKeepingTests {
    private static let start = Timestamp(milliseconds: 1_790_000_000_000)
    private static let end = start + .seconds(86_400 * 400)
    private static let customers = (0..<12).map { CustomerID("customer-\($0)") }
    private static let zones = ["UTC", "Europe/Berlin", "America/New_York"].compactMap(ZoneRules.init(named:))

    /// A random migration.
    private struct Migration {
        var entries: [MigrationEntry] = []
        let cycles: [CustomerID: BillingCycle]
        var random: SplitMix

        init(seed: UInt64, actions: (inout SplitMix) -> MigrationEntry.Action) {
            random = SplitMix(seed: seed)
            var cycles: [CustomerID: BillingCycle] = [:]
            for customer in customers.dropLast(2) {
                let zone = zones.randomElement(using: &random) ?? .utc
                let anchor = BillingAnchor(RecordKeepingTests.time(&random), in: zone)
                let interval = BillingCycle.Interval.allCases.randomElement(using: &random) ?? .month
                cycles[customer] = BillingCycle(anchor: anchor, every: interval, in: zone)
            }
            self.cycles = cycles
            var at = start
            for number in 0..<Int.random(in: 0...10, using: &random) {
                // Now and then a clock that was set back, or two entries at once.
                at = at + .seconds(Int64.random(in: -86_400...86_400 * 40, using: &random))
                entries.append(MigrationEntry(number: number, at: at, action: actions(&random)))
            }
        }

        var boundaries: BillingBoundaries { BillingBoundaries(cycles) }
        var keeping: RecordKeeping { RecordKeeping(boundaries: boundaries, log: MigrationLog(entries)) }
    }

    private static func time(_ random: inout SplitMix) -> Timestamp {
        Timestamp(milliseconds: .random(in: start.milliseconds...end.milliseconds, using: &random))
    }

    private static func anyAction(_ random: inout SplitMix) -> MigrationEntry.Action {
        let returning = MigrationEntry.ReturnTime.allCases.randomElement(using: &random) ?? .now
        return switch Int.random(in: 0...9, using: &random) {
        case 0...2: .ramp(share: [0, 5, 25, 60, 100].randomElement(using: &random) ?? 0)
        case 3: .cut(at: time(&random))
        case 4: .hold
        case 5: .resume
        case 6: .goBack(when: returning, customers: nil)
        case 7: .stage(MigrationEntry.Delivery.allCases.randomElement(using: &random) ?? .mirror)
        case 8: .close
        default: .goBack(when: returning, customers: Set(customers.filter { _ in Bool.random(using: &random) }))
        }
    }

    @Test(arguments: 0..<500 as Range<UInt64>)
    func `has exactly one provider of record, as every boundary and the log say`(seed: UInt64) {
        var migration = Migration(seed: seed, actions: Self.anyAction)
        let keeping = migration.keeping
        for customer in Self.customers {
            let cycle = migration.boundaries.cycle(of: customer)
            let (first, last) = (Self.start + .seconds(-86_400 * 20), Self.end + .seconds(86_400 * 800))
            let boundaries = RecordOracle.boundaries(of: cycle, from: first, until: last)
            let oracle = RecordOracle(boundaries: boundaries, log: MigrationLog(migration.entries))
            let switches = keeping.switches(of: customer)
            #expect(switches.map { "\($0.at.milliseconds) \($0.to)" } == oracle.switches(of: customer))
            for _ in 0..<20 {
                let time = Self.time(&migration.random)
                #expect(keeping.side(for: customer, at: time) == switches.last { $0.at <= time }?.to ?? .from)
            }
        }
    }

    @Test(arguments: 0..<300 as Range<UInt64>)
    func `never changes what was decided up to an entry's time`(seed: UInt64) throws {
        var migration = Migration(seed: seed, actions: Self.anyAction)
        let whole = migration.keeping
        while let last = MigrationLog(migration.entries).entries.last {
            migration.entries.removeLast()
            let before = migration.keeping
            for customer in Self.customers {
                let (old, new) = (before.switches(of: customer), whole.switches(of: customer))
                #expect(old.filter { $0.at <= last.at }.elementsEqual(new.filter { $0.at <= last.at }) { $0 == $1 })
            }
        }
    }

    @Test(arguments: 0..<100 as Range<UInt64>)
    func `is the same in whatever order the entries and the events come`(seed: UInt64) {
        var migration = Migration(seed: seed, actions: Self.anyAction)
        let one = migration.keeping
        migration.entries.shuffle(using: &migration.random)
        let other = migration.keeping
        var questions = Self.customers.flatMap { customer in
            (0..<20).map { _ in (customer, Self.time(&migration.random)) }
        }
        let answers = questions.map { one.side(for: $0.0, at: $0.1) }
        #expect(questions.map { other.side(for: $0.0, at: $0.1) } == answers)
        questions.reverse()
        #expect(questions.map { other.side(for: $0.0, at: $0.1) } == answers.reversed())
    }

    @Test(arguments: 0..<200 as Range<UInt64>)
    func `takes nobody back without a return, whatever the shares`(seed: UInt64) {
        let migration = Migration(seed: seed) { random in
            switch Int.random(in: 0...5, using: &random) {
            case 0: .hold
            case 1: .resume
            case 2: .cut(at: Self.time(&random))
            default: .ramp(share: Double(Int.random(in: 0...100, using: &random)))
            }
        }
        for customer in Self.customers {
            let switches = migration.keeping.switches(of: customer)
            #expect(switches.count <= 1 && switches.allSatisfy { $0.to == .to })
            let cycle = migration.boundaries.cycle(of: customer)
            #expect(switches.allSatisfy { cycle.boundary(after: $0.at + .milliseconds(-1)) == $0.at })
        }
    }

    @Test(arguments: 0..<300 as Range<UInt64>)
    func `knows from when on nobody is with the old provider`(seed: UInt64) {
        let migration = Migration(seed: seed) { random in
            let isCut = Int.random(in: 0...2, using: &random) == 0
            return isCut ? .cut(at: Self.time(&random)) : Self.anyAction(&random)
        }
        let keeping = migration.keeping
        let customers = Self.customers + (0..<60).map { CustomerID("other-\($0)") }
        let last = customers.map { keeping.switches(of: $0).last }
        guard let move = keeping.lastMove() else { return }
        #expect(last.allSatisfy { $0?.to == .to && $0.map { $0.at <= move } ?? false })
    }

    @Test func `moves the last customer at a boundary from the cut on, at the cut itself too`() throws {
        let first = try #require(Timestamp(rfc3339: "2027-01-01T00:00:00Z"))
        let second = try #require(Timestamp(rfc3339: "2027-02-01T00:00:00Z"))
        func last(cut: Timestamp, ordered: Timestamp) -> Timestamp? {
            let log = MigrationLog([MigrationEntry(number: 1, at: ordered, action: .cut(at: cut))])
            return RecordKeeping(boundaries: BillingBoundaries(), log: log).lastMove()
        }
        #expect(last(cut: first, ordered: first + .milliseconds(-1)) == first)
        #expect(last(cut: first, ordered: first) == second, "an order changes nothing at its own time")
        #expect(last(cut: first + .milliseconds(1), ordered: first) == second)
        #expect(last(cut: Timestamp(milliseconds: Timestamp.range.upperBound), ordered: first) == nil)
    }

    @Test func `has a last move only if a share takes in all customers`() {
        func last(share: Double) -> Timestamp? {
            let log = MigrationLog([MigrationEntry(number: 1, at: Self.start, action: .ramp(share: share))])
            return RecordKeeping(boundaries: BillingBoundaries(), log: log).lastMove()
        }
        #expect(last(share: 100) != nil && last(share: 99.9999) == nil && last(share: 0) == nil)
    }

    @Test func `keeps whom a growing share had`() {
        let month = { (month: Int64) in Self.start + .seconds(86_400 * 31 * month) }
        let entries = [5, 25, 100].enumerated().map { index, share in
            MigrationEntry(number: index, at: month(Int64(index) * 2), action: .ramp(share: share))
        }
        let keeping = RecordKeeping(boundaries: BillingBoundaries(), log: MigrationLog(entries))
        let moved = [1, 3, 5].map { index in
            Set((0..<2_000).map { CustomerID("c\($0)") }.filter { keeping.side(for: $0, at: month(index)) == .to })
        }
        #expect(moved[0].isSubset(of: moved[1]) && moved[2].count == 2_000)
        #expect((60...140).contains(moved[0].count) && (420...580).contains(moved[1].count))
    }

    /// Worked out by another program, which visits one boundary after another. A change of the points, of the boundaries or of the rules
    /// would move customers between vendors.
    @Test func `decides for a thousand customers as another program does`() throws {
        let berlin = try #require(ZoneRules(named: "Europe/Berlin"))
        var cycles: [CustomerID: BillingCycle] = [:]
        for number in 0..<1_000 {
            let day = Self.twoDigits(number % 31 + 1)
            cycles[CustomerID("c\(number)")] = BillingCycle(
                anchor: try #require(BillingAnchor("2026-01-\(day)", in: berlin)),
                in: berlin
            )
        }
        let keeping = RecordKeeping(boundaries: BillingBoundaries(cycles), log: try Self.longLog())
        let end = try Self.time("2027-12-31")
        var text = ""
        for number in 0..<1_000 {
            text += "c\(number)"
            for change in keeping.switches(of: CustomerID("c\(number)")) where change.at < end {
                text += " \(change.at.milliseconds) \(change.to)"
            }
            text += "\n"
        }
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        for byte in text.utf8 { hash = (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01B3 }
        #expect(hash == 0x659E_F7FC_AFE4_B92E)
    }

    private static func twoDigits(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }

    private static func time(_ text: String) throws -> Timestamp {
        try #require(Timestamp(rfc3339: text.count == 10 ? text + "T00:00:00Z" : text))
    }

    private static func longLog() throws -> MigrationLog {
        let first = Set((0..<100).map { CustomerID("c\($0)") })
        let some = Set((500..<510).map { CustomerID("c\($0)") })
        let actions: [(String, MigrationEntry.Action)] = [
            ("2026-11-20T10:00:00Z", .ramp(share: 5)), ("2026-12-03", .ramp(share: 25)),
            ("2026-12-10T08:00:00Z", .hold),
            ("2026-12-20T08:00:00Z", .resume), ("2026-12-24", .ramp(share: 60)),
            ("2027-01-03", .goBack(when: .boundary, customers: first)), ("2027-01-15", .ramp(share: 40)),
            ("2027-02-01", .cut(at: try time("2027-03-01"))), ("2027-03-15", .goBack(when: .now, customers: some)),
            ("2027-05-10", .goBack(when: .boundary, customers: nil)), ("2027-06-01", .ramp(share: 10)),
        ]
        return MigrationLog(
            try actions.enumerated().map { index, action in
                MigrationEntry(number: index, at: try time(action.0), action: action.1)
            }
        )
    }

    @Test func `says whether it is held`() {
        let entry = { (number: Int, action: MigrationEntry.Action) in
            MigrationEntry(number: number, at: Self.start, action: action)
        }
        #expect(!MigrationLog([]).isHeld)
        #expect(MigrationLog([entry(1, .hold), entry(2, .ramp(share: 5))]).isHeld)
        #expect(!MigrationLog([entry(1, .hold), entry(2, .resume), entry(3, .ramp(share: 5))]).isHeld)
    }

    @Test(arguments: 0..<200 as Range<UInt64>)
    func `names each customer at his next switch, and nobody else`(seed: UInt64) {
        var migration = Migration(seed: seed, actions: Self.anyAction)
        let (keeping, now) = (migration.keeping, Self.time(&migration.random))
        let upcoming = keeping.upcoming(after: now, limit: .max)
        var expected: [String: Int] = [:]
        for customer in migration.cycles.keys {
            guard let next = keeping.switches(of: customer).first(where: { $0.at > now }) else { continue }
            expected["\(next.at.milliseconds) \(next.to)", default: 0] += 1
        }
        let own = upcoming.groups.filter { $0.customers > 0 }
        #expect(
            Dictionary(uniqueKeysWithValues: own.map { ("\($0.at.milliseconds) \($0.to)", $0.customers) }) == expected
        )
        #expect(upcoming.groups.map(\.at) == upcoming.groups.map(\.at).sorted())
        #expect(upcoming.groups.count { $0.includesOthers } <= 1)
        let few = keeping.upcoming(after: now, limit: 2)
        #expect(few.groups == Array(upcoming.groups.prefix(2)) && few.later == max(0, upcoming.groups.count - 2))
    }

    @Test func `says when customers without an anchor move, those within the share or all`() {
        func upcoming(_ actions: MigrationEntry.Action...) -> UpcomingMoves {
            let entries = actions.enumerated().map {
                MigrationEntry(number: $0.offset, at: Self.start, action: $0.element)
            }
            return RecordKeeping(boundaries: BillingBoundaries(), log: MigrationLog(entries))
                .upcoming(after: Self.start, limit: 9)
        }
        let next = BillingCycle().boundary(after: Self.start)
        #expect(upcoming().groups.isEmpty && upcoming(.ramp(share: 5), .hold).groups.isEmpty)
        let ramp = upcoming(.ramp(share: 5)).groups
        #expect(ramp.map(\.at) == [next].compactMap(\.self) && ramp.map(\.to) == [.to])
        #expect(ramp.map(\.customers) == [0] && ramp.map(\.includesOthers) == [true])
        #expect(upcoming(.cut(at: Self.start)).groups.map(\.at) == [next].compactMap(\.self))
    }

    @Test func `names the first customers of a time by their ids, and counts the others`() {
        let cycles = Dictionary(uniqueKeysWithValues: (0..<9).map { (CustomerID("c\($0)"), BillingCycle()) })
        let log = MigrationLog([MigrationEntry(number: 1, at: Self.start, action: .ramp(share: 100))])
        let keeping = RecordKeeping(boundaries: BillingBoundaries(cycles), log: log)
        let group = keeping.upcoming(after: Self.start, limit: 1).groups.first
        #expect(group?.customers == 9 && group?.examples == ["c0", "c1", "c2", "c3", "c4"])
        let part = keeping.upcoming(after: Self.start, limit: 1, mostCustomers: 4)
        #expect(part.groups.first?.customers == 4 && part.notLookedAt == 5)
    }
}
