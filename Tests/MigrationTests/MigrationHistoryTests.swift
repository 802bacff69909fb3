import Events
import Journal
import Migration
import OfRecord
import Testing

/// All that was ordered, as a gateway reads it at its start: one act that cannot be read stops it, whatever the others say.
@Suite struct MigrationHistoryTests {
    private static let at = Timestamp(milliseconds: 1_798_761_600_000)

    private static func act(_ migration: MigrationName, _ number: Int, _ action: String, _ detail: String = "{}")
        -> MigrationAct
    {
        MigrationAct(
            migration: migration,
            number: number,
            action: action,
            detail: Array(detail.utf8),
            plan: nil,
            actor: "ops",
            keyID: nil,
            at: at
        )
    }

    @Test func `is empty before anything was ordered`() throws {
        #expect(try MigrationHistory([], at: 0) == .none)
        #expect(MigrationHistory.none.version == 0 && MigrationHistory.none.logs.names.isEmpty)
        #expect(MigrationHistory.none.nextNumber(of: "m") == 1)
    }

    /// Of one migration, in any place: skipping it would put customers at another vendor.
    @Test(arguments: 0..<3)
    func `is not read with an act that nobody understands`(place: Int) {
        var acts = [Self.act("a", 1, "hold"), Self.act("a", 2, "resume"), Self.act("b", 1, "hold")]
        let (migration, number) = (acts[place].migration, acts[place].number)
        acts[place] = Self.act(migration, number, "leap")
        let fault = UnreadableAct(migration: migration, number: number, action: "leap")
        #expect(throws: fault) { try MigrationHistory(acts, at: 3) }
        #expect(
            fault.description
                == "entry \(number) of the migration \(migration) (leap) cannot be read by this version; run the version that "
                + "wrote it, or a newer one"
        )
    }

    @Test func `keeps migrations apart whose names are two forms of one text`() throws {
        let (composed, decomposed): (MigrationName, MigrationName) = ("caf\u{E9}", "cafe\u{301}")
        let history = try MigrationHistory([Self.act(composed, 1, "hold"), Self.act(decomposed, 1, "close")], at: 2)
        #expect(history[composed].map(\.entry.action) == [.hold] && history[decomposed].map(\.entry.action) == [.close])
        #expect(history.nextNumber(of: composed) == 2)
    }

    /// Who returns is named in full: a name that cannot be read is no name that may be left out.
    @Test(
        arguments: [
            #"["a", 5]"#, #"["a", null]"#, #"[["a"]]"#, #"{"a": 1}"#, #""a""#, "[]", "null", "7",
        ]
    )
    func `is not read with customers of whom one cannot be read`(customers: String) {
        let act = Self.act("m", 1, "return", #"{"when": "now", "customer_ids": \#(customers)}"#)
        #expect(throws: UnreadableAct(migration: "m", number: 1, action: "return")) {
            try MigrationHistory([act], at: 1)
        }
    }

    @Test(arguments: [#""usage""#, #"{"usage": true}"#, "7", "true", #"["usage", null]"#])
    func `is not read with gates that cannot be read`(despite: String) {
        let act = Self.act("m", 1, "resume", #"{"despite": \#(despite)}"#)
        #expect(throws: UnreadableAct(migration: "m", number: 1, action: "resume")) {
            try MigrationHistory([act], at: 1)
        }
    }

    /// Numbers as people and other versions may have written them.
    @Test(
        arguments: [
            ("0", 0), ("100", 100), ("1e1", 10), ("99.99", 99.99), ("-0", 0), ("0.0", 0), ("100.0000001", nil),
            ("-0.1", nil), ("1e400", nil), (#""5""#, nil), ("null", nil), ("true", nil),
        ] as [(String, Double?)]
    )
    func `has shares from nothing to all`(text: String, share: Double?) throws {
        let act = Self.act("m", 1, "ramp", "{\"share\": \(text)}")
        guard let share else {
            #expect(throws: UnreadableAct.self) { try MigrationHistory([act], at: 1) }
            return
        }
        #expect(try MigrationHistory([act], at: 1)["m"].map(\.entry.action) == [.ramp(share: share)])
    }

    @Test(
        arguments: [
            ("2027-01-01T00:00:00Z", true), ("2027-01-01T00:00:00+01:00", true), ("2027-01-01", false), ("", false),
            ("2027-13-01T00:00:00Z", false),
        ]
    )
    func `has cuts at times that can be read`(text: String, isRead: Bool) {
        let act = Self.act("m", 1, "cut", "{\"at\": \"\(text)\"}")
        if isRead {
            #expect(throws: Never.self) { try MigrationHistory([act], at: 1) }
        } else {
            #expect(throws: UnreadableAct.self) { try MigrationHistory([act], at: 1) }
        }
    }
}
