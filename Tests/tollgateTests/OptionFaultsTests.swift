import ArgumentParser
import Testing

@testable import tollgate

/// What commands say of a value that they cannot use: what is wrong, and what would be right.
@Suite struct OptionFaultsTests {
    /// What is printed of the arguments; nil if they are accepted.
    private func fault<Options: ParsableArguments>(_ type: Options.Type, _ arguments: [String]) -> String? {
        do {
            _ = try Options.parse(arguments)
            return nil
        } catch {
            return Options.message(for: error)
        }
    }

    @Test(arguments: [
        (["--connections-per-address", "0"], "--connections-per-address must be from 1 to 1000000000"),
        (["--connections-per-address", "1000000001"], "--connections-per-address must be from 1 to 1000000000"),
        (["--first-request-seconds", "0"], "--first-request-seconds must be from 1 to 1000000000"),
        (["--first-request-seconds", "31622401"], "--first-request-seconds must be at most 31622400, a year"),
        (["--connection-age-seconds", "31622401"], "--connection-age-seconds must be at most 31622400, a year"),
        (["--body-memory-mb", "1048577"], "--body-memory-mb must be at most 1048576"),
        (["--streams-per-client", "-1"], "--streams-per-client must be from 1 to 1000000000"),
        (
            ["--trusted-proxies", "10.0.0.0/8, nonsense"],
            "\"nonsense\" in --trusted-proxies is not an IP address or range, such as 10.0.0.1 or 10.0.0.0/8"
        ),
    ])
    func `says which limits a gateway can have`(arguments: [String], message: String) {
        // An argument that begins with a dash is a value only beside the name.
        let joined = arguments[1].hasPrefix("-") ? [arguments.joined(separator: "=")] : arguments
        #expect(fault(ConnectionOptions.self, joined) == message)
    }

    @Test(arguments: [
        ["--connections-per-address", "1000000000"], ["--first-request-seconds", "31622400"],
        ["--connection-age-seconds", "1"], ["--body-memory-mb", "1048576"], ["--streams-per-client", "1"],
        ["--trusted-proxies", " 10.0.0.0/8 ,, fd00::1,"],
    ])
    func `takes limits up to their bounds`(arguments: [String]) {
        #expect(fault(ConnectionOptions.self, arguments) == nil)
    }

    @Test(arguments: [
        (["--store-slots", "0"], "--store-slots must be from 1 to 16"),
        (["--store-slots", "17"], "--store-slots must be from 1 to 16"),
        (["--store-readers", "1"], "--store-readers must be from 2 to 64"),
        (["--store-readers", "65"], "--store-readers must be from 2 to 64"),
        (["--lease", "1s"], "the lease must be a duration from 2s to 60s; found \"1s\""),
        (["--lease", "61s"], "the lease must be a duration from 2s to 60s; found \"61s\""),
        (["--lease", "10"], "the lease must be a duration from 2s to 60s; found \"10\""),
        (["--node-name", ""], "the node name must have 1 to 200 bytes"),
        (["--node-name", String(repeating: "a", count: 201)], "the node name must have 1 to 200 bytes"),
        (["--identity-part", "24h"], Self.part("24h")), (["--identity-part", "59m,1000"], Self.part("59m,1000")),
        (["--identity-part", "31d,1000"], Self.part("31d,1000")), (["--identity-part", "1h,999"], Self.part("1h,999")),
        (["--identity-part", "1h,1000000001"], Self.part("1h,1000000001")),
        (["--identity-part", "1h,1000,"], Self.part("1h,1000,")),
    ])
    func `says which values a gateway of a shared store can have`(arguments: [String], message: String) {
        #expect(fault(NodeOptions.self, arguments) == message)
    }

    private static func part(_ found: String) -> String {
        "the part of the index of IDs must be an age from 1h to 30d and a number from 1000 to 1000000000, such as 24h,20000000; found "
            + "\"\(found)\""
    }

    @Test(arguments: [
        ["--store-slots", "16"], ["--store-readers", "2"], ["--store-readers", "64"], ["--lease", "2s"],
        ["--lease", "1m"], ["--lease", "2500ms"], ["--identity-part", "1h,1000"],
        ["--identity-part", "30d,1000000000"], ["--node-name", String(repeating: "a", count: 200)],
    ])
    func `takes the values of a shared store up to their bounds`(arguments: [String]) {
        #expect(fault(NodeOptions.self, arguments) == nil)
    }

    @Test(arguments: ["", "Billing", "1st", "a-b", String(repeating: "a", count: 64)])
    func `says which names a schema can have`(name: String) {
        #expect(
            fault(StoreOptions.self, ["--store-schema", name])
                == "the schema must have 1 to 63 lowercase letters, digits and underscores, and no digit first; found \"\(name)\""
        )
    }

    @Test(arguments: ["a", "_1", String(repeating: "a", count: 63)])
    func `takes the names that PostgreSQL does not change`(name: String) {
        #expect(fault(StoreOptions.self, ["--store-schema", name]) == nil)
    }

    @Test func `repeats no address that may contain a password`() {
        #expect(
            fault(StoreOptions.self, ["--store", "mysql://u:secret@db/billing"])
                == "--store must be sqlite or the address of a PostgreSQL database, such as postgresql://tollgate@127.0.0.1:5432/tollgate"
        )
    }

    @Test(arguments: ["http://tollgate.example.com", "tollgate.example.com", "https://a/b", "https://", ""])
    func `says which address the dashboard can have`(address: String) {
        #expect(
            fault(DashboardOptions.self, ["--dashboard-url", address])
                == "--dashboard-url must be an https:// address without a path, such as https://tollgate.example.com; "
                + "found \"\(address)\""
        )
    }

    @Test func `says how long a title can be`() {
        for title in ["", String(repeating: "a", count: 61)] {
            #expect(
                fault(DashboardOptions.self, ["--dashboard-title", title])
                    == "--dashboard-title must have 1 to 60 characters"
            )
        }
        #expect(fault(DashboardOptions.self, ["--dashboard-title", String(repeating: "é", count: 60)]) == nil)
    }

    @Test(arguments: ["", "35", "23h", "3654d", "-1d", "1w"])
    func `says how long events can be kept`(text: String) {
        let arguments = text.hasPrefix("-") ? ["--retention=\(text)"] : ["--retention", text]
        #expect(
            fault(ServeCommand.self, arguments)
                == "--retention must be a duration from 1d to 3653d, such as 35d; found \"\(text)\""
        )
        #expect(
            fault(RetentionOptions.self, arguments) == "--retention must be a duration from 1d to 3653d, such as 35d"
        )
    }

    @Test(arguments: [("1d", 1), ("36h", 1), ("3653d", 3653), ("86400s", 1)])
    func `forecasts with whole days of retention`(text: String, days: Int) throws {
        #expect(try RetentionOptions.parse(["--retention", text]).days == days)
        #expect(fault(ServeCommand.self, ["--retention", text]) == nil)
    }

    @Test func `forecasts with the limit in bytes`() throws {
        #expect(try RetentionOptions.parse([]).diskLimitBytes == nil)
        #expect(try RetentionOptions.parse(["--disk-limit-mb", "3"]).diskLimitBytes == 3 << 20)
        #expect(try RetentionOptions.parse([]).days == 35)
    }

    @Test(arguments: [["--tls-cert", "a.pem"], ["--tls-key", "a.key"]])
    func `requires both files of a certificate`(arguments: [String]) {
        #expect(fault(TLSOptions.self, arguments) == "--tls-cert and --tls-key must be given together")
    }

    @Test(arguments: ["0", "61"])
    func `says how long a health check can wait`(seconds: String) {
        #expect(fault(HealthCommand.self, ["--timeout", seconds]) == "--timeout must be from 1 to 60")
    }

    @Test(arguments: ["0", "100001"])
    func `says how fast a backup can be`(rate: String) {
        #expect(fault(BackupJournalCommand.self, ["target", "--rate", rate]) == "--rate must be from 1 to 100000")
    }

    @Test(arguments: ["--from", "--until", "--accepted-from", "--accepted-until"])
    func `says which times an export can have`(option: String) {
        #expect(
            fault(ExportJournalCommand.self, [option, "yesterday"])
                == "\(option) must be a time such as 2026-01-31T00:00:00Z; found \"yesterday\""
        )
    }

    @Test(arguments: ["", "a b", "a/b", String(repeating: "a", count: 65)])
    func `says which IDs a key can have`(id: String) {
        #expect(
            fault(NewKeyOptions.self, ["--id", id])
                == "--id must have 1 to 64 letters, digits, dots, dashes and underscores"
        )
    }

    @Test(arguments: [
        (["--format", "polar"], Self.polar), (["--format", "csv", "--map", "a"], Self.map),
        (["--format", "csv", "--timezone", "Europe/Atlantis"], Self.zone),
        (
            ["--format", "csv", "--from", "2026"],
            "--from must be a timestamp with its offset such as 2027-01-31T00:00:00Z"
        ),
        (
            ["--format", "csv", "--until", "2026-01-01T00:00:00"],
            "--until must be a timestamp with its offset such as 2027-01-31T00:00:00Z"
        ),
        (
            ["--format", "csv", "--from", "2026-02-01T00:00:00Z", "--until", "2026-02-01T00:00:00Z"],
            "--from must be before --until, or no event is imported"
        ),
        (["--format", "csv", "--source", ""], "--source must not be empty"),
        (["--format", "csv", "--route", ""], "--route must not be empty"),
        (["--format", "csv", "--not-to", ""], "--not-to must not be empty"),
        (["--format", "csv", "--id-property", "p"], "--id-property is for --format polar"),
    ])
    func `says what an import lacks`(arguments: [String], message: String) {
        #expect(fault(ImportCommand.self, ["file"] + arguments) == message)
    }

    private static let polar =
        "--format polar requires --until: the time from which the gateway itself sent events to Polar, which does not show their IDs"
    private static let map = "--map: \"a\" is not of the form FIELD=NAME, such as customer_id=Account"
    private static let zone =
        "--timezone: there is no time zone \"Europe/Atlantis\"; use a name such as Europe/Berlin or UTC"

    @Test func `imports a window`() {
        let window = ["--from", "2026-02-01T00:00:00Z", "--until", "2026-02-01T00:00:00.001Z"]
        #expect(fault(ImportCommand.self, ["file", "--format", "csv"] + window) == nil)
        #expect(fault(ImportCommand.self, ["file", "--format", "polar"] + window.suffix(2)) == nil)
    }

    @Test(arguments: [
        ([], "name either a migration, or a provider with --to PROVIDER"),
        (["m", "--to", "p"], "name either a migration, or a provider with --to PROVIDER"),
    ])
    func `says what a backfill is for`(arguments: [String], message: String) {
        #expect(fault(StartBackfillCommand.self, arguments + ["--since", "30d"]) == message)
    }

    @Test func `says what a start at each customer's period requires`() {
        #expect(
            fault(StartBackfillCommand.self, ["--to", "p", "--since", "period"])
                == "--since period requires a migration, which says when billing periods begin"
        )
        #expect(
            fault(StartBackfillCommand.self, ["m", "--since", "30d", "--without-incomplete"])
                == "--without-incomplete is for --since period, which has a start for each customer"
        )
    }

    @Test(arguments: ["0", "100.5", "-1", "nan", "all", "5%%"])
    func `says which share of the customers can move`(share: String) {
        #expect(
            fault(RampMigrationCommand.self, ["m", "--share=\(share)"])
                == "\"\(share)\" must be a percentage over 0 and up to 100, such as 5"
        )
    }

    @Test(arguments: ["0.1", "5", "5%", "100%"])
    func `takes a share with and without a sign`(share: String) {
        #expect(fault(RampMigrationCommand.self, ["m", "--share", share]) == nil)
    }

    @Test(arguments: ["[]", "4", "{", ""])
    func `says how properties are written`(text: String) {
        #expect(
            fault(AdjustCommand.self, ["e1", "--reason", "r", "--properties", text])
                == "--properties must be a JSON object, such as '{\"units\": 4}'"
        )
    }

    @Test(arguments: [
        (["--level", "usage", "--providers", "p"], "--level usage requires either --metrics FILE or --migration NAME"),
        (
            ["--level", "usage", "--metrics", "f", "--migration", "m"],
            "--level usage requires either --metrics FILE or --migration NAME"
        ),
        (["--metrics", "f", "--providers", "p"], "--metrics is for --level usage"),
        (["--method", "resend", "--level", "digest", "--providers", "p"], "--method resend is for --level full"),
        ([], "--providers, or --migration, is required"),
    ])
    func `says what a comparison lacks`(arguments: [String], message: String) {
        #expect(fault(ParityOrderOptions.self, ["--from", "a", "--until", "b"] + arguments) == message)
    }

    @Test(arguments: [
        ([], "give either --resend or --accept CAUSE"), (["--resend", "--accept", "c"], Self.either),
        (["--accept", "c", "--reason", "r", "--until", "u", "--dry-run"], "--dry-run is for --resend"),
        (["--accept", "c", "--reason", "r"], "--accept requires --reason and --until"),
    ])
    func `says how differences are resolved`(arguments: [String], message: String) {
        #expect(fault(ResolveParityCommand.self, ["7"] + arguments) == message)
    }

    private static let either = "give either --resend or --accept CAUSE"

    @Test(arguments: [
        (["--share", "101"], "--share is a number from 0 to 100"),
        (["--share=-1"], "--share is a number from 0 to 100"),
        (["--share", "nan"], "--share is a number from 0 to 100"),
        (["--cut", "tomorrow"], "--cut is a timestamp with its offset such as 2027-01-01T00:00:00Z"),
        (["--cut", "2027-01-01T00:00:00Z", "--share", "5"], "give --cut or --share, not both"),
    ])
    func `says what can be supposed of a migration`(arguments: [String], message: String) {
        #expect(fault(ExplainRoutesCommand.self, arguments) == message)
    }

    @Test func `says what a watched list cannot have`() {
        #expect(
            fault(ListEventsCommand.self, ["--watch", "--oldest"])
                == "--watch follows new events; --provider, --delivery-status, --cursor and --oldest do not apply"
        )
    }
}
