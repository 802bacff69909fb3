import Events
import JSON
import Journal
import Migration
import OfRecord
import Testing

/// What the log gets of an order, and what is shown of it.
@Suite struct MigrationOrderTests {
    private static let time = Timestamp(milliseconds: 1_798_761_600_000)

    private static let orders: [(MigrationOrder.Command, MigrationEntry.Action, json: String)] = [
        (.start(.shadow), .stage(.shadow), #""action":"stage","stage":"shadow""#),
        (.stage(.mirror), .stage(.mirror), #""action":"stage","stage":"mirror""#),
        (.ramp(share: 5), .ramp(share: 5), #""action":"ramp","share":5"#),
        (.ramp(share: 12.5), .ramp(share: 12.5), #""action":"ramp","share":12.5"#),
        (.cut(at: time), .cut(at: time), #""action":"cut","at":"2027-01-01T00:00:00.000Z""#),
        (.hold, .hold, #""action":"hold""#), (.resume, .resume, #""action":"resume""#),
        (.goBack(when: .now, customers: nil), .goBack(when: .now, customers: nil), #""action":"return","when":"now""#),
        (
            .goBack(when: .boundary, customers: ["b", "a", "\""]),
            .goBack(when: .boundary, customers: ["a", "b", "\""]),
            #""action":"return","when":"boundary","customer_ids":["\"","a","b"]"#
        ),
        (.close, .close, #""action":"close""#),
    ]

    @Test(arguments: orders)
    func `is an entry of the log, shown with what it has`(
        command: MigrationOrder.Command,
        action: MigrationEntry.Action,
        json: String
    ) {
        let order = MigrationOrder(command, reason: "it is \"time\"", despite: [.usage])
        #expect(order.action == action && !order.isDryRun)
        var writer = JSONWriter()
        MigrationRecord(
            migration: "to-polar",
            entry: MigrationEntry(number: 7, at: Self.time, action: order.action),
            reason: order.reason,
            despite: [.usage, .lost],
            actor: "ops",
            keyID: nil
        ).write(to: &writer)
        #expect(
            String(decoding: writer.bytes, as: UTF8.self)
                == #"{"number":7,"effective_from":"2027-01-01T00:00:00.000Z",\#(json),"actor":"ops","key_id":null,"#
                + #""plan":null,"reason":"it is \"time\"","despite":["usage","lost"]}"#
        )
    }

    @Test(arguments: [
        (5.0, "5"), (0.0, "0"), (-0.0, "0"), (100.0, "100"), (12.5, "12.5"), (0.1, "0.1"), (99.99, "99.99"),
    ])
    func `shows a share without needless decimals`(share: Double, text: String) {
        #expect(MigrationEntry.Action.text(of: share) == text)
    }

    // MARK: Outcomes

    private static func outcome(_ returned: ReturnedUsage?, _ refill: MigrationOutcome.Refill?) throws -> JSONValue {
        let records = MigrationSample.records(.stage(.mirror), .ramp(share: 5))
        let status = MigrationStatus(MigrationSample.outline(), records, MigrationSample.greenFacts)
        var writer = JSONWriter()
        MigrationOutcome(record: records[1], isDryRun: true, returned: returned, refill: refill, status: status)
            .write(to: &writer)
        return try JSONDocument(parsing: writer.bytes).root
    }

    @Test func `shows what an order did, and the migration after it`() throws {
        let shown = try Self.outcome(nil, nil)
        #expect(shown["dry_run"]?.bool == true && shown["entry"]?["action"]?.string == "ramp")
        #expect(shown["to_void"]?.isNull == true && shown["refill"]?.isNull == true)
        #expect(shown["migration"]?["stage"]?.string == "ramp" && shown["migration"]?["name"]?.string == "to-polar")
    }

    @Test func `shows what is to be voided and sent again after a return`() throws {
        let log = MigrationLog(MigrationSample.records(.stage(.mirror), .ramp(share: 5)).map(\.entry))
        var returned = ReturnedUsage(of: MigrationSample.outline(), log: log, customers: nil, until: Self.time)
        returned.unreadableParts = 2
        let refill = MigrationOutcome.Refill(
            provider: "lago",
            events: 9,
            customers: 3,
            moreEvents: 1,
            backfills: [4, 5],
            refusal: "too many \"backfills\""
        )
        let shown = try Self.outcome(returned, refill)
        #expect(
            shown["to_void"].map { String(decoding: $0.raw, as: UTF8.self) }
                == #"{"provider":"polar","customers":[],"more_events":0,"unreadable_parts":2}"#
        )
        #expect(
            shown["refill"].map { String(decoding: $0.raw, as: UTF8.self) }
                == #"{"provider":"lago","events":9,"customers":3,"more_events":1,"backfills":[4,5],"#
                + #""error":"too many \"backfills\""}"#
        )
    }
}
