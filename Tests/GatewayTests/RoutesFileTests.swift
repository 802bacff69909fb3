import Access
import Events
import Foundation
import Ingress
import Routing
import TestSupport
import Testing

@testable import Gateway

/// Reading `routes.json`, certificates for vendors and keys, as commands and the dashboard do it.
@Suite struct RoutesFileTests {
    private func description(_ body: () throws(GatewayFault) -> Void) -> String {
        do throws(GatewayFault) {
            try body()
            return "no fault"
        } catch {
            return error.description
        }
    }

    @Test func `names the file and each of its faults`() async throws {
        try await withTemporaryFolder { folder in
            let file = folder.appending(path: "routes.json")
            let missing = description { () throws(GatewayFault) in
                _ = try RoutesFile.read(file, allowsInlineSecrets: false)
            }
            #expect(
                missing
                    == "\(file.path) cannot be read: the file does not exist or cannot be read. Use another file with --routes."
            )
            try Data("{\"version\": 1,\n \"providers\": {}, \"routes\": []}".utf8).write(to: file)
            let faulty = description { () throws(GatewayFault) in
                _ = try RoutesFile.read(file, allowsInlineSecrets: false)
            }
            #expect(
                faulty.split(separator: "\n") == [
                    "\(file.path):1:1: \"clients\" is missing in routes.json: Applications that may use the gateway.",
                    "\(file.path):2:29: there is no route, so no event would be accepted; add one",
                ]
            )
        }
    }

    @Test func `names all secrets that are missing: of providers, of their webhooks and of receivers`() async throws {
        let text = #"""
            {"version": 1, "providers": {"lago": {"adapter": "lago", "credential": {"env": "L"}, "webhook_key": {"env": "W"}}},
             "routes": [{"name": "r", "to": [{"provider": "lago", "subscription_id": "s"}]}],
             "notifications": {"receivers": {"chat": {"type": "slack", "url": {"env": "S"}}}}, "clients": []}
            """#
        let routes = try RoutesFile.reader(allowsInlineSecrets: false).read(Array(text.utf8)).routes
        let missing = await RoutesFile.missingCredentials(of: routes, environment: [:])
        #expect(missing.count == 3)
        for (line, variable) in zip(missing, ["variable L", "variable W", "variable S"]) {
            #expect(line.contains(variable), "\(line)")
        }
        let set = ["L": "a", "W": "b", "S": "https://x.example"]
        #expect(await RoutesFile.missingCredentials(of: routes, environment: set).isEmpty)
    }

    @Test func `needs no file of certificates, and says what is wrong with one`() async throws {
        #expect(try VendorRoots.read(nil).isEmpty)
        try await withTemporaryFolder { folder in
            let file = folder.appending(path: "ca.pem")
            for content in ["", "no certificate", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"] {
                try Data(content.utf8).write(to: file)
                let text = description { () throws(GatewayFault) in _ = try VendorRoots.read(file) }
                #expect(
                    text
                        == "\(file.path) has no certificate; it must be in PEM, with \"-----BEGIN CERTIFICATE-----\". See --vendor-ca."
                )
            }
            let gone = description { () throws(GatewayFault) in
                _ = try VendorRoots.read(folder.appending(path: "no.pem"))
            }
            #expect(gone.hasPrefix("\(folder.path)/no.pem cannot be read: ") && gone.hasSuffix(". See --vendor-ca."))
        }
    }

    // MARK: - Keys in the dashboard

    private static let routes = #"""
        {"version": 1, "providers": {"lago": {"adapter": "lago", "credential": {"env": "L"}}},
         "routes": [{"name": "r", "to": [{"provider": "lago", "subscription_id": "s"}]}],
         "clients": [{"name": "shop", "keys": [{"id": "fixed", "sha256": "\#(String(repeating: "ab", count: 32))"}]}, {"name": "till"}]}
        """#

    private func withKeys(_ body: (GatewayKeys, Caller) async throws -> Void) async throws {
        let reader = RoutesFile.reader(allowsInlineSecrets: false)
        let routes = CurrentRoutes(try reader.read(Array(Self.routes.utf8)).routes)
        try await withTemporaryFolder { folder in
            let keys = GatewayKeys(keeping: KeyFile(in: folder), routes: routes)
            try await body(keys, try MigrationStage.caller(MigrationStage.boss))
        }
    }

    @Test func `keys are made, followed and revoked, each shown with its state`() async throws {
        try await withKeys { (keys, caller) async throws in
            let first = try await keys.create(for: "till", by: caller)
            #expect(first.stored.client == "till" && first.ended.isEmpty)
            let second = try await keys.rotate("till", overlap: .seconds(3600), by: caller)
            #expect(second.ended.map(\.key.id) == [first.stored.key.id])
            try await keys.revoke(second.stored.key.id, by: caller)
            let listed = try await keys.keys()
            #expect(listed.map(\.client) == ["shop", "till", "till"])
            let states = Dictionary(listed.map { ($0.key.id, $0.state) }) { first, _ in first }
            #expect(states == ["fixed": .usable, first.stored.key.id: .usable, second.stored.key.id: .revoked])
        }
    }

    @Test func `keys that cannot be changed are refused in words`() async throws {
        try await withKeys { (keys, caller) async throws in
            await #expect(throws: KeyChangeFault("no stored key is called x; tollgate keys list shows them all")) {
                try await keys.revoke("x", by: caller)
            }
            let fault = "till has no stored key that could be followed by another; make one with: tollgate keys create"
            await #expect(throws: KeyChangeFault(fault)) {
                _ = try await keys.rotate("till", overlap: .zero, by: caller)
            }
            let stranger = await #expect(throws: KeyChangeFault.self) {
                _ = try await keys.create(for: "stranger", by: caller)
            }
            #expect(stranger?.message.contains("stranger") == true)
            let fixed = await #expect(throws: KeyChangeFault.self) { try await keys.revoke("fixed", by: caller) }
            #expect(fixed?.message.contains("routes.json") == true)
        }
    }
}
