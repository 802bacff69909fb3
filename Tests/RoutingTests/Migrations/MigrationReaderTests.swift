import Events
import OfRecord
import Routing
import Testing

@Suite struct MigrationReaderTests {
    private func faults(_ migrations: String, files: [String: String] = [:]) -> [String] {
        MigrationText.faults(in: MigrationText.file(migrations: migrations), files: files)
    }

    @Test func `reads a whole migration`() throws {
        let text = MigrationText.file(
            migrations: #"""
                {"to-b": {"route": "r", "from": "a", "to": "b", "_comment": "this winter",
                  "boundary": {"anchors": "anchors.csv", "otherwise": "quarter", "timezone": "Europe/Berlin"},
                  "keep": "late", "keep_for": "7d", "auto_hold": true,
                  "metrics": {"call": {"aggregate": "sum", "property": "units", "names": {"b": "meter-1"}}, "login": {"aggregate": "count"}},
                  "gates": {"window": "1h", "min_events": 5, "unexplained": 1, "usage": "0.5%", "rejected": "1%", "uncertain": 2,
                    "backlog_age": "2m"}}}
                """#
        )
        let files = ["anchors.csv": "customer_id,anchor\nc1,2026-01-31\n"]
        let routes = try MigrationText.read(text, files: files)
        let migration = try #require(routes.migration(named: "to-b"))
        #expect(routes.migrations == [migration] && routes.migration(of: "r") == migration)
        #expect(migration.from == "a" && migration.to == "b" && migration.route == "r")
        #expect(
            migration.boundary
                == BoundarySettings(anchors: "anchors.csv", interval: .quarter, timezone: "Europe/Berlin")
        )
        let berlin = try #require(ZoneRules(named: "Europe/Berlin"))
        let anchor = try #require(BillingAnchor("2026-01-31", in: berlin))
        #expect(migration.boundaries.cycle(of: "c1") == BillingCycle(anchor: anchor, every: .quarter, in: berlin))
        #expect(migration.boundaries.cycle(of: "c2") == BillingCycle(every: .quarter, in: berlin))
        #expect(migration.keep == .late && migration.keepFor == .seconds(7 * 86_400) && migration.autoHold)
        #expect(migration.metrics["call"]?.aggregate == .sum && migration.metrics["call"]?.property == "units")
        #expect(migration.metrics["call"]?.names == ["b": "meter-1"] && migration.metrics["login"]?.names == [:])
        #expect(migration.metrics["login"]?.aggregate == .count && migration.metrics["login"]?.property == nil)
        let gates = migration.gates
        #expect(gates.window == .seconds(3600) && gates.leastEvents == 5 && gates.unexplained == 1)
        #expect(gates.usage.text == "0.5%" && gates.rejected.text == "1%" && gates.uncertain == 2)
        #expect(gates.backlogAge == .seconds(120))
    }

    @Test func `fills in what the file leaves out`() throws {
        let migration = try #require(try MigrationText.read(MigrationText.file()).migrations.first)
        #expect(migration.boundary == BoundarySettings(anchors: nil, interval: .month, timezone: "UTC"))
        #expect(migration.boundaries == BillingBoundaries() && migration.metrics.isEmpty)
        #expect(migration.keep == .all && migration.keepFor == .seconds(35 * 86_400) && !migration.autoHold)
        #expect(migration.gates.usage.text == "0.1%" && migration.gates.rejected.text == "0.01%")
        #expect(migration.gates.leastEvents == 10_000 && migration.gates.window == .seconds(86_400))
    }

    @Test(arguments: [
        (
            #"{"m": {"route": "x", "from": "a", "to": "b"}}"#,
            #"f:6:32: no route is named "x" (did you mean "r"?)"#
        ),
        (
            #"{"m": {"route": "r", "from": "a", "to": "bb"}}"#,
            #"f:6:56: no provider is named "bb" (did you mean "b"?)"#
        ),
        (
            #"{"m": {"route": "r", "from": "a", "to": "a"}}"#,
            #"f:6:56: "to" must be another provider than "from""#
        ),
        (
            #"{"m": {"route": "r", "from": "c", "to": "b"}}"#,
            #"f:6:45: the route "r" has no destination at "c"; add one, with "mode": "off" if nothing should be sent there yet"#
        ),
        (
            #"{"m m": {"route": "r", "from": "a", "to": "b"}}"#,
            #"f:6:17: a migration's name has 1 to 64 letters, digits, dots, dashes and underscores; "m m" does not"#
        ),
        (#"{"m": 7}"#, "f:6:22: a migration must be an object, found a number"),
        (
            #"{"m": {"route": "r", "from": "a", "to": "b", "keep": "late", "auto_return": true}}"#,
            #"f:6:92: "auto_return" needs "keep": "all": with late, the old provider lacks what came after a customer's move"#
        ),
        (
            #"{"m": {"from": "a", "to": "b", "auto_back": true}}"#,
            #"f:6:47: unknown field "auto_back" in a migration"#
        ),
        (
            #"{"m": {"from": "a", "to": "b"}}"#,
            #"f:6:22: "route" is missing in a migration: Route whose customers move."#
        ),
        (
            #"{"m": {"route": "r", "from": "a", "to": "b", "boundary": {"timezone": "Mars/Phobos"}}}"#,
            #"f:6:86: there is no time zone "Mars/Phobos"; use a name such as "UTC" or "Europe/Berlin""#
        ),
        (
            #"{"m": {"route": "r", "from": "a", "to": "b", "boundary": {"otherwise": "day"}}}"#,
            #"f:6:87: unknown otherwise "day"; it is one of week, month, quarter, year"#
        ),
        (
            #"{"m": {"route": "r", "from": "a", "to": "b", "gates": {"usage": "0.1"}}}"#,
            #"f:6:80: "usage" must be a percentage of at most 100% with at most four decimals, such as "0.1%""#
        ),
        (
            #"{"m": {"route": "r", "from": "a", "to": "b", "metrics": {"call": {"aggregate": "sum"}}}}"#,
            #"f:6:81: "property" is missing in a metric: "sum" needs the property whose values count"#
        ),
        (
            #"{"m": {"route": "r", "from": "a", "to": "b", "metrics": {"call": {"aggregate": "count", "property": "x"}}}}"#,
            #"f:6:116: "property" has no effect with "count", which counts events; remove it"#
        ),
        (
            #"{"m": {"route": "r", "from": "a", "to": "b", "metrics": {"call": {"aggregate": "count", "names": {"c": "x"}}}}}"#,
            #"f:6:114: "c" is no provider of this migration (did you mean "a"?)"#
        ),
        (
            #"{"m": {"route": "r", "from": "a", "to": "b", "boundary": {"anchors": "../etc/x.csv"}}}"#,
            #"f:6:85: "anchors" must be the name of a file that ends with .csv, in the folder of routes.json"#
        ),
        (
            #"{"m": {"route": "r", "from": "a", "to": "b", "boundary": {"anchors": "no.csv"}}}"#,
            #"f:6:85: the file "no.csv" does not exist beside routes.json, cannot be read or is too large"#
        ),
        (
            #"{"m": {"route": "r", "from": "a", "to": "b", "boundary": {"anchors": "bad.csv"}}}"#,
            "f:6:85: bad.csv: line 2: anchor must be a day such as 2026-01-31 or a timestamp with its offset such as "
                + "2026-01-31T09:00:00Z"
        ),
    ])
    func `refuses with line and column`(migrations: String, expected: String) {
        let found = faults(migrations, files: ["bad.csv": "customer_id,anchor\nsecret,soon\n"])
        #expect(found.contains(expected), "\(found)")
        #expect(!found.contains { $0.contains("secret") })
    }

    @Test func `takes no sixty-fifth migration`() {
        let list = (0...64).map { #""m\#($0)": \#(MigrationText.migration)"# }
        #expect(faults("{\(list.joined(separator: ", "))}").contains("f:6:16: there are at most 64 migrations"))
    }

    @Test func `tells what a reload changes`() throws {
        func changes(_ old: String, _ new: String, _ files: [String: String] = [:]) throws -> [String] {
            let files = files.merging(["a.csv": "customer_id,anchor\nc1,2026-01-31\n"]) { first, _ in first }
            let old = try MigrationText.read(MigrationText.file(migrations: old), files: files)
            let new = try MigrationText.read(MigrationText.file(migrations: new), files: files)
            return RoutesChanges(from: old, to: new).list.map(\.summary)
        }
        let plain = #"{"m": \#(MigrationText.migration)}"#
        let full =
            #"{"m": {"route": "r", "from": "a", "to": "b", "boundary": {"anchors": "a.csv"}, "keep": "late", "auto_hold": true}}"#
        #expect(try changes(plain, plain) == [])
        #expect(try changes("{}", plain) == ["migration m: added"])
        #expect(try changes(plain, "{}") == ["migration m: removed"])
        #expect(try changes(plain, full) == ["migration m: changed: boundary, keep, auto_hold"])
    }

    @Test func `tells that only the anchors changed`() throws {
        let text = MigrationText.file(
            migrations: #"{"m": {"route": "r", "from": "a", "to": "b", "boundary": {"anchors": "a.csv"}}}"#
        )
        let old = try MigrationText.read(text, files: ["a.csv": "customer_id,anchor\nc1,2026-01-30\n"])
        let new = try MigrationText.read(text, files: ["a.csv": "customer_id,anchor\nc1,2026-01-31\n"])
        #expect(RoutesChanges(from: old, to: new).list.map(\.summary) == ["migration m: changed: boundary"])
    }

    @Test func `is summarized for people`() throws {
        let text = MigrationText.file(
            migrations:
                #"{"m": {"route": "r", "from": "a", "to": "b", "boundary": {"anchors": "a.csv"}, "auto_hold": true}}"#
        )
        let routes = try MigrationText.read(
            text,
            files: ["a.csv": "customer_id,anchor\nc1,2026-01-31\nc2,2026-01-05\n"]
        )
        let summary = RoutesReport.summary(of: routes, file: "f").split(separator: "\n").last.map(String.init)
        let expected =
            "  migration m: customers of r move from a to b, each at the beginning of a billing period (2 customers by a.csv, "
            + "others by month, UTC); a gets everything for 35d after a customer's move; a gate that is not green holds it"
        #expect(summary == expected)
    }
}
