import JSON
import Migration
import Testing

/// When a plan is out of date.
@Suite struct PlanStandingTests {
    private static func plan(log: String = #", "migration_log_version": 2"#) throws -> JSONValue {
        let text = #"{"routes_digest": "new", "routes_in_force_digest": "old"\#(log)}"#
        return try JSONDocument(parsing: Array(text.utf8)).root
    }

    @Test(
        arguments: [
            ("old", 2, PlanStanding.current), ("new", 2, .routesChanged), ("else", 2, .routesChanged),
            ("old", 3, .logChanged),
        ]
            as [(String, Int64, PlanStanding)]
    )
    func `is shown as out of date when routes or log have changed`(file: String, log: Int64, expected: PlanStanding)
        throws
    {
        #expect(PlanStanding(of: try Self.plan(), file: file, log: log) == expected)
    }

    @Test(
        arguments: [
            ("old", 2, PlanStanding.current), ("new", 2, .current), ("else", 2, .routesChanged),
            ("new", 3, .logChanged),
        ]
            as [(String, Int64, PlanStanding)]
    )
    func `carries an order also when its own file is in force`(file: String, log: Int64, expected: PlanStanding) throws
    {
        #expect(PlanStanding.ofOrder(resting: try Self.plan(), file: file, log: log) == expected)
    }

    @Test func `was made before anything was ordered if it does not say so`() throws {
        #expect(PlanStanding(of: try Self.plan(log: ""), file: "old", log: 0) == .current)
        #expect(PlanStanding.ofOrder(resting: try Self.plan(log: ""), file: "old", log: 1) == .logChanged)
    }
}
