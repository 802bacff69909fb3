import ArgumentParser
import Foundation
import JSON
import Testing

@testable import tollgate

/// What commands understand of their arguments.
@Suite struct OptionsTests {
    private func json(_ bytes: [UInt8]) throws -> JSONValue { try JSONDocument(parsing: bytes).root }

    @Test(arguments: [
        ("127.0.0.1:8080", "127.0.0.1", 8080), ("[::1]:0", "::1", 0), ("localhost:65535", "localhost", 65535),
    ])
    func `reads an address to listen on`(text: String, host: String, port: Int) throws {
        let address = try #require(ListenAddress(argument: text))
        #expect((address.host, address.port) == (host, port))
    }

    @Test(arguments: ["8080", ":8080", "host:", "host:-1", "host:65536", "host:80a", "", "[]:1"])
    func `refuses what is no address`(text: String) {
        #expect(ListenAddress(argument: text) == nil)
    }

    @Test(arguments: [("50%", 50.0), ("50", 50), ("1%", 1), ("100", 100), ("12.5%", 12.5)])
    func `reads percentages with and without a sign`(text: String, percent: Double) throws {
        #expect(try Percentage.read(text) == percent)
    }

    @Test(arguments: ["0%", "0.9", "100.1%", "-5", "nan", "inf", "", "%", "50%%", "half"])
    func `refuses percentages outside of 1 to 100`(text: String) {
        #expect(throws: ValidationError.self) { try Percentage.read(text) }
    }

    @Test(arguments: [("30s", 30), ("10m", 600), ("1h", 3600), ("7d", 604_800)])
    func `reads intervals`(text: String, seconds: Int) {
        #expect(ParityDuration.read(text) == .seconds(seconds))
    }

    @Test(arguments: ["", "h", "10", "0m", "-1h", "1.5h", "100001d", "9223372036854775807d", "1w"])
    func `refuses intervals that are none or absurd`(text: String) {
        #expect(ParityDuration.read(text) == nil)
    }

    @Test func `asks for pages of the length that suits each list`() throws {
        func query<let length: Int>(_ page: PageOptions<length>) -> String {
            var parameters = QueryParameters()
            page.add(to: &parameters)
            return parameters.appended(to: "")
        }
        #expect(query(try PageOptions<20>.parse([])) == "?limit=20")
        #expect(query(try PageOptions<1000>.parse(["--limit", "5", "--cursor", "a b"])) == "?limit=5&cursor=a%20b")
    }

    @Test func `passes every filter of events on by the API's name`() throws {
        let filter = try EventFilterOptions.parse([
            "--name", "a,b", "--name", "c", "--customer-id", "d", "--subscription-id", "e", "--source", "f", "--from",
            "g",
            "--until", "h", "--accepted-from", "i", "--accepted-until", "j",
        ])
        #expect(
            filter.parameters.appended(to: "")
                == "?name=a,b,c&customer_id=d&subscription_id=e&source=f&from=g&until=h&accepted_from=i&accepted_until=j"
        )
    }

    @Test func `passes every filter of deliveries on, to lists and to retries alike`() throws {
        let filter = try DeliveryFilterOptions.parse([
            "--provider", "a", "--status", "b,c", "--name", "d", "--customer-id", "e", "--error-code", "f",
            "--accepted-from", "g", "--accepted-until", "h",
        ])
        #expect(
            filter.parameters.appended(to: "")
                == "?provider=a&status=b,c&name=d&customer_id=e&error_code=f&accepted_from=g&accepted_until=h"
        )
        var writer = JSONWriter()
        writer.beginObject()
        filter.writeMembers(to: &writer)
        writer.endObject()
        #expect(
            String(decoding: writer.bytes, as: UTF8.self)
                == #"{"provider":["a"],"status":["b","c"],"name":["d"],"customer_id":["e"],"error_code":["f"],"#
                + #""accepted_from":"g","accepted_until":"h"}"#
        )
    }

    @Test func `takes a filter for empty only if no option is given`() throws {
        #expect(try DeliveryFilterOptions.parse([]).isEmpty)
        for option in [
            "--provider", "--status", "--name", "--customer-id", "--error-code", "--accepted-from", "--accepted-until",
        ] {
            #expect(try !DeliveryFilterOptions.parse([option, "x"]).isEmpty, "\(option)")
        }
    }

    @Test(arguments: [["--provider", "p"], ["--delivery-status", "pending"], ["--cursor", "c"], ["--oldest"]])
    func `refuses what a list that is watched cannot do`(options: [String]) throws {
        _ = try ListEventsCommand.parse(options)
        #expect(throws: (any Error).self) { try ListEventsCommand.parse(["--watch"] + options) }
    }

    @Test(arguments: [
        ([], false), (["--resend"], true), (["--accept", "foreign"], false), (["--resend", "--dry-run"], true),
        (["--accept", "foreign", "--reason", "r", "--until", "u", "--dry-run"], false),
        (["--accept", "foreign", "--reason", "r"], false), (["--accept", "foreign", "--until", "u"], false),
        (["--accept", "foreign", "--reason", "r", "--until", "u"], true),
        (["--resend", "--accept", "foreign", "--reason", "r", "--until", "u"], false),
    ])
    func `resolves by resending or by accepting, the latter with a reason and an end`(options: [String], isValid: Bool)
    {
        let command = Result { try ResolveParityCommand.parse(["7"] + options) }
        #expect(((try? command.get()) != nil) == isValid)
    }

    @Test(arguments: [
        ["--connections-per-address", "0"], ["--first-request-seconds", "0"], ["--connection-age-seconds", "31622401"],
        ["--body-memory-mb", "1048577"], ["--streams-per-client", "-1"], ["--trusted-proxies", "10.0.0.0/8,nonsense"],
    ])
    func `refuses limits of connections that make no sense`(options: [String]) throws {
        #expect(throws: (any Error).self) { try ConnectionOptions.parse(options) }
    }

    @Test func `orders a comparison with all that was said`() throws {
        let order = try ParityOrderOptions.parse([
            "--from", "a", "--until", "b", "--providers", "c,d", "--level", "digest", "--sample", "5",
        ])
        let body = try json(order.body())
        #expect(["from", "until", "level"].map { body[$0]?.string } == ["a", "b", "digest"])
        #expect(body.elements(of: "providers").compactMap(\.string) == ["c", "d"])
        #expect(body["sample"]?.int64 == 5)
    }

    @Test(arguments: ["ledger", "digest", "full"])
    func `compares the providers of a migration at each level`(level: String) throws {
        let order = try ParityOrderOptions.parse([
            "--from", "a", "--until", "b", "--level", level, "--migration", "to-polar",
        ])
        let body = try json(order.body())
        #expect(body["migration"]?.string == "to-polar" && body["providers"] == nil && body["level"]?.string == level)
        #expect(try WatchParityCommand.parse(["--migration", "to-polar"]).migration == "to-polar")
        #expect(throws: (any Error).self) { try WatchParityCommand.parse([]) }
    }

    @Test(arguments: [
        (["--to", "p", "--since", "30d"], true), (["--migration", "m", "--since", "30d"], true),
        (["--migration", "m", "--since", "period"], true), (["--to", "p", "--since", "period"], false),
        (["--to", "p", "--migration", "m", "--since", "30d"], false), (["--since", "30d"], false),
        (["--to", "p"], false), (["m", "--since", "period"], true), (["m", "--since", "30d"], true),
        (["m", "--to", "p", "--since", "30d"], false), (["m", "--migration", "m", "--since", "30d"], false),
        (["m", "--since", "period", "--without-incomplete"], true),
        (["m", "--since", "30d", "--without-incomplete"], false),
    ])
    func `fills a provider, or the new one of a migration`(options: [String], isValid: Bool) {
        let command = Result { try StartBackfillCommand.parse(options) }
        #expect(((try? command.get()) != nil) == isValid)
    }

    @Test func `orders a backfill by the name of its migration, in either form`() throws {
        let options = ["--since", "period", "--name", "a.*,b", "--without-incomplete"]
        for name in [["to-polar"], ["--migration", "to-polar"]] {
            let body = try json(try StartBackfillCommand.parse(name + options).body)
            #expect(body["migration"]?.string == "to-polar" && body["to"] == nil && body["since"]?.string == "period")
            #expect(body["names"]?.elements.compactMap(\.string) == ["a.*", "b"])
            #expect(body["without_incomplete"]?.bool == true)
        }
    }

    @Test func `compares usage by the metrics of a file`() throws {
        let always = ["--from", "a", "--until", "b", "--providers", "c"]
        let file = FileManager.default.temporaryDirectory.appending(path: "metrics-\(UUID().uuidString).json")
        defer { try? FileManager.default.removeItem(at: file) }  // Safe: what is left behind does no harm.
        try Data(#"{"api":{"aggregate":"count","c":"m"}}"#.utf8).write(to: file)
        let order = try ParityOrderOptions.parse(always + ["--level", "usage", "--metrics", file.path])
        let body = try json(order.body())
        #expect(body["level"]?.string == "usage" && body["metrics"]?["api"]?["c"]?.string == "m")
        let moved = try ParityOrderOptions.parse([
            "--from", "a", "--until", "b", "--level", "usage", "--migration", "to-polar",
        ])
        let movedBody = try json(moved.body())
        #expect(movedBody["migration"]?.string == "to-polar" && movedBody["providers"] == nil)
        #expect(throws: (any Error).self) { try ParityOrderOptions.parse(["--from", "a", "--until", "b"]) }
        for options in [["--level", "usage"], ["--metrics", file.path]] {
            #expect(throws: (any Error).self) { try ParityOrderOptions.parse(always + options) }
        }
        let missing = try ParityOrderOptions.parse(always + ["--level", "usage", "--metrics", "/nowhere/metrics.json"])
        #expect(throws: ExitCode(2)) { try missing.body() }
    }
}
