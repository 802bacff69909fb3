import Access
import Events
import Foundation
import Routing
import TestSupport
import Testing

@Suite struct CredentialVaultTests {
    private func vault(
        _ credential: String,
        environment: [String: String] = [:],
        clients: String = "[]"
    ) throws -> CredentialVault {
        let traits = VendorTraits(
            adapter: "acme",
            vendor: "Acme",
            defaultBaseURL: "https://acme.example",
            credential: .query(name: "key"),
            batch: BatchLimit(events: 1, bytes: 1),
            deduplication: .none
        )
        let text = #"""
            {"version":1,"providers":{"p":{"adapter":"acme","credential":\#(credential)}},
             "routes":[{"name":"r","to":[{"provider":"p"}]}],"clients":\#(clients)}
            """#
        let routes = try RoutesReader(vendors: [traits]).read(Array(text.utf8)).routes
        return CredentialVault(routes: CurrentRoutes(routes), environment: environment)
    }

    private func fault(_ vault: CredentialVault) -> String? {
        do throws(CredentialUnavailable) {
            _ = try vault.credential(of: "p")
            return nil
        } catch {
            return error.message
        }
    }

    @Test func `takes a credential from the environment`() throws {
        #expect(try vault(#"{"env":"KEY"}"#, environment: ["KEY": "s3cret"]).credential(of: "p").reveal() == "s3cret")
    }

    @Test func `gives a tenant's own account the tenant's credential`() throws {
        let clients = #"[{"name": "shop", "tenant": "s", "credentials": {"p": {"env": "SHOP"}}}]"#
        let vault = try vault(#"{"env":"KEY"}"#, environment: ["KEY": "s3cret", "SHOP": "own"], clients: clients)
        #expect(try vault.credential(of: "p").reveal() == "s3cret")
        #expect(try vault.credential(of: "p@s").reveal() == "own")
    }

    @Test func `names the variable that is missing`() throws {
        let vault = try vault(#"{"env":"KEY"}"#)
        #expect(fault(vault) == "the environment variable KEY is not set; set it to the vendor's key")
        #expect(vault.missing.count == 1)
    }

    @Test func `never repeats a credential that cannot be used`() throws {
        let vault = try vault(#"{"env":"KEY"}"#, environment: ["KEY": "s3cret\nX-Evil: 1"])
        let message = try #require(fault(vault))
        #expect(!message.contains("s3cret"))
        #expect(message.contains("KEY"))
    }

    @Test func `reads a file again when it changes`() async throws {
        try await withTemporaryFolder { folder in
            let file = folder.appending(path: "key")
            let vault = try vault(#"{"file":"\#(file.path)"}"#)
            #expect(fault(vault)?.contains(file.path) == true)
            try Data("first\n".utf8).write(to: file)
            #expect(try vault.credential(of: "p").reveal() == "first")
            try Data("second-key".utf8).write(to: file)
            #expect(try vault.credential(of: "p").reveal() == "second-key")
        }
    }
}
