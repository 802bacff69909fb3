import Events
import Journal
import Migration
import OfRecord
import Testing

/// What was ordered in migrations, as the journal keeps it.
@Suite struct MigrationRecordTests {
    private static let cut = Timestamp(milliseconds: 1_798_761_600_000)
    private static let actions: [MigrationEntry.Action] =
        MigrationEntry.Delivery.allCases.map { .stage($0) } + [0, 5, 12.5, 100].map { .ramp(share: $0) }
        + [.cut(at: cut), .hold, .resume, .close]
        + MigrationEntry.ReturnTime.allCases.flatMap { when -> [MigrationEntry.Action] in
            [.goBack(when: when, customers: nil), .goBack(when: when, customers: ["c1", "ä \"\\"])]
        }

    private static func record(_ action: MigrationEntry.Action, number: Int = 1) -> MigrationRecord {
        MigrationRecord(
            migration: "to-polar",
            entry: MigrationEntry(number: number, at: Timestamp(milliseconds: 1_750_000_000_123), action: action),
            reason: "a \"reason\"",
            despite: [.usage, .backlogAge],
            plan: "plan-1",
            actor: "ops",
            keyID: "k1"
        )
    }

    private static func act(_ action: String, _ detail: String, number: Int = 1) -> MigrationAct {
        MigrationAct(
            migration: "to-polar",
            number: number,
            action: action,
            detail: Array(detail.utf8),
            plan: nil,
            actor: "ops",
            keyID: nil,
            at: cut
        )
    }

    @Test(arguments: actions)
    func `is read as it was written`(action: MigrationEntry.Action) throws {
        let record = Self.record(action)
        #expect(record.act.action == action.name)
        #expect(try MigrationRecord(record.act) == record)
        let bare = MigrationRecord(migration: "m", entry: record.entry, actor: "gateway")
        #expect(try MigrationRecord(bare.act) == bare)
    }

    @Test(
        arguments: [
            ("stage", #"{"stage": "mirror"}"#, .stage(.mirror)), ("ramp", #"{"share": 12.5}"#, .ramp(share: 12.5)),
            ("cut", #"{"at": "2027-01-01T00:00:00.000Z"}"#, .cut(at: cut)), ("hold", "{}", .hold),
            ("resume", #"{"despite": ["usage"], "later": 1}"#, .resume), ("close", "{}", .close),
            ("return", #"{"when": "now"}"#, .goBack(when: .now, customers: nil)),
            ("return", #"{"when": "boundary", "customer_ids": ["c"]}"#, .goBack(when: .boundary, customers: ["c"])),
        ] as [(String, String, MigrationEntry.Action)]
    )
    func `is read from what the first version wrote`(action: String, detail: String, expected: MigrationEntry.Action)
        throws
    {
        #expect(try MigrationRecord(Self.act(action, detail)).entry.action == expected)
    }

    @Test(
        arguments: [
            ("leap", "{}"), ("ramp", "{}"), ("ramp", #"{"share": 101}"#), ("ramp", #"{"share": -1}"#), ("ramp", "5"),
            ("stage", #"{"stage": "x"}"#), ("cut", #"{"at": "soon"}"#), ("return", "{}"),
            ("return", #"{"when": "now", "customer_ids": []}"#), ("return", #"{"when": "now", "customer_ids": "c"}"#),
            ("resume", #"{"despite": ["weather"]}"#), ("resume", #"{"despite": [1]}"#), ("hold", "[]"), ("hold", "{"),
        ]
    )
    func `is refused, not skipped, where it is something else`(action: String, detail: String) {
        #expect(throws: UnreadableAct(migration: "to-polar", number: 1, action: action)) {
            try MigrationRecord(Self.act(action, detail))
        }
    }

    @Test func `makes the logs that routing follows`() throws {
        let acts = [Self.record(.stage(.mirror)), Self.record(.ramp(share: 5), number: 2)].map(\.act)
        let history = try MigrationHistory(
            acts
                + [Self.act("hold", "{}")].map { act in
                    MigrationAct(
                        migration: "other",
                        number: 1,
                        action: act.action,
                        detail: act.detail,
                        plan: nil,
                        actor: "ops",
                        keyID: nil,
                        at: act.at
                    )
                },
            at: 3
        )
        #expect(history["to-polar"].map(\.entry.number) == [1, 2] && history.nextNumber(of: "to-polar") == 3)
        #expect(history["none"].isEmpty && history.nextNumber(of: "none") == 1)
        #expect(history.logs.version == 3 && history.logs.names == ["other", "to-polar"])
        #expect(history.logs["to-polar"].delivery == .mirror && history.logs["other"].isHeld)
        #expect(history.logs["none"].entries.isEmpty)
    }
}
