import OfRecord
import Routing
import Testing

/// What a migration compiles to.
@Suite struct MigrationExplanationTests {
    private func rows(_ text: String, delivery: MigrationEntry.Delivery? = nil) throws -> [String] {
        let routes = try MigrationText.read(text)
        return MigrationExplanation(routes.migrations[0], in: routes, delivery: delivery).cases.map { found in
            "\(found.event) | \(found.accepted) | \(found.record) | \(found.recipients.joined(separator: ", "))"
        }
    }

    @Test func `names the provider of record, and who else gets an event`() throws {
        #expect(
            try rows(MigrationText.file()) == [
                "before the move | before the move | a | a (primary), b (mirror)",
                "before the move | after the move | a | a (primary), b (mirror)",
                "after the move | before the move | b | a (primary), b (mirror)",
                "after the move | after the move | b | a (primary), b (mirror)",
                "after the move | 35d after the move and later | b | b (mirror)",
            ]
        )
    }

    @Test func `keeps late events from a vendor that bills by receipt`() throws {
        let text = MigrationText.file(
            adapters: ("acme", "tide"),
            migrations: #"{"m": {"route": "r", "from": "a", "to": "b", "keep": "late"}}"#
        )
        #expect(
            try rows(text) == [
                "before the move | before the move | a | a (primary), b (mirror)",
                "before the move | in the hour before it | a | a (primary)",
                "before the move | after the move | a | a (primary)",
                "after the move | before the move | b | b (mirror)",
                "after the move | after the move | b | b (mirror)",
            ]
        )
    }

    @Test func `begins with what is ordered for the new provider`() throws {
        let text = MigrationText.file(
            routes: #"[{"name": "r", "to": [{"provider": "a"}, {"provider": "b", "mode": "off"}]}]"#
        )
        #expect(try rows(text).first == "before the move | before the move | a | a (primary)")
        #expect(
            try rows(text, delivery: .shadow).first == "before the move | before the move | a | a (primary), b (shadow)"
        )
        #expect(
            try rows(text, delivery: .mirror).first == "before the move | before the move | a | a (primary), b (mirror)"
        )
    }

    @Test func `follows the times of the destinations where these decide`() throws {
        let text = MigrationText.file(
            routes: #"""
                [{"name": "r", "to": [{"provider": "a", "until": "2027-01-01T00:00:00Z"}, {"provider": "b", "from": "2027-01-01T00:00:00Z"}]}]
                """#
        )
        #expect(
            try rows(text) == [
                "events until 2027-01-01T00:00:00.000Z | at any time | a | a (primary)",
                "events from 2027-01-01T00:00:00.000Z | at any time | b | b (primary)",
            ]
        )
    }
}
