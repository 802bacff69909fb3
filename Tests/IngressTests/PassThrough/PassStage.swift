import Access
import Foundation
import Routing

/// A gateway with one vendor behind it and clients that may pass calls on, for one test.
enum PassStage {
    /// Reads and writes below `/customers`.
    static let key = "pass-key"
    /// Reads alone.
    static let readerKey = "pass-reader-key"
    /// Has rules and no scope.
    static let scopelessKey = "pass-scopeless-key"

    static func set(
        _ reply: @escaping @Sendable (PassVendor.Request) -> PassVendor.Reply,
        patience: String = "2m",
        _ body: (IngressFixture, PassVendor) async throws -> Void
    ) async throws {
        let vendor = try PassVendor(reply)
        defer { vendor.stop() }
        let clients = [
            client("passer", key, #""vendor:read", "vendor:write", "events:write""#),
            client("passreader", readerKey, #""vendor:read""#), client("scopeless", scopelessKey, #""events:read""#),
        ]
        try await IngressFixture.with(
            dialects: [PassDialect()],
            clients: clients,
            vendor: vendor.address,
            vendorTimeout: patience
        ) { server in
            try await body(server, vendor)
        }
    }

    private static func client(_ name: String, _ key: String, _ scopes: String) -> String {
        #"""
        {"name": "\#(name)", "tenant": "shop", "key_sha256": "\#(KeyDigest(of: key).hexadecimal)", "scopes": [\#(scopes)],
         "pass": {"acme": ["/customers*", "/events*"]}, "pass_shared": true}
        """#
    }

    /// An answer with a length.
    static func answer(_ status: String = "200 OK", _ body: String = "", headers: [String] = []) -> PassVendor.Reply {
        let fields = (["Content-Length: \(body.utf8.count)"] + headers).map { "\($0)\r\n" }.joined()
        return .say("HTTP/1.1 \(status)\r\n\(fields)\r\n\(body)")
    }

    /// A request on a connection of its own.
    static func request(
        _ method: String,
        _ path: String,
        key: String = PassStage.key,
        headers: [String] = [],
        _ body: String = ""
    ) -> String {
        let fields = (["Host: gw.example:8443", "Authorization: Bearer \(key)"] + headers).map { "\($0)\r\n" }.joined()
        return "\(method) \(path) HTTP/1.1\r\n\(fields)\r\n\(body)"
    }
}
