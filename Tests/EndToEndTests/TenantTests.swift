import Foundation
import TestSupport
import Testing

/// Two tenants at one gateway know nothing of each other.
@Suite struct TenantTests {
    @Test func `shows a tenant nothing of another in any read, list, stream, count or error`() async throws {
        try await Stage.set { (stage) async throws in
            try stage.writeRoutes(scopes: ["events:write", "events:read", "deliveries:manage"])
            let text = try String(contentsOf: stage.routesFile, encoding: .utf8)
            let other = #"""
                {"name":"rival","tenant":"rival","key_sha256":"\#(KeyHash.rival)",
                 "scopes":["events:write","events:read","deliveries:manage"]},
                """#
            try Data(text.replacing(#""clients": ["#, with: #""clients": [\#(other)"#).utf8).write(to: stage.routesFile)
            try await stage.setFaults("polar", #"{"poison":["demo/mine","rival/same"]}"#)
            try await stage.withGateway { _ async throws in
                let mine = stage.client
                let rival = WebClient(base: stage.client.base, key: "rival-key")
                let watch = try ChildProcess(
                    "tollgate",
                    ["events", "list", "--watch", "--url", mine.base],
                    environment: ["TOLLGATE_KEY": "rival-key"]
                )
                // The stream begins some time after the command.
                var number = 0
                try await waitUntil("the rival sees its own events") {
                    number += 1
                    let event = #"{"id":"seen-\#(number)","name":"theirs-only","customer_id":"other"}"#
                    let answer = try await rival.post("/v1/events", event)
                    #expect(answer.status == 202)
                    return watch.lines.contains { $0.contains("seen-") }
                }
                let event =
                    #"{"id":"same","name":"mine-only","customer_id":"secret-customer","properties":{"v":"mine"}}"#
                #expect(try await mine.post("/v1/events", event).status == 202)
                #expect(try await mine.post("/v1/events", event.replacing("same", with: "mine")).status == 202)
                // The same id of another tenant is another event: no duplicate, no conflict.
                let theirs = #"{"id":"same","name":"theirs-only","customer_id":"other","properties":{"v":"theirs"}}"#
                let answer = try await rival.post("/v1/events", theirs).object()
                #expect(answer["accepted"] as? Int == 1)
                try await waitUntil("polar has not taken both tenants' events") {
                    let ours = try await mine.get("/v1/deliveries").text
                    let theirs = try await rival.get("/v1/deliveries").text
                    return ours.contains("\"mine\"") && theirs.contains("\"same\"")
                }

                #expect(try await rival.get("/v1/events/mine").status == 404)
                #expect(try await rival.get("/v1/events/same").object()["name"] as? String == "theirs-only")
                let paths = [
                    "/v1/events", "/v1/events?name=mine-only", "/v1/events?customer_id=secret-customer",
                    "/v1/events/names",
                    "/v1/events/same", "/v1/deliveries", "/v1/deliveries?event_id=mine", "/v1/deliveries/actions",
                    "/v1/events?id=mine&order=oldest",
                ]
                for path in paths {
                    let seen = try await rival.get(path).text
                    #expect(!seen.contains("mine-only") && !seen.contains("secret-customer"), "\(path): \(seen)")
                }
                for facade in [
                    "/lago/api/v1/events", "/lago/api/v1/events/mine", "/polar/v1/events/", "/polar/v1/events/names",
                ] {
                    #expect(!(try await rival.get(facade).text.contains("mine-only")), "\(facade)")
                }
                // In the account that they share, both are billed.
                try await waitUntil("flexprice has both") {
                    let billed = try await stage.billed("flexprice")
                    return billed.contains("demo/same") && billed.contains("rival/same")
                }
                // An order about everything is one about the tenant's own.
                try await waitUntil("the delivery is discarded between two attempts") {
                    let order = try await rival.post("/v1/deliveries/discard", #"{"all":true}"#).object()
                    return (order["changed"] as? Int ?? 0) >= 1
                }
                #expect(try await stage.statuses(of: "mine")["polar"] != "discarded")
                #expect(!(try await mine.get("/v1/deliveries/actions").text.contains("rival")))
                let last = #"{"id":"last","name":"theirs-only","customer_id":"other"}"#
                #expect(try await rival.post("/v1/events", last).status == 202)
                _ = try await watch.waitForLine("the stream goes on") { $0.contains("last") ? true : nil }
                #expect(!watch.lines.contains { $0.contains("mine") || $0.contains("secret-customer") })
                try await watch.stop(by: SIGKILL)
                // What a shared account has, how much waits for it and how it fares is shown to no tenant.
                #expect(try await rival.get("/v1/providers").text == #"{"providers":[]}"#)
                #expect(try await rival.get("/v1/events?provider=lago").status == 403)
            }
        }
    }
}
