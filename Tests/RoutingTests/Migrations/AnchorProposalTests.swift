import Events
import Routing
import Testing

/// What subscriptions tell of billing periods, and what becomes of a file of anchors.
@Suite struct AnchorProposalTests {
    private func time(_ text: String?) -> Timestamp? { text.flatMap { Timestamp(rfc3339: $0) } }

    private func proposal(
        _ from: String?,
        _ until: String?,
        anchor: String? = nil,
        customer: String? = "c",
        zone: String = "UTC"
    ) throws -> AnchorProposal {
        let text = MigrationText.file(
            migrations: #"{"m": {"route": "r", "from": "a", "to": "b", "boundary": {"timezone": "\#(zone)"}}}"#
        )
        let migration = try #require(try MigrationText.read(text).migrations.first)
        let period = time(from).flatMap { from in time(until).map { ReadWindow(from: from, until: $0) } }
        return try AnchorProposal(
            VendorSubscription(id: "s", customerID: customer, anchor: time(anchor), period: period, endsAt: nil),
            for: migration
        )
    }

    @Test(
        arguments: [
            ("2026-10-15T00:00:00Z", "2026-11-15T00:00:00Z", nil, "UTC", "2026-11-15", nil),
            // The vendor counts from the 31st, which November does not have.
            ("2026-10-31T00:00:00Z", "2026-11-30T00:00:00Z", "2026-01-31T09:00:00Z", "UTC", "2026-01-31", nil),
            ("2026-11-02T00:00:00Z", "2026-11-09T00:00:00Z", nil, "UTC", "2026-11-09", "week"),
            ("2026-02-01T00:00:00Z", "2027-02-01T00:00:00Z", nil, "UTC", "2027-02-01", "year"),
            // Midnight in Berlin, in summer and in winter.
            ("2026-10-14T22:00:00Z", "2026-11-14T23:00:00Z", nil, "Europe/Berlin", "2026-11-15", nil),
            // The first period is shorter.
            ("2026-11-20T08:00:00Z", "2026-12-01T00:00:00Z", nil, "UTC", "2026-12-01", nil),
            ("2026-10-15T06:30:00Z", "2026-11-15T06:30:00Z", nil, "UTC", "2026-11-15T06:30:00.000Z", nil),
        ] as [(String, String, String?, String, String, String?)]
    )
    func `a subscription tells the anchor and the interval`(
        from: String,
        until: String,
        day: String?,
        zone: String,
        anchor: String,
        interval: String?
    ) throws {
        let found = try proposal(from, until, anchor: day, zone: zone)
        #expect(found == AnchorProposal(customer: "c", anchor: anchor, interval: interval))
    }

    @Test func `a subscription without a customer or a period tells none`() {
        #expect(throws: AnchorProposal.Unknown.self) { try proposal(nil, nil) }
        #expect(throws: AnchorProposal.Unknown.self) {
            try proposal("2026-10-15T00:00:00Z", "2026-11-15T00:00:00Z", customer: nil)
        }
    }

    private func anchor(_ customer: String, _ anchor: String, _ interval: String? = nil) -> AnchorProposal {
        AnchorProposal(customer: customer, anchor: anchor, interval: interval)
    }

    @Test func `rows that differ are told, and changed only if that is wanted`() throws {
        let file = "customer_id,anchor\nold,2026-01-01\n\"a,b\",2026-01-02\nsame,2026-01-03\n"
        let table = try AnchorsTable(Array(file.utf8))
        let changes = table.changes(by: [
            anchor("new", "2026-01-09", "week"), anchor("a,b", "2026-01-05"), anchor("same", "2026-01-03"),
        ])
        #expect(changes.added.map(\.customer) == ["new"] && changes.unchanged == 1 && changes.others == ["old"])
        #expect(changes.changed.map(\.before.text) == ["2026-01-02"])
        #expect(changes.changed.map(\.after.text) == ["2026-01-05"])
        var kept = table
        kept.apply(changes, overwriting: false)
        #expect(
            kept.text
                == "customer_id,anchor,interval\nold,2026-01-01,\n\"a,b\",2026-01-02,\nsame,2026-01-03,\nnew,2026-01-09,week\n"
        )
        var changed = table
        changed.apply(changes, overwriting: true)
        #expect(changed.rows.map(\.anchor) == ["2026-01-01", "2026-01-05", "2026-01-03", "2026-01-09"])
        // What it writes, it reads.
        #expect(try AnchorsTable(Array(changed.text.utf8)) == changed)
        #expect(changed.changes(by: [anchor("new", "2026-01-09", "week")]).unchanged == 1)
    }

    @Test func `customers whose IDs are two forms of one text have a row each`() throws {
        let (one, other) = ("caf\u{E9}", "cafe\u{301}")
        var table = try AnchorsTable(Array("customer_id,anchor\n\(one),2026-01-01\n".utf8))
        let changes = table.changes(by: [anchor(other, "2026-01-02"), anchor(one, "2026-01-03")])
        #expect(changes.added.map { Array($0.customer.utf8) } == [Array(other.utf8)])
        #expect(changes.changed.map(\.after.anchor) == ["2026-01-03"] && changes.others.isEmpty)
        table.apply(changes, overwriting: true)
        #expect(table.rows.map(\.anchor) == ["2026-01-03", "2026-01-02"])
        #expect(table.rows.map { Array($0.customer.utf8) } == [Array(one.utf8), Array(other.utf8)])
    }

    @Test(arguments: ["a\"\u{301}b", "a,\u{301}b", "\"\u{200D}", "a,b\"c"])
    func `a customer with a mark that must be quoted is read as it was written`(customer: String) throws {
        var table = try AnchorsTable(Array("customer_id,anchor\n".utf8))
        table.apply(table.changes(by: [anchor(customer, "2026-01-01")]), overwriting: false)
        #expect(try AnchorsTable(Array(table.text.utf8)).rows.map { Array($0.customer.utf8) } == [Array(customer.utf8)])
    }

    @Test(arguments: [("customer,anchor\n", 1), ("customer_id,anchor\na\n", 2), ("customer_id,anchor\n\"a,1\n", 2)])
    func `a file that is no table is refused with its line`(file: String, line: Int) {
        do throws(AnchorsTable.Fault) {
            _ = try AnchorsTable(Array(file.utf8))
            Issue.record("it was taken")
        } catch {
            #expect(error.line == line)
        }
    }
}
