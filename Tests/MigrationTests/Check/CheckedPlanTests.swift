import Events
import JSON
import Migration
import Testing

/// A plan for a migration as the API shows it, read back.
@Suite struct CheckedPlanTests {
    private static let condition = #"{"name": "metrics", "color": "green", "text": "0 of 3 names"}"#

    private static func plan(
        _ conditions: String = "[\(condition)]",
        id: String = #""p1""#,
        name: String = #""to-polar""#,
        at: String = #""2026-12-01T00:00:00Z""#,
        file: String = #""abc""#
    ) throws -> JSONValue {
        let text = #"""
            {"id": \#(id), "migration": \#(name), "created_at": \#(at), "routes_in_force_digest": \#(file),
             "status": "done", "result": {"events": 3, "migration": {"conditions": \#(conditions)}}}
            """#
        return try JSONDocument(parsing: Array(text.utf8)).root
    }

    @Test func `has what was found, and for which routes`() throws {
        let plan = try #require(CheckedPlan(try Self.plan()))
        #expect(
            plan
                == CheckedPlan(
                    id: "p1",
                    migration: "to-polar",
                    madeAt: try #require(Timestamp(rfc3339: "2026-12-01T00:00:00Z")),
                    file: "abc",
                    conditions: [StageCondition("metrics", .green, "0 of 3 names")]
                )
        )
    }

    @Test(arguments: StageCondition.Color.allCases)
    func `has each colour`(color: StageCondition.Color) throws {
        let conditions = #"[{"name": "rate", "color": "\#(color.rawValue)", "text": ""}]"#
        #expect(CheckedPlan(try Self.plan(conditions))?.conditions == [StageCondition("rate", color, "")])
        #expect(CheckedPlan(try Self.plan("[]"))?.conditions == [])
    }

    @Test(
        arguments: [
            "{}", "[]", "null", #"{"id": "p", "migration": null}"#,
            // It has no result yet, or one of new routes alone.
            #"{"id": "p", "migration": "m", "created_at": "2026-12-01T00:00:00Z", "routes_in_force_digest": "f", "result": null}"#,
            #"{"id": "p", "migration": "m", "created_at": "2026-12-01T00:00:00Z", "routes_in_force_digest": "f", "result": {"migration": null}}"#,
        ]
    )
    func `is none where a plan has no result for a migration`(text: String) throws {
        #expect(CheckedPlan(try JSONDocument(parsing: Array(text.utf8)).root) == nil)
    }

    @Test func `is none where a member is of another type`() throws {
        #expect(CheckedPlan(try Self.plan(id: "7")) == nil)
        #expect(CheckedPlan(try Self.plan(name: "7")) == nil)
        #expect(CheckedPlan(try Self.plan(at: #""soon""#)) == nil)
        #expect(CheckedPlan(try Self.plan(file: "null")) == nil)
        #expect(CheckedPlan(try Self.plan(#"{"metrics": "green"}"#)) == nil)
    }
}
