import Events
import Journal
import Migration
import OfRecord
import Parity
import Testing

/// The stage, the next command and the conditions, over all states of a log and of backfills.
@Suite struct StageOrderTests {
    private typealias Sample = MigrationSample

    private static func status(
        _ records: [MigrationRecord],
        delivery: MigrationEntry.Delivery? = nil,
        _ lanes: [Lane] = []
    )
        -> MigrationStatus
    {
        var facts = Sample.greenFacts
        facts.backfills = lanes
        return MigrationStatus(Sample.outline(delivery: delivery), records, facts)
    }

    @Test func `numbers stages from nothing on`() {
        #expect(MigrationStage.allCases.map(\.number) == Array(0...8))
        #expect(MigrationStage.check.number == 0 && MigrationStage.closed.number == 8)
    }

    /// States of backfills, and the stage of a migration that mirrors.
    @Test(
        arguments: [
            ([], MigrationStage.mirror), ([.done], .parity), ([.running], .backfill), ([.done, .running], .backfill),
            ([.paused], .backfill), ([.cancelled], .mirror), ([.cancelled, .done], .parity),
        ] as [([LaneState], MigrationStage)]
    )
    func `follows from the backfills while the new provider gets everything`(states: [LaneState], stage: MigrationStage)
    {
        #expect(Self.status(Sample.records(.stage(.mirror)), states.map { Sample.lane($0) }).stage == stage)
        // What the file says counts until something was ordered.
        #expect(Self.status([], delivery: .mirror, states.map { Sample.lane($0) }).stage == stage)
        // Backfills of before make no shadow a mirror.
        #expect(Self.status(Sample.records(.stage(.shadow)), states.map { Sample.lane($0) }).stage == .shadow)
    }

    @Test(arguments: MigrationStage.allCases)
    func `has conditions for every stage but the last`(stage: MigrationStage) {
        let conditions = Self.status(Sample.records(.stage(.mirror))).conditions(of: stage)
        #expect(conditions.isEmpty == (stage == .closed))
        #expect(conditions.allSatisfy { !$0.name.isEmpty && !$0.text.isEmpty })
        #expect(Set(conditions.map(\.name)).count == conditions.count)
    }

    /// Shares that move, and the next command.
    @Test(
        arguments: [
            (1.0, "tollgate migrate ramp to-polar --share 5"), (5, "tollgate migrate ramp to-polar --share 25"),
            (12.5, "tollgate migrate ramp to-polar --share 25"), (25, "tollgate migrate ramp to-polar --share 100"),
            (99.9, "tollgate migrate ramp to-polar --share 100"), (100, "tollgate migrate cut to-polar --at TIME"),
        ]
    )
    func `raises the share step by step, and then cuts`(share: Double, next: String) {
        #expect(Self.status(Sample.records(.stage(.mirror), .ramp(share: share))).next == next)
    }

    @Test func `asks to resume whatever is held, except what is closed`() {
        for actions: [MigrationEntry.Action] in [
            [.hold], [.stage(.shadow), .hold], [.stage(.mirror), .ramp(share: 5), .hold],
            [.stage(.mirror), .cut(at: Sample.now), .hold],
        ] {
            let records = actions.enumerated().map { index, action in
                MigrationRecord(
                    migration: "to-polar",
                    entry: MigrationEntry(number: index + 1, at: Sample.now + .seconds(index - 10), action: action),
                    actor: "ops"
                )
            }
            #expect(Self.status(records).next == "tollgate migrate resume to-polar")
            #expect(Self.status(records).obstacles.first?.hasPrefix("held by ops since ") == true)
        }
        let closed = Self.status(Sample.records(.stage(.mirror), .cut(at: Sample.now), .hold, .close))
        #expect(closed.next == nil && closed.stage == .closed)
    }

    @Test func `names the reason of a hold, if one was given`() throws {
        let hold = MigrationEntry(number: 1, at: Sample.now, action: .hold)
        func obstacle(_ reason: String?) -> String? {
            let record = MigrationRecord(migration: "to-polar", entry: hold, reason: reason, actor: "gateway")
            return Self.status([record]).obstacles.first
        }
        #expect(obstacle(nil) == "held by gateway since \(Sample.now.rfc3339)")
        #expect(obstacle("rejected is red: 5%") == "held by gateway since \(Sample.now.rfc3339): rejected is red: 5%")
    }

    /// Letters and amounts of a backfill, over all states.
    @Test(
        arguments: [
            ([], StageCondition.Color.unknown, "none was started"), ([.done], .green, "1 finished, 1000 events"),
            ([.done, .done], .green, "2 finished, 2000 events"), ([.cancelled], .unknown, "none was started"),
            ([.running], .red, "not finished: 3 (running)"), ([.done, .paused], .red, "not finished: 3 (paused)"),
        ] as [([LaneState], StageCondition.Color, String)]
    )
    func `says of backfills how far they are`(states: [LaneState], color: StageCondition.Color, text: String) throws {
        let status = Self.status(Sample.records(.stage(.mirror)), states.map { Sample.lane($0) })
        let condition = try #require(status.conditions(of: .backfill).first)
        #expect(condition == StageCondition("backfill", color, text))
    }
}
