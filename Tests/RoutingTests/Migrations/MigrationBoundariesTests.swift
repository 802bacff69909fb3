import ConfigurationFile
import Events
import OfRecord
import Routing
import Testing

/// The first and the last value that each field of a migration takes, and what is said of the next one.
@Suite struct MigrationBoundariesTests {
    /// What the reader says of a migration with these further fields, without the place.
    private func faults(_ fields: String, files: [String: String] = [:]) -> [String] {
        let migrations = #"{"m": {"route": "r", "from": "a", "to": "b", \#(fields)}}"#
        return MigrationText.faults(in: MigrationText.file(migrations: migrations), files: files).map {
            String($0.drop { $0 != " " }.dropFirst())
        }
    }

    @Test(
        arguments: [
            #""gates": {}"#, #""gates": {"min_events": 0, "unexplained": 0, "lost": 0, "uncertain": 0}"#,
            #""gates": {"min_events": 1000000000, "unexplained": 1000000000, "lost": 1000000000, "uncertain": 1000000000}"#,
            #""gates": {"usage": "0%", "rejected": "100%"}"#, #""gates": {"usage": "0.0001%", "rejected": "99.9999%"}"#,
            #""gates": {"window": "1ms", "backlog_age": "9999999d"}"#, #""boundary": {}"#,
            #""boundary": {"timezone": "UTC", "otherwise": "week"}"#, #""keep": "all", "auto_return": true"#,
            #""keep": "late", "auto_return": false"#, #""keep_for": "1ms""#, #""keep_for": "9999999d""#,
            #""metrics": {}"#, #""metrics": {"": {"aggregate": "count"}}"#,
            #""metrics": {"x": {"aggregate": "max", "property": "", "names": {}}}"#,
        ]
    )
    func `takes`(fields: String) {
        #expect(faults(fields) == [])
    }

    @Test(
        arguments: [
            (#""gates": {"min_events": -1}"#, #""min_events" must be an integer from 0 to 1000000000, found -1"#),
            (#""gates": {"lost": 1000000001}"#, #""lost" must be an integer from 0 to 1000000000, found 1000000001"#),
            (#""gates": {"uncertain": 0.5}"#, #""uncertain" must be an integer from 0 to 1000000000, found 0.5"#),
            (
                #""gates": {"usage": "100.0001%"}"#,
                #""usage" must be a percentage of at most 100% with at most four decimals, such as "0.1%""#
            ),
            (
                #""gates": {"rejected": "0.00001%"}"#,
                #""rejected" must be a percentage of at most 100% with at most four decimals, such as "0.1%""#
            ),
            (#""gates": {"usage": 1}"#, #""usage" must be a string, found 1"#),
            (#""gates": []"#, #""gates" must be an object, found an array"#),
            (#""boundary": "month""#, #""boundary" must be an object, found a string"#),
            (#""boundary": {"otherwise": "Month"}"#, #"unknown otherwise "Month" (did you mean "month"?)"#),
            (
                #""boundary": {"timezone": ""}"#,
                #"there is no time zone ""; use a name such as "UTC" or "Europe/Berlin""#
            ),
            (#""keep": "none""#, #"unknown keep "none"; it is one of all, late"#),
            (#""auto_hold": "yes""#, #""auto_hold" must be true or false, found "yes""#),
            (#""metrics": []"#, #""metrics" must be an object, found an array"#),
            (#""metrics": {"x": 7}"#, "a metric must be an object, found a number"),
            (#""metrics": {"x": {}}"#, #""aggregate" is missing in a metric: How the figure is made."#),
            (
                #""metrics": {"x": {"aggregate": "avg"}}"#,
                #"unknown aggregate "avg"; it is one of sum, count, unique, latest, max"#
            ),
            (
                #""metrics": {"x": {"aggregate": "count"}, "x": {"aggregate": "count"}}"#,
                #"the metric of "x" is duplicated"#
            ),
            (
                #""metrics": {"x": {"aggregate": "count", "names": {"a": ""}}}"#,
                #""names" must give the metric's name at "a""#
            ),
            (
                #""metrics": {"x": {"aggregate": "count", "names": {"b": 7}}}"#,
                #""names" must give the metric's name at "b""#
            ),
        ]
    )
    func `refuses`(fields: String, message: String) {
        #expect(faults(fields) == [message])
    }

    @Test func `takes a thousand metrics and no more`() {
        func metrics(_ count: Int) -> String {
            let list = (0..<count).map { #""n\#($0)": {"aggregate": "count"}"# }
            return #""metrics": {\#(list.joined(separator: ", "))}"#
        }
        #expect(faults(metrics(1000)) == [])
        #expect(faults(metrics(1001)) == ["a migration has at most 1000 metrics"])
    }

    @Test(arguments: ["a.csv", "ä b.csv", "a.csv.csv", "A-1_2.csv"])
    func `reads anchors of a file beside routes.json`(name: String) {
        let fields = #""boundary": {"anchors": "\#(name)"}"#
        #expect(faults(fields, files: [name: "customer_id,anchor\n"]) == [])
    }

    @Test(arguments: ["", ".csv", "a.CSV", "a.csv ", "a.txt", "/a.csv", "x/a.csv", "..csv", "a\\u0000.csv", "a.csv/"])
    func `reads no anchors of another file`(name: String) {
        let fields = #""boundary": {"anchors": "\#(name)"}"#
        #expect(
            faults(fields, files: [name: "customer_id,anchor\n"]) == [
                #""anchors" must be the name of a file that ends with .csv, in the folder of routes.json"#
            ]
        )
    }

    /// The times at which the provider of record changes, where the route's destinations say them.
    @Test func `changes at the times of its destinations, but not where two of one provider meet`() throws {
        let routes = #"""
            [{"name": "r", "to": [
               {"provider": "a", "until": "2027-01-01T00:00:00Z"},
               {"provider": "b", "from": "2027-01-01T00:00:00Z", "until": "2027-02-01T00:00:00Z"},
               {"provider": "b", "mode": "mirror", "from": "2027-02-01T00:00:00Z", "until": "2027-03-01T00:00:00Z"},
               {"provider": "a", "from": "2027-03-01T00:00:00Z"}]}]
            """#
        let read = try MigrationText.read(MigrationText.file(routes: routes))
        let migration = try #require(read.migrations.first)
        let changes = migration.changes(of: "c", by: MigrationLog())
        #expect(changes.map(\.rfc3339) == ["2027-01-01T00:00:00.000Z", "2027-03-01T00:00:00.000Z"])
        for (time, isNew) in [
            ("2026-12-31T23:59:59.999Z", false), ("2027-01-01T00:00:00Z", true), ("2027-02-15T00:00:00Z", true),
            ("2027-03-01T00:00:00Z", false),
        ] {
            let time = try #require(Timestamp(rfc3339: time))
            #expect(migration.isOfRecordAtNew("c", at: time, by: MigrationLog()) == isNew)
        }
    }
}
