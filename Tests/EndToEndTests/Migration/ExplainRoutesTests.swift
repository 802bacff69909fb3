import Foundation
import TestSupport
import Testing

/// `tollgate check` and `tollgate routes explain` of a file with a migration.
@Suite struct ExplainRoutesTests {
    private static func write(_ migration: Migration, _ settings: String = "") throws {
        try migration.writeRoutes(["lago", "polar"])
        let part = #"""
            "migrations": {"to-polar": {"route": "all", "from": "lago", "to": "polar", "boundary": {"anchors": "anchors.csv"}\#(settings)}},
            """#
        let text = try String(contentsOf: migration.stage.routesFile, encoding: .utf8)
            .replacing(#""clients": [{"#, with: part + #""clients": [{"#)
        try Data(text.utf8).write(to: migration.stage.routesFile)
        let anchors = migration.stage.folder.appending(path: "anchors.csv")
        try Data("customer_id,anchor\nc1,2026-01-31\nc2,2026-01-15T08:00:00+02:00\n".utf8).write(to: anchors)
    }

    private func run(_ arguments: [String]) async throws -> (code: Int32, lines: [String]) {
        let command = try ChildProcess("tollgate", arguments, environment: Stage.credentials)
        return (try await command.waitForExit(), command.lines)
    }

    @Test func `print what a migration compiles to, and when customers would move`() async throws {
        try await Migration.set { migration in
            try Self.write(migration, #", "keep": "late""#)
            let file = migration.stage.routesFile.path
            let checked = try await run(["check", file])
            let summary =
                "migration to-polar: customers of all move from lago to polar, each at the beginning of a billing period (2 customers by "
                + "anchors.csv, others by month, UTC); lago gets only late events of customers that have moved; its gates hold nothing"
            #expect(checked.code == 0 && checked.lines.contains("  \(summary)"), "\(checked.lines)")

            let arguments = ["routes", "explain", file, "--cut", "2032-02-10T00:00:00Z", "--customer-id", "c1,c2,c3"]
            let explained = try await run(arguments)
            #expect(explained.code == 0)
            let lines = explained.lines.map { $0.replacing(#/ {2,}/#, with: " | ") }
            let expected = [
                summary, "EVENT | ACCEPTED | OF RECORD | SENT TO",
                "before the move | before the move | lago | lago (primary), polar (mirror)",
                "before the move | in the hour before it | lago | lago (primary)",
                "before the move | after the move | lago | lago (primary)",
                "after the move | before the move | polar | polar (mirror)",
                "after the move | after the move | polar | polar (mirror)", "CUSTOMER | OF RECORD",
                "c1 | lago, polar from 2032-02-29T00:00:00.000Z on",
                "c2 | lago, polar from 2032-02-15T06:00:00.000Z on",
                "c3 | lago, polar from 2032-03-01T00:00:00.000Z on",
            ]
            #expect(lines == expected, "\(lines)")
        }
    }

    @Test func `name a gap with line and column`() async throws {
        try await Migration.set { migration in
            try Self.write(migration)
            let text = try String(contentsOf: migration.stage.routesFile, encoding: .utf8)
                .replacing(
                    #""provider": "polar", "mode": "mirror""#,
                    with: #""provider": "polar", "mode": "mirror", "share": 5"#
                )
            try Data(text.utf8).write(to: migration.stage.routesFile)
            let checked = try await run(["check", migration.stage.routesFile.path])
            #expect(checked.code == 1)
            #expect(
                checked.lines.contains { $0.contains(#/routes\.json:\d+:\d+: gap: customers outside of this share/#) },
                "\(checked.lines)"
            )
        }
    }

    @Test func `refuse a migration that is not there`() async throws {
        try await Migration.set { migration in
            try Self.write(migration)
            let explained = try await run(["routes", "explain", migration.stage.routesFile.path, "--migration", "none"])
            #expect(explained.code == 1 && explained.lines.contains { $0.contains("has no migration \"none\"") })
        }
    }
}
