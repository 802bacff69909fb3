import Events
import JSON
import Journal
import Migration
import OfRecord
import Parity
import Testing

/// Where a migration is, and what stands in its way.
@Suite struct MigrationStatusTests {
    private typealias Sample = MigrationSample

    private static func status(
        _ records: [MigrationRecord],
        _ facts: MigrationFacts = MigrationFacts(at: Sample.now),
        _ outline: MigrationOutline = Sample.outline()
    ) -> MigrationStatus {
        MigrationStatus(outline, records, facts)
    }

    private static func color(_ status: MigrationStatus, _ stage: MigrationStage, _ name: String) -> StageCondition
        .Color?
    {
        status.conditions(of: stage).first { $0.name == name }?.color
    }

    @Test func `follows from the log, the backfills and the clock`() {
        func stage(_ records: [MigrationRecord], lanes: [Lane] = [], file: MigrationEntry.Delivery? = nil)
            -> MigrationStage
        {
            Self.status(records, MigrationFacts(at: Sample.now, backfills: lanes), Sample.outline(delivery: file)).stage
        }
        #expect(stage([]) == .check)
        #expect(stage([], file: .shadow) == .shadow)
        #expect(stage([], file: .mirror) == .mirror)
        #expect(stage(Sample.records(.stage(.shadow)), file: .mirror) == .shadow)
        let mirror = Sample.records(.stage(.mirror))
        #expect(stage(mirror) == .mirror)
        #expect(stage(mirror, lanes: [Sample.lane(.cancelled)]) == .mirror)
        for state in LaneState.allCases where state.isActive {
            #expect(stage(mirror, lanes: [Sample.lane(state), Sample.lane(.done)]) == .backfill)
        }
        #expect(stage(mirror, lanes: [Sample.lane(.done)]) == .parity)
        #expect(stage(Sample.records(.stage(.mirror), .ramp(share: 5))) == .ramp)
        #expect(stage(Sample.records(.stage(.mirror), .cut(at: Sample.now + Sample.day))) == .cut)
        #expect(stage(Sample.drained) == .drain, "the first of a month after the cut has passed")
        #expect(
            stage(
                Sample.records(.stage(.mirror), .ramp(share: 5), .goBack(when: .now, customers: nil)),
                lanes: [Sample.lane(.done)]
            ) == .parity
        )
        #expect(stage(Sample.records(.stage(.mirror), .cut(at: Sample.now), .close)) == .closed)
    }

    @Test func `reads its gates from comparisons and deliveries`() throws {
        let green = Self.status(Sample.records(.stage(.mirror)), Sample.greenFacts)
        #expect(green.gates.map(\.gate) == [.unexplained, .rejected, .uncertain, .backlogAge])
        #expect(green.gates.allSatisfy { $0.isGreen })
        var facts = Sample.greenFacts
        facts.deliveries?.rejected = 11
        facts.deliveries?.uncertain = 1
        facts.oldestWaiting = Sample.now + .seconds(-601)
        facts.comparisons[0] = Sample.run(
            3,
            at: Sample.now,
            causes: [
                CauseCount(cause: .lostAfterAccept, count: 5, accepted: 2), CauseCount(cause: .foreign, count: 1),
                CauseCount(cause: .rejected, count: 100), CauseCount(cause: .waiting, count: 100),
            ]
        )
        let red = Self.status(Sample.records(.stage(.mirror)), facts).gates
        #expect(red.map(\.color) == [.red, .red, .red, .red])
        #expect(red.map(\.figure) == ["4", "11 of 1000 (1.1%)", "1", "601 s"])
        let none = Self.status(
            [],
            MigrationFacts(at: Sample.now),
            Sample.outline(comparesUsage: true, verifies: true)
        ).gates
        #expect(none.map(\.gate) == Gate.allCases && none.allSatisfy { $0.color == .unknown(.notMeasured) })
    }

    @Test func `reads the gate of lost events from what was read back, if anything is`() {
        func gate(_ report: VerifyReport?, _ outline: MigrationOutline) -> GateStatus? {
            var facts = Sample.greenFacts
            facts.verified = report.map { [$0] } ?? []
            return Self.status([], facts, outline).gates.first { $0.gate == .lost }
        }
        func report(_ lost: [Timestamp], upTo time: Timestamp = Sample.now) -> VerifyReport {
            VerifyReport(
                oneIn: 10,
                checkedUpTo: time,
                hours: [
                    VerifyReport.Hour(start: Sample.now + .seconds(-26 * 3600), verified: 100),
                    VerifyReport.Hour(start: Sample.now + .seconds(-24 * 3600), verified: 20),
                    VerifyReport.Hour(start: Sample.now, verified: 3),
                ],
                lost: lost.enumerated().map { index, time in
                    LostEvent(
                        sequence: SequenceNumber(Int64(index) + 1),
                        tenant: "t",
                        eventID: "e",
                        name: "n",
                        deliveredAt: time,
                        foundAt: time,
                        lookAt: time
                    )
                }
            )
        }
        let verifying = Sample.outline(verifies: true)
        #expect(gate(report([]), Sample.outline()) == nil)
        #expect(gate(nil, verifying)?.color == .unknown(.notMeasured))
        let green = gate(report([]), verifying)
        #expect(green?.color == .green && green?.figure == "0 of 23 read back")
        let red = gate(report([Sample.now + .seconds(-90_000), Sample.now + .seconds(-60)]), verifying)
        #expect(red?.color == .red && red?.figure == "1 of 23 read back", "a loss of before the window is none")
        let late = Sample.now + .seconds(-86_401)
        #expect(gate(report([], upTo: late), verifying)?.color == .unknown(.tooOld(late)))
    }

    @Test func `returns for missing events alone, and only where customers have moved`() {
        func reason(
            _ stage: [MigrationEntry.Action],
            _ change: (inout MigrationFacts) -> Void = { _ in },
            despite: [Gate] = []
        ) -> String? {
            var facts = Sample.greenFacts
            change(&facts)
            var records: [MigrationRecord] = []
            for (index, action) in stage.enumerated() {
                records.append(
                    MigrationRecord(
                        migration: "to-polar",
                        entry: MigrationEntry(number: index + 1, at: Sample.now + .seconds(-60), action: action),
                        despite: index == stage.count - 1 ? despite : [],
                        actor: "ops"
                    )
                )
            }
            return Self.status(records, facts, Sample.outline(verifies: true)).reasonToReturn
        }
        func rejecting(_ facts: inout MigrationFacts) { facts.deliveries?.rejected = 20 }
        func losing(_ facts: inout MigrationFacts) {
            let lost = LostEvent(
                sequence: 1,
                tenant: "t",
                eventID: "e",
                name: "n",
                deliveredAt: Sample.now,
                foundAt: Sample.now,
                lookAt: Sample.now
            )
            facts.verified = [VerifyReport(oneIn: 1, checkedUpTo: Sample.now, lost: [lost])]
        }
        let ramp: [MigrationEntry.Action] = [.stage(.mirror), .ramp(share: 5)]
        #expect(reason(ramp) == nil, "a gate that is unknown returns nobody")
        #expect(reason(ramp, losing) == "lost is red: 1 of 1 read back, at most 0")
        #expect(reason(ramp, rejecting)?.hasPrefix("rejected is red") ?? false)
        #expect(reason(ramp + [.hold], losing) != nil, "a hold keeps those that have moved where they are")
        #expect(reason([.stage(.mirror), .cut(at: Sample.now)], losing) != nil)
        #expect(reason([.stage(.mirror)], losing) == nil)
        #expect(reason(ramp + [.goBack(when: .now, customers: nil)], losing) == nil)
        #expect(reason(ramp, losing, despite: [.lost]) == nil)
        func doubting(_ facts: inout MigrationFacts) { facts.deliveries?.uncertain = 9 }
        func waiting(_ facts: inout MigrationFacts) { facts.oldestWaiting = Sample.now + .seconds(-9999) }
        #expect(reason(ramp, doubting) == nil && reason(ramp, waiting) == nil)
        let differing = Sample.run(9, at: Sample.now, causes: [CauseCount(cause: .lostAfterAccept, count: 3)])
        func comparing(_ facts: inout MigrationFacts) { facts.comparisons.insert(differing, at: 0) }
        #expect(reason(ramp, comparing) == nil)
    }

    @Test func `reads the gate of amounts from comparisons of amounts`() {
        func color(_ causes: [CauseCount], unreadable: String? = nil) -> GateStatus.Color? {
            var facts = Sample.greenFacts
            let run = Sample.run(3, at: Sample.now, causes: causes, unreadable: unreadable, level: .usage)
            facts.comparisons.insert(run, at: 0)
            let status = Self.status([], facts, Sample.outline(comparesUsage: true))
            #expect(status.gates.first?.color == .green, "events were compared before")
            return status.gates.first { $0.gate == .usage }?.color
        }
        #expect(color([]) == .green)
        #expect(color([CauseCount(cause: .rounding, count: 9), CauseCount(cause: .staleTotal, count: 1)]) == .green)
        #expect(color([CauseCount(cause: .usageDiffers, count: 2, accepted: 2)]) == .green)
        #expect(color([CauseCount(cause: .usageDiffers, count: 2, accepted: 1)]) == .red)
        #expect(color([], unreadable: "401") == .unknown(.notMeasured))
    }

    @Test func `takes no comparison for complete that is not, nor an old one for new`() {
        func color(_ runs: [ParityRun]) -> GateStatus.Color? {
            var facts = Sample.greenFacts
            facts.comparisons = runs
            return Self.status([], facts).gates.first?.color
        }
        #expect(color([Sample.run(1, at: Sample.now, unreadable: "401")]) == .unknown(.notMeasured))
        #expect(color([Sample.run(1, at: Sample.now, level: .ledger)]) == .unknown(.notMeasured))
        let old = Sample.run(1, at: Sample.now + .seconds(-86_400))
        #expect(color([old]) == .unknown(.tooOld(Sample.now + .seconds(-90_000))))
        // The newest that is complete counts.
        #expect(color([Sample.run(2, at: Sample.now, unreadable: "401"), Sample.run(1, at: Sample.now)]) == .green)
    }

    @Test func `asks for two comparisons without differences, a day apart, and none with differences in between`() {
        func color(_ runs: [ParityRun]) -> StageCondition.Color? {
            var facts = Sample.greenFacts
            facts.comparisons = runs
            return Self.color(Self.status([], facts), .parity, "two_comparisons")
        }
        let lost = [CauseCount(cause: .lostAfterAccept, count: 1)]
        let (today, yesterday) = (Sample.run(3, at: Sample.now), Sample.run(1, at: Sample.now + .seconds(-86_400)))
        #expect(color([]) == .unknown)
        #expect(color([today]) == .red)
        #expect(color([today, Sample.run(1, at: Sample.now + .seconds(-86_399))]) == .red)
        #expect(color([today, yesterday]) == .green)
        let between = Sample.run(2, at: Sample.now + .seconds(-3600), causes: lost)
        #expect(color([today, between, yesterday]) == .red)
        #expect(color([Sample.run(4, at: Sample.now, causes: lost), today, yesterday]) == .red)
    }

    @Test func `says of a shadow whether something could not be translated within a day`() {
        func color(_ counts: [(ShadowClass, Duration)]) -> StageCondition.Color? {
            let shadow = counts.map { shadowClass, age in
                ShadowCount(
                    provider: "polar",
                    shadowClass: shadowClass,
                    field: "",
                    events: 3,
                    first: Sample.now + .seconds(-90_000),
                    last: Sample.now + (.zero - age),
                    samples: []
                )
            }
            let status = Self.status(Sample.records(.stage(.shadow)), MigrationFacts(at: Sample.now, shadow: shadow))
            return Self.color(status, .shadow, "untranslatable")
        }
        #expect(color([]) == .unknown)
        #expect(color([(.translated, .zero)]) == .green)
        #expect(color([(.translated, .zero), (.untranslatable, .seconds(86_399))]) == .red)
        #expect(color([(.translated, .zero), (.untranslatable, .seconds(86_400))]) == .green)
    }

    @Test func `says of a backfill whether it is finished and nothing was refused`() {
        func colors(_ lanes: [Lane]) -> [StageCondition.Color] {
            let facts = MigrationFacts(at: Sample.now, backfills: lanes)
            return Self.status([], facts).conditions(of: .backfill).map(\.color)
        }
        #expect(colors([]) == [.unknown, .unknown])
        #expect(colors([Sample.lane(.running)]) == [.red, .green])
        #expect(colors([Sample.lane(.done)]) == [.green, .green])
        #expect(colors([Sample.lane(.done, rejected: 1)]) == [.green, .red])
    }

    @Test func `names the next command and what stands in its way`() {
        #expect(Self.status([]).next == "tollgate migrate check to-polar")
        #expect(Self.status(Sample.records(.stage(.shadow))).next == "tollgate migrate stage to-polar mirror")
        let fill = "tollgate backfill start to-polar --since period"
        #expect(Self.status(Sample.records(.stage(.mirror))).next == fill)
        let mirror = Sample.records(.stage(.mirror))
        #expect(Self.status(mirror, Sample.greenFacts).next == "tollgate migrate ramp to-polar --share 5")
        #expect(Self.status(mirror, Sample.greenFacts).obstacles.isEmpty)
        var facts = Sample.greenFacts
        facts.comparisons = []
        #expect(Self.status(mirror, facts).next == "tollgate parity watch --providers lago,polar")
        #expect(Self.status(mirror, facts).obstacles.contains("unexplained is unknown: not measured yet"))
        for (share, next) in [(5.0, "25"), (25, "100"), (60, "100")] {
            let status = Self.status(Sample.records(.stage(.mirror), .ramp(share: share)), Sample.greenFacts)
            #expect(status.next == "tollgate migrate ramp to-polar --share \(next)")
        }
        let all = Self.status(Sample.records(.stage(.mirror), .ramp(share: 100)), Sample.greenFacts)
        #expect(all.next == "tollgate migrate cut to-polar --at TIME")
        let held = Self.status(Sample.records(.stage(.mirror), .ramp(share: 5), .hold), Sample.greenFacts)
        #expect(held.next == "tollgate migrate resume to-polar")
        #expect(held.obstacles == ["held by ops since \((Sample.now + .seconds(-3600)).rfc3339): B is slow"])
    }

    // MARK: - Holding by itself

    @Test func `should be held when a gate is red or was not checked, while customers move`() {
        var red = Sample.greenFacts
        red.deliveries?.rejected = 500
        var unchecked = Sample.greenFacts
        unchecked.comparisons = []
        var quiet = Sample.greenFacts
        quiet.deliveries?.planned = 5
        quiet.deliveries?.delivered = 5
        let ramp = Sample.records(.stage(.mirror), .ramp(share: 5))
        let cut = Sample.records(.stage(.mirror), .cut(at: Sample.now + Sample.day))
        for records in [ramp, cut] {
            #expect(Self.status(records, Sample.greenFacts).reasonToHold == nil)
            #expect(Self.status(records, red).reasonToHold == "rejected is red: 500 of 1000 (50%), at most 1%")
            #expect(Self.status(records, unchecked).reasonToHold == "unexplained is unknown: not measured yet")
            #expect(Self.status(records, quiet).reasonToHold == nil)
        }
        let others = [
            Sample.records(.stage(.mirror)), Sample.records(.stage(.mirror), .ramp(share: 5), .hold),
            Sample.records(.stage(.mirror), .ramp(share: 5), .goBack(when: .now, customers: nil)),
            Sample.drained, Sample.records(.stage(.mirror), .cut(at: Sample.now), .close),
        ]
        for records in others { #expect(Self.status(records, red).reasonToHold == nil) }
    }

    @Test func `should not be held by gates that the order to go on has overridden`() {
        var facts = Sample.greenFacts
        facts.deliveries?.rejected = 500
        facts.deliveries?.uncertain = 1
        let records = Sample.records(.stage(.mirror), .ramp(share: 5), despite: [.rejected])
        #expect(Self.status(records, facts).reasonToHold == "uncertain is red: 1, at most 0")
        facts.deliveries?.uncertain = 0
        #expect(Self.status(records, facts).reasonToHold == nil)
        // The next order overrides nothing.
        let next = records + Sample.records(.stage(.mirror), .ramp(share: 5), .ramp(share: 25)).suffix(1)
        #expect(Self.status(next, facts).reasonToHold != nil)
    }

    // MARK: - As JSON

    @Test func `is shown with all stages, gates and orders`() throws {
        var writer = JSONWriter()
        let records = Sample.records(.stage(.mirror), .ramp(share: 12.5), .hold, despite: [.usage])
        Self.status(records, Sample.greenFacts).write(to: &writer)
        let shown = try JSONDocument(parsing: writer.bytes).root
        #expect(shown["stage"]?.string == "ramp" && shown["share_percent"]?.numberText == "12.5")
        #expect(
            shown["stages"]?.elements.compactMap { $0["state"]?.string } == Array(repeating: "done", count: 5) + [
                "current"
            ] + Array(repeating: "ahead", count: 3)
        )
        #expect(shown["stages"]?.elements.compactMap { $0["name"]?.string } == MigrationStage.allCases.map(\.rawValue))
        #expect(shown["gates"]?.elements.compactMap { $0["color"]?.string } == ["green", "green", "green", "green"])
        #expect(shown["hold"]?["reason"]?.string == "B is slow")
        #expect(shown["log"]?.elements.compactMap { $0["action"]?.string } == ["stage", "ramp", "hold"])
        #expect(shown["log"]?.elements.compactMap { $0["number"]?.int64 } == [1, 2, 3])
    }
}
