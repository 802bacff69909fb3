import Events
import Routing
import Testing

/// The rows of a file of anchors, and customers that none of them can hold.
@Suite struct AnchorsTableTests {
    private func table(_ text: String) throws -> AnchorsTable { try AnchorsTable(Array(text.utf8)) }

    private func row(_ customer: String, _ anchor: String, _ interval: String = "") -> AnchorsTable.Row {
        AnchorsTable.Row(customer: customer, anchor: anchor, interval: interval)
    }

    @Test func `are in the order of the file, whatever its line ends, and without its empty lines`() throws {
        let text = "\u{FEFF}customer_id,anchor,interval\r\n\r\nb,2026-01-31,\n\n\"a\"\"\",2026-01-01,week\r\n\"\",x,y"
        #expect(try table(text).rows == [row("b", "2026-01-31"), row("a\"", "2026-01-01", "week"), row("", "x", "y")])
        #expect(try table("").rows.isEmpty && (try table("\n\r\n")).rows.isEmpty)
        #expect(try table("customer_id,anchor").rows.isEmpty)
    }

    @Test(
        arguments: [
            ("customer_id", 1, "the first row must be customer_id,anchor or customer_id,anchor,interval"),
            ("\n\nanchor,customer_id", 3, "the first row must be customer_id,anchor or customer_id,anchor,interval"),
            (
                "customer_id,anchor,interval,x", 1,
                "the first row must be customer_id,anchor or customer_id,anchor,interval"
            ),
            ("customer_id,anchor\na", 2, "the row has 1 fields, and the first row has 2"),
            ("customer_id,anchor\na,b,", 2, "the row has 3 fields, and the first row has 2"),
            ("customer_id,anchor,interval\na,b", 2, "the row has 2 fields, and the first row has 3"),
            ("customer_id,anchor\na,b\n\"c,d", 3, "a quote is not closed, or the row is not UTF-8"),
        ]
    )
    func `are refused with their line`(text: String, line: Int, message: String) throws {
        let fault = #expect(throws: AnchorsTable.Fault.self) { try table(text) }
        #expect(fault?.line == line && fault?.message == message)
    }

    @Test func `are refused if they are not UTF-8`() {
        let fault = #expect(throws: AnchorsTable.Fault.self) {
            try AnchorsTable(Array("customer_id,anchor\n".utf8) + [0xFF, 0x2C, 0x61])
        }
        #expect(fault?.line == 2)
    }

    @Test func `are written as they are read`() throws {
        let text = "customer_id,anchor,interval\nplain,2026-01-31,\n\"a,b\",2026-01-01,week\n\"say \"\"hi\"\"\",x,\n"
        #expect(try table(text).text == text)
        #expect(try table("customer_id,anchor,interval\na,b,\n").text == "customer_id,anchor\na,b\n")
        #expect(AnchorsTable().text == "customer_id,anchor\n")
    }

    @Test func `say what loading changes, each customer once`() throws {
        func proposal(_ customer: String, _ anchor: String, _ interval: String? = nil) -> AnchorProposal {
            AnchorProposal(customer: customer, anchor: anchor, interval: interval)
        }
        var table = try table("customer_id,anchor\nc1,2026-01-01\nc2,2026-01-02\nc3,2026-01-03\n")
        let changes = table.changes(by: [
            proposal("c1", "2026-01-01"), proposal("c2", "2026-01-02", "year"), proposal("c4", "2026-01-04"),
            proposal("c4", "2026-01-05"), proposal("c1", "2026-01-09"),
        ])
        #expect(changes.added == [row("c4", "2026-01-04")] && changes.unchanged == 1 && changes.others == ["c3"])
        #expect(changes.changed.map(\.after.text) == ["2026-01-02 every year"])
        table.apply(changes, overwriting: true)
        #expect(
            table.rows == [
                row("c1", "2026-01-01"), row("c2", "2026-01-02", "year"), row("c3", "2026-01-03"),
                row("c4", "2026-01-04"),
            ]
        )
        #expect(table.changes(by: []).others == ["c1", "c2", "c3", "c4"])
        #expect(changes != table.changes(by: []))
    }

    /// Such a row would end within the ID, and what follows be another customer's anchor.
    @Test(
        arguments: [
            ("a\nvictim,2026-01-01", false), ("\n", false), (String(repeating: "x", count: 256), false),
            (String(repeating: "ü", count: 128), false), (String(repeating: "x", count: 255), true),
            ("a,\"b\"\r", true), ("", false),
        ]
    )
    func `hold no customer whose ID has a line break or is too long`(customer: String, isHeld: Bool) throws {
        let migration = try #require(try MigrationText.read(MigrationText.file()).migrations.first)
        let from = try #require(Timestamp(rfc3339: "2026-10-15T00:00:00Z"))
        let until = try #require(Timestamp(rfc3339: "2026-11-15T00:00:00Z"))
        let subscription = VendorSubscription(
            id: "s",
            customerID: customer,
            anchor: nil,
            period: ReadWindow(from: from, until: until),
            endsAt: nil
        )
        guard isHeld else {
            #expect(throws: AnchorProposal.Unknown.self) { try AnchorProposal(subscription, for: migration) }
            return
        }
        var table = AnchorsTable()
        table.apply(table.changes(by: [try AnchorProposal(subscription, for: migration)]), overwriting: false)
        #expect(try AnchorsTable(Array(table.text.utf8)).rows.map(\.customer) == [customer])
        let text = MigrationText.file(
            migrations: #"{"m": {"route": "r", "from": "a", "to": "b", "boundary": {"anchors": "a.csv"}}}"#
        )
        #expect(MigrationText.faults(in: text, files: ["a.csv": table.text]) == [])
    }
}
