import ArgumentParser
import Foundation
import Testing

@testable import tollgate

/// How commands end that reach no gateway: scripts tell by the code.
@Suite struct UnreachableGatewayTests {
    private static let nowhere = ["--url", "http://127.0.0.1:1", "--key", "key"]

    /// The exit code of a command; nil if it succeeds.
    private func code(_ arguments: [String]) async throws -> Int32? {
        var command = try Tollgate.parseAsRoot(arguments)
        do {
            if var asynchronous = command as? any AsyncParsableCommand {
                try await asynchronous.run()
            } else {
                try command.run()
            }
            return nil
        } catch {
            return Tollgate.exitCode(for: error).rawValue
        }
    }

    @Test(arguments: [
        "events list", "events names", "events show e", "events show e --provider p", "deliveries list",
        "deliveries groups",
        "deliveries show e", "deliveries retry e", "deliveries discard --all", "deliveries actions", "providers",
        "providers watched",
        "providers hold p --for 1h", "providers resume p", "log", "backfill list", "backfill show 1",
        "backfill pause 1",
        "backfill resume 1", "backfill rate 1 20%", "backfill cancel 1", "backfill start m --since 30d",
        "migrate status",
        "migrate status m", "migrate start m", "migrate stage m mirror", "migrate ramp m --share 5",
        "migrate cut m --at 2027-01-01T00:00:00Z", "migrate hold m", "migrate resume m", "migrate return m",
        "migrate close m",
        "migrate check m", "migrate plan m", "migrate metrics m", "plan show p", "metrics propose --providers a,b",
        "parity list", "parity findings 7", "parity resolve 7 --resend", "events void e --reason r",
        "events adjust e --reason r --properties {}", "events list --watch",
    ])
    func `fails where the gateway cannot be asked`(command: String) async throws {
        #expect(try await code(command.split(separator: " ").map(String.init) + Self.nowhere) == 1)
    }

    /// Of a comparison, 1 means that there are differences.
    @Test(arguments: [
        "parity run --from a --until b --providers p", "parity show 7", "parity watch --once --providers p",
    ])
    func `says that a comparison is unknown, not that there are differences`(command: String) async throws {
        #expect(try await code(command.split(separator: " ").map(String.init) + Self.nowhere) == 2)
    }

    @Test func `is not healthy where nobody is`() async throws {
        for more in [[], ["--ready"]] {
            #expect(try await code(["health", "--url", "http://127.0.0.1:1"] + more) == 1)
        }
    }

    @Test func `sends no file that is not there, and asks nobody`() async throws {
        for command in [["send"], ["import", "--format", "csv"]] {
            #expect(try await code([command[0], "/nowhere/events"] + command.dropFirst() + Self.nowhere) == 1)
        }
        #expect(try await code(["import", "/nowhere/events", "--format", "csv", "--dry-run"]) == 1)
    }

    @Test(arguments: [
        ["check", "/nowhere/routes.json"], ["routes", "explain", "/nowhere/routes.json"],
        ["notifications", "test", "--routes", "/nowhere/routes.json"],
        ["keys", "list", "--routes", "/nowhere/routes.json"],
        ["journal", "move", "--from", "/nowhere", "--to", "postgresql://db/billing"],
        ["migrate", "write", "m", "/nowhere/routes.json"],
    ])
    func `fails where its file is not there`(arguments: [String]) async throws {
        #expect(try await code(arguments + (arguments[0] == "migrate" ? Self.nowhere : [])) == 1)
    }

    @Test(arguments: ["parity watch --once --providers p --every 1w", "parity watch --once --providers p --since 0h"])
    func `refuses an interval before anything is asked`(command: String) async throws {
        let option = command.contains("--every") ? "--every" : "--since"
        var watch = try WatchParityCommand.parse(
            command.split(separator: " ").dropFirst(2).map(String.init) + Self.nowhere
        )
        do {
            try await watch.run()
            Issue.record("it was accepted")
        } catch {
            #expect(WatchParityCommand.message(for: error) == "\(option) must be a time such as 30m, 1h or 1d")
        }
    }

    @Test func `refuses an overlap of keys that is none before a file is read`() async throws {
        for overlap in ["1", "1w", "-1h", "24 h", "00", "0h"] {
            let rotate = try KeysRotateCommand.parse(["shop", "--overlap=\(overlap)", "--routes", "/nowhere"])
            do {
                try await rotate.run()
                Issue.record("\(overlap) was accepted")
            } catch {
                #expect(
                    KeysRotateCommand.message(for: error)
                        == "--overlap must be a duration such as 30m, 24h or 7d, or 0; found \"\(overlap)\""
                )
            }
        }
    }
}
