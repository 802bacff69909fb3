import Foundation
import TestSupport
import Testing

/// An address of their own for operators.
@Suite struct AdministrationTests {
    @Test func `serves administration at its own address and nowhere else`() async throws {
        try await Stage.set { (stage) async throws in
            try stage.writeRoutes(scopes: ["admin"])
            let gateway = try await stage.startGateway(arguments: ["--admin-listen", "127.0.0.1:0"])
            let address = try await gateway.waitForLine("the second address is told") { line -> String? in
                guard line.contains("listening for administration") else { return nil }
                return line.firstMatch(of: /"address":"([^"]+)"/).map { "http://\($0.1)" }
            }
            let operators = WebClient(base: address, key: Stage.key)
            let administrative = [
                ("GET", "/v1/providers"), ("GET", "/v1/deliveries/actions"), ("POST", "/v1/deliveries/retry"),
                ("POST", "/v1/deliveries/discard"), ("POST", "/v1/config/reload"), ("GET", "/metrics"),
                ("GET", "/v1/log"),
            ]
            for (method, path) in administrative {
                let body = method == "POST" ? Array(#"{"all":true}"#.utf8) : nil
                #expect(try await stage.client.send(method, path, body).status == 404, "\(path)")
                #expect(try await operators.send(method, path, body).status == 200, "\(path)")
            }
            _ = try await gateway.waitForLine("acts are in the audit log") { line in
                line.contains("tollgate.audit") && line.contains("deliveries: discard")
                    && line.contains(#""actor":"demo""#)
                    ? true : nil
            }
            _ = try await gateway.waitForLine("the reload too") { line in
                line.contains("tollgate.audit") && line.contains("routes.json is unchanged")
                    && line.contains("client demo asked")
                    ? true : nil
            }
            #expect(try await WebClient(base: address).get("/metrics").status == 200)
            #expect(try await WebClient(base: address).get("/v1/log").status == 401)
            let event = #"{"id":"e","name":"n","customer_id":"c"}"#
            #expect(try await stage.client.post("/v1/events", event).status == 202)
            #expect(try await operators.get("/v1/events/e").status == 200)
            #expect(try await stage.client.get("/readyz").status == 200)
            try await gateway.stop()
        }
    }
}
