import Events
import Migration
import OfRecord
import Parity
import Testing

/// What comparisons say about a migration's gates if some of them failed or had nothing to compare.
@Suite struct MigrationComparisonTests {
    private typealias Sample = MigrationSample

    private static let losses = [CauseCount(cause: .lostAfterAccept, count: 3)]
    private static let yesterday = Sample.now + .seconds(-96_000)

    private static func status(_ runs: [ParityRun]) -> MigrationStatus {
        var facts = Sample.greenFacts
        facts.comparisons = runs
        return MigrationStatus(Sample.outline(comparesUsage: true), Sample.records(.stage(.mirror)), facts)
    }

    private static func gate(_ gate: Gate, _ runs: [ParityRun]) -> GateStatus? {
        status(runs).gates.first { $0.gate == gate }
    }

    private static func twoRuns(_ runs: [ParityRun]) -> StageCondition? {
        status(runs).conditions(of: .parity).first { $0.name == "two_comparisons" }
    }

    @Test func `counts what a newer comparison found before it failed`() {
        let (clean, before) = (Sample.run(2, at: Sample.now + .seconds(-7200)), Sample.run(1, at: Self.yesterday))
        let failed = Sample.run(3, at: Sample.now + .seconds(-60), causes: Self.losses, unreadable: "502")
        let other = Sample.run(4, at: Sample.now, unreadable: "502")
        let gate = Self.gate(.unexplained, [other, failed, clean, before])
        #expect(gate?.color == .red && gate?.figure == "3")
        let two = Self.twoRuns([other, failed, clean, before])
        #expect(two?.color == .red && two?.text.hasPrefix("differences in comparison 3: 3;") ?? false)
        #expect(Self.gate(.unexplained, [other, clean, before])?.color == .green)
        #expect(Self.twoRuns([other, clean, before])?.color == .green)
        // What failed before the newest complete one has been compared again since.
        let earlier = Sample.run(1, at: Sample.now + .seconds(-9000), causes: Self.losses, unreadable: "502")
        #expect(Self.gate(.unexplained, [clean, earlier])?.color == .green)
    }

    @Test func `does not take comparisons for a day without differences if one in between has found some and failed`() {
        let failed = Sample.run(2, at: Sample.now + .seconds(-7200), causes: Self.losses, unreadable: "502")
        let runs = [Sample.run(3, at: Sample.now), failed, Sample.run(1, at: Self.yesterday)]
        #expect(Self.twoRuns(runs)?.color == .red)
    }

    @Test func `counts amounts that a newer comparison found differing before it failed`() {
        let differing = [CauseCount(cause: .usageDiffers, count: 2)]
        let clean = Sample.run(1, at: Sample.now + .seconds(-60), level: .usage)
        let failed = Sample.run(2, at: Sample.now, causes: differing, unreadable: "502", level: .usage)
        #expect(Self.gate(.usage, [clean])?.color == .green)
        #expect(Self.gate(.usage, [failed, clean])?.color == .red)
        #expect(Self.gate(.unexplained, [failed, clean])?.color == .unknown(.notMeasured))
    }

    @Test func `does not count events of the journal that the new provider should not have`() {
        let few = Sample.run(1, at: Sample.now, compared: 99)
        #expect(Self.gate(.unexplained, [few])?.color == .unknown(.tooFewEvents(99)))
        #expect(Self.gate(.unexplained, [Sample.run(1, at: Sample.now, compared: 100)])?.color == .green)
    }

    @Test func `counts events that the old provider does not get any more`() {
        func run(_ id: Int64, at time: Timestamp, compared: Int = 5000) -> ParityRun {
            Sample.run(id, at: time, compared: compared, comparedAtOld: 0)
        }
        let runs = [run(2, at: Sample.now), run(1, at: Self.yesterday)]
        #expect(Self.gate(.unexplained, runs)?.color == .green)
        #expect(Self.twoRuns(runs)?.color == .green)
        let empty = [run(2, at: Sample.now, compared: 0), run(1, at: Self.yesterday, compared: 0)]
        #expect(Self.gate(.unexplained, empty)?.color == .unknown(.tooFewEvents(0)))
        #expect(Self.twoRuns(empty)?.color == .unknown)
    }

    // MARK: - Tenants' own accounts

    /// A tenant has its own account at the new provider.
    private static func withAnAccountMore(_ runs: [ParityRun]) -> MigrationStatus {
        var facts = Sample.greenFacts
        facts.comparisons = runs
        let accounts = [AccountPair(from: "lago", to: "polar"), AccountPair(from: "lago", to: "polar@shop")]
        return MigrationStatus(Sample.outline(accounts: accounts), Sample.records(.stage(.mirror)), facts)
    }

    @Test func `needs a comparison of every account, and adds up what they found`() {
        func gate(_ runs: [ParityRun]) -> GateStatus? {
            Self.withAnAccountMore(runs).gates.first { $0.gate == .unexplained }
        }
        let polar = Sample.run(1, at: Sample.now, compared: 60)
        func shop(_ causes: [CauseCount] = []) -> ParityRun {
            Sample.run(2, at: Sample.now, causes: causes, compared: 50, new: "polar@shop")
        }
        #expect(gate([polar])?.color == .unknown(.notMeasured))
        #expect(gate([shop()])?.color == .unknown(.notMeasured))
        #expect(gate([shop(), polar])?.color == .green, "they rest on enough events together")
        #expect(gate([shop(Self.losses), polar])?.figure == "3")
        let both = Sample.run(3, at: Sample.now, causes: Self.losses)
        #expect(gate([shop(Self.losses), both])?.figure == "6")
    }

    @Test(arguments: [
        [AccountPair(from: "lago", to: "polar"), AccountPair(from: "lago", to: "polar@shop")],
        [AccountPair(from: "lago", to: "polar@shop")],
    ])
    func `needs comparisons of amounts of the providers alone, since metrics have names at no other account`(
        accounts: [AccountPair]
    ) {
        let outline = Sample.outline(comparesUsage: true, accounts: accounts)
        let amounts = Sample.run(1, at: Sample.now, level: .usage)
        #expect(outline.isCompared(by: amounts))
        var facts = Sample.greenFacts
        facts.comparisons = [amounts]
        let status = MigrationStatus(outline, Sample.records(.stage(.mirror)), facts)
        #expect(status.gates.first { $0.gate == .usage }?.color == .green)
        facts.comparisons = [Sample.run(2, at: Sample.now, new: "polar@shop")]
        #expect(outline.isCompared(by: facts.comparisons[0]))
        let events = MigrationStatus(outline, Sample.records(.stage(.mirror)), facts)
        #expect(events.gates.first { $0.gate == .usage }?.color == .unknown(.notMeasured))
    }

    @Test func `needs two comparisons of every account`() {
        func twoRuns(_ runs: [ParityRun]) -> StageCondition? {
            Self.withAnAccountMore(runs).conditions(of: .parity).first { $0.name == "two_comparisons" }
        }
        let polar = [Sample.run(4, at: Sample.now), Sample.run(2, at: Self.yesterday)]
        func shop(_ id: Int64, at time: Timestamp) -> ParityRun {
            Sample.run(id, at: time, compared: 1, new: "polar@shop")
        }
        #expect(twoRuns(polar)?.color == .unknown)
        #expect(
            Self.withAnAccountMore(polar).next == "tollgate parity watch --providers lago,polar,polar@shop",
            "one comparison may include all"
        )
        #expect(twoRuns(polar)?.text.hasPrefix("lago, polar@shop: no complete comparison") ?? false)
        #expect(twoRuns(polar + [shop(3, at: Sample.now)])?.color == .red)
        #expect(twoRuns(polar + [shop(3, at: Sample.now), shop(1, at: Self.yesterday)])?.color == .green)
    }

    @Test func `takes no comparisons of empty windows for proof`() {
        func empty(_ id: Int64, at time: Timestamp) -> ParityRun { Sample.run(id, at: time, compared: 0) }
        let (now, yesterday) = (Sample.now, Self.yesterday)
        #expect(Self.twoRuns([empty(2, at: now), empty(1, at: yesterday)])?.color == .unknown)
        #expect(Self.twoRuns([Sample.run(2, at: now), empty(1, at: yesterday)])?.color == .red)
        let withOneBetween = [Sample.run(3, at: now), empty(2, at: now), Sample.run(1, at: yesterday)]
        #expect(Self.twoRuns(withOneBetween)?.color == .green)
    }
}
