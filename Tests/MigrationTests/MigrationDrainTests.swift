import Events
import Journal
import Migration
import OfRecord
import Randomness
import Testing

/// When the last customer has moved, and so when the old provider may be left: a migration that is closed too early leaves usage on no bill.
@Suite struct MigrationDrainTests {
    private typealias Sample = MigrationSample

    private static func status(
        _ records: [MigrationRecord],
        at now: Timestamp = Sample.now,
        boundaries: BillingBoundaries = BillingBoundaries()
    ) -> MigrationStatus {
        var facts = Sample.greenFacts
        facts.deliveries?.rejected = 500
        return MigrationStatus(
            Sample.outline(boundaries: boundaries),
            records,
            MigrationFacts(
                at: now,
                backfills: facts.backfills,
                comparisons: facts.comparisons,
                deliveries: facts.deliveries
            )
        )
    }

    private static func time(_ text: String) throws -> Timestamp { try #require(Timestamp(rfc3339: text)) }

    private static func color(_ status: MigrationStatus, _ stage: MigrationStage, _ name: String) -> StageCondition
        .Color?
    {
        status.conditions(of: stage).first { $0.name == name }?.color
    }

    private static func refusalToClose(_ status: MigrationStatus) -> MigrationRefusal? {
        status.rules.refusal(of: MigrationOrder(.close))
    }

    @Test func `drains when the last customer has moved`() throws {
        let late = BillingCycle(anchor: try #require(BillingAnchor("2026-01-31", in: .utc)))
        let boundaries = BillingBoundaries(["c1": late])
        let records = Sample.records(
            .stage(.mirror),
            .cut(at: try Self.time("2026-12-01T00:00:00Z")),
            before: try Self.time("2026-11-30T12:00:00Z")
        )
        let last = try Self.time("2026-12-31T00:00:00Z")
        let before = Self.status(records, at: last + .milliseconds(-1), boundaries: boundaries)
        #expect(before.stage == .cut && before.lastMove == last && before.drainedAt == nil)
        #expect(Self.color(before, .cut, "moves") == .red)
        #expect(Self.refusalToClose(before) == .notCut)
        let after = Self.status(records, at: last, boundaries: boundaries)
        let drained = last + .seconds(35 * 86_400)
        #expect(after.stage == .drain && after.drainedAt == drained)
        #expect(Self.color(after, .cut, "moves") == .green && Self.color(after, .drain, "final_invoice") == .red)
        #expect(Self.refusalToClose(after) == .notDrained(until: drained))
        #expect(Self.refusalToClose(Self.status(records, at: drained, boundaries: boundaries)) == nil)
    }

    @Test func `does not drain after a cut in the past before customers move, which is after the order`() throws {
        let cut = Sample.now + .seconds(-80 * 86_400)
        let january = try Self.time("2027-01-01T00:00:00Z")
        let status = Self.status(Sample.records(.stage(.mirror), .cut(at: cut)))
        #expect(status.stage == .cut && status.lastMove == january)
        #expect(status.reasonToHold != nil, "customers move, so a red gate holds them")
        #expect(Self.refusalToClose(status) == .notCut)
    }

    @Test func `does not drain while a hold keeps customers, nor before the first boundary after it`() throws {
        let cut = try Self.time("2026-12-01T00:00:00Z")
        let held = Sample.records(.stage(.mirror), .cut(at: cut), .hold, before: cut)
        let later = try Self.time("2027-03-10T00:00:00Z")
        let status = Self.status(held, at: later)
        #expect(status.stage == .cut && status.lastMove == nil)
        #expect(Self.color(status, .cut, "moves") == .unknown)
        #expect(Self.refusalToClose(status) == .held(since: cut + .seconds(-3600)))
        let resume = MigrationRecord(
            migration: "to-polar",
            entry: MigrationEntry(number: 4, at: later, action: .resume),
            actor: "ops"
        )
        let resumed = Self.status(held + [resume], at: later)
        let april = try Self.time("2027-04-01T00:00:00Z")
        #expect(resumed.stage == .cut && resumed.lastMove == april)
        #expect(Self.status(held + [resume], at: april).stage == .drain)
    }

    @Test func `is not closed while it is held, even if all have moved`() throws {
        let hold = MigrationRecord(
            migration: "to-polar",
            entry: MigrationEntry(number: 3, at: Sample.now, action: .hold),
            actor: "ops"
        )
        let status = Self.status(Sample.drained + [hold], at: Sample.now + .seconds(100 * 86_400))
        #expect(status.stage == .drain)
        #expect(Self.refusalToClose(status) == .held(since: Sample.now))
        #expect(status.next == "tollgate migrate resume to-polar")
    }

    @Test func `does not drain while a customer that returned alone stays with the old provider`() throws {
        let cut = try Self.time("2026-10-01T00:00:00Z")
        let moved = try Self.time("2026-10-05T00:00:00Z")
        func record(_ number: Int, _ action: MigrationEntry.Action) -> MigrationRecord {
            MigrationRecord(
                migration: "to-polar",
                entry: MigrationEntry(number: number, at: moved, action: action),
                actor: "ops"
            )
        }
        let records =
            Sample.records(.stage(.mirror), .cut(at: cut), before: cut)
            + [record(3, .goBack(when: .now, customers: ["c1"]))]
        let status = Self.status(records)
        #expect(status.stage == .cut && status.lastMove == nil)
        #expect(Self.refusalToClose(status) == .notCut)
        #expect(status.next == "tollgate migrate cut to-polar --at TIME")
        #expect(
            status.conditions(of: .cut).map(\.text)
                == ["customers that returned stay with lago; order the cut again to move them"]
        )
        let again = Self.status(records + [record(4, .cut(at: cut))])
        let november = try Self.time("2026-11-01T00:00:00Z")
        #expect(again.stage == .drain && again.lastMove == november)
    }

    // MARK: - Any log

    private static let start = Timestamp(milliseconds: 1_790_000_000_000)
    private static let customers = (0..<40).map { CustomerID("customer-\($0)") }

    private static func someTime(_ random: inout SplitMix) -> Timestamp {
        start + .seconds(Int64.random(in: 0...86_400 * 400, using: &random))
    }

    private static func boundaries(_ random: inout SplitMix) -> BillingBoundaries {
        var cycles: [CustomerID: BillingCycle] = [:]
        for customer in customers.prefix(Int.random(in: 0...12, using: &random)) {
            cycles[customer] = BillingCycle(
                anchor: BillingAnchor(someTime(&random), in: .utc),
                every: BillingCycle.Interval.allCases.randomElement(using: &random) ?? .month
            )
        }
        return BillingBoundaries(cycles)
    }

    private static func action(_ random: inout SplitMix) -> MigrationEntry.Action {
        let returning = MigrationEntry.ReturnTime.allCases.randomElement(using: &random) ?? .now
        return switch Int.random(in: 0...11, using: &random) {
        case 0...2: .ramp(share: [0, 5, 25, 60, 100].randomElement(using: &random) ?? 0)
        case 3...6: .cut(at: someTime(&random))
        case 7: .hold
        case 8...9: .resume
        case 10: .goBack(when: returning, customers: nil)
        default: .goBack(when: returning, customers: Set(customers.shuffled(using: &random).prefix(2)))
        }
    }

    @Test(arguments: 0..<400 as Range<UInt64>)
    func `leaves nobody with the old provider once it says drain`(seed: UInt64) {
        var random = SplitMix(seed: seed)
        let boundaries = Self.boundaries(&random)
        var (records, at) = (Sample.records(.stage(.mirror), before: Self.start), Self.start)
        for number in 0..<Int.random(in: 1...8, using: &random) {
            at = at + .seconds(Int64.random(in: 0...86_400 * 40, using: &random))
            let entry = MigrationEntry(number: number + 2, at: at, action: Self.action(&random))
            records.append(MigrationRecord(migration: "to-polar", entry: entry, actor: "ops"))
        }
        let keeping = RecordKeeping(boundaries: boundaries, log: MigrationLog(records.map(\.entry)))
        for _ in 0..<20 {
            let now = at + .seconds(Int64.random(in: 0...86_400 * 800, using: &random))
            let status = Self.status(records, at: now, boundaries: boundaries)
            guard status.stage == .drain || Self.refusalToClose(status) == nil else { continue }
            for customer in Self.customers {
                for _ in 0..<5 {
                    let time = now + .seconds(Int64.random(in: 0...86_400 * 800, using: &random))
                    #expect(keeping.side(for: customer, at: time) == .to, "\(customer)")
                }
                #expect(keeping.side(for: customer, at: now) == .to, "\(customer)")
            }
        }
    }
}
