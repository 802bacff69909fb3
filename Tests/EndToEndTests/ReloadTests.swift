import Foundation
import TestSupport
import Testing

/// A `routes.json` that changes while the gateway runs.
@Suite struct ReloadTests {
    private static let polar = #"{"name":"polar-only","match":{"name":"p"},"to":[{"provider":"polar"}]}"#

    /// The file of the stage with another text in place of some of it.
    private func edit(_ stage: Stage, _ change: (inout String) -> Void) throws {
        var text = try String(contentsOf: stage.routesFile, encoding: .utf8)
        change(&text)
        try Data(text.utf8).write(to: stage.routesFile, options: .atomic)
    }

    private func event(_ id: String, _ name: String = "n") -> String {
        #"{"id":"\#(id)","name":"\#(name)","customer_id":"c"}"#
    }

    @Test func `takes a changed file over: new events go by the new routes, to new providers too`() async throws {
        try await Stage.set { (stage) async throws in
            try stage.writeRoutes(scopes: ["events:write", "events:read", "admin"])
            try edit(stage) { $0 = $0.replacing(#"{"provider": "polar", "mode": "mirror"}, "#, with: "") }
            try await stage.withGateway { (gateway) async throws in
                _ = try await stage.client.post("/v1/events", event("before"))
                try edit(stage) { text in
                    text = text.replacing(#""routes": ["#, with: #""routes": [\#(Self.polar), "#)
                }
                _ = try await gateway.waitForLine("the file is taken over") {
                    $0.contains("routes.json was reloaded") && $0.contains("tollgate.audit") ? true : nil
                }
                _ = try await stage.client.post("/v1/events", event("after", "p"))
                try await waitUntil("polar has the event of the new route") {
                    try await stage.statuses(of: "after") == ["polar": "delivered"]
                }
                try await waitUntil("what was accepted before keeps its plan") {
                    let statuses = try await stage.statuses(of: "before")
                    return statuses.count == 3 && statuses.values.allSatisfy { $0 == "delivered" }
                }
            }
        }
    }

    @Test func `refuses a faulty file with its faults, and goes on by the old one`() async throws {
        try await Stage.set { (stage) async throws in
            try stage.writeRoutes(scopes: ["events:write", "events:read", "admin"])
            try await stage.withGateway { (gateway) async throws in
                try edit(stage) { $0 = $0.replacing(#""mode": "mirror""#, with: #""mode": "miror""#) }
                let answer = try await stage.client.post("/v1/config/reload", "")
                #expect(answer.status == 422)
                let faults = try answer.object()["faults"] as? [[String: Any]] ?? []
                #expect(faults.count == 3)
                #expect(faults.allSatisfy { ($0["message"] as? String ?? "").contains("did you mean \"mirror\"?") })
                _ = try await gateway.waitForLine("the log has the faults") {
                    $0.contains("routes.json is invalid") && $0.contains("miror") && $0.contains("tollgate.audit")
                        ? true : nil
                }
                #expect(try await stage.client.post("/v1/events", event("e")).status == 202)
                #expect(try await stage.statuses(of: "e").count == 4)
            }
        }
    }

    @Test func `takes the file over on SIGHUP`() async throws {
        try await Stage.set { (stage) async throws in
            try await stage.withGateway { (gateway) async throws in
                kill(gateway.identifier, SIGHUP)
                _ = try await gateway.waitForLine("the signal is answered") {
                    $0.contains("routes.json is unchanged") ? true : nil
                }
                try edit(stage) { $0 = $0.replacing(#""name": "all""#, with: #""name": "everything""#) }
                kill(gateway.identifier, SIGHUP)
                _ = try await gateway.waitForLine("the file is taken over") {
                    $0.contains("route everything: added; route all: removed") ? true : nil
                }
            }
        }
    }

    @Test func `holds what waits for a removed provider, shows it, and delivers it when the provider is back`()
        async throws
    {
        try await Stage.set { (stage) async throws in
            try stage.writeRoutes(scopes: ["events:write", "events:read", "admin"])
            try await stage.setFaults("polar", #"{"reset_before":1}"#)
            try await stage.withGateway { (gateway) async throws in
                for number in 1...20 { _ = try await stage.client.post("/v1/events", event("e\(number)")) }
                let whole = try String(contentsOf: stage.routesFile, encoding: .utf8)
                let without = whole.replacing(#"{"provider": "polar", "mode": "mirror"}, "#, with: "")
                    .replacing(/"polar": \{"adapter"[^\n]*\n[^\n]*\n/, with: "")
                let draft = stage.folder.appending(path: "draft.json")
                try Data(without.utf8).write(to: draft)

                let check = try ChildProcess(
                    "tollgate",
                    ["check", draft.path, "--against", stage.client.base],
                    environment: ["TOLLGATE_KEY": Stage.key]
                )
                #expect(try await check.waitForExit() == 0)
                try await waitUntil("the check says what would be left behind") {
                    let text = check.lines.joined(separator: "\n")
                    return text.contains("provider polar: removed")
                        && text.contains("20 deliveries would be left without their provider polar")
                }

                try Data(without.utf8).write(to: stage.routesFile, options: .atomic)
                let answer = try await stage.client.post("/v1/config/reload", "").object()
                #expect(answer["status"] as? String == "reloaded")
                let stranded = answer["stranded"] as? [[String: Any]] ?? []
                #expect(stranded.first?["events"] as? Int == 20)
                #expect(try await stage.client.get("/readyz").text.contains("no longer has it"))
                let providers = try await stage.client.get("/v1/providers").object()["providers"] as? [[String: Any]]
                let gone = providers?.first { $0["name"] as? String == "polar" }
                #expect(gone?["configured"] as? Bool == false)
                #expect(["pending", "retrying"].contains(try await stage.statuses(of: "e1")["polar"]))

                try await stage.setFaults("polar", "{}")
                try Data(whole.utf8).write(to: stage.routesFile, options: .atomic)
                #expect(try await stage.client.post("/v1/config/reload", "").status == 200)
                try await waitUntil("polar has all") { Set(try await stage.billed("polar")).count == 20 }
                #expect(gateway.isRunning)
            }
        }
    }

    private func command(_ stage: Stage, _ arguments: [String]) async throws -> (code: Int32, text: String) {
        let command = try ChildProcess("tollgate", arguments, environment: ["TOLLGATE_KEY": Stage.key])
        let code = try await command.waitForExit()
        return (code, command.lines.joined(separator: "\n"))
    }

    @Test func `refuses another adapter under the name of a provider for which deliveries wait, wherever it comes in`()
        async throws
    {
        try await Stage.set { (stage) async throws in
            try stage.writeRoutes(scopes: ["events:write", "events:read", "deliveries:manage", "admin"])
            let whole = try String(contentsOf: stage.routesFile, encoding: .utf8)
            let other = whole.replacing(#""polar": {"adapter": "polar""#, with: #""polar": {"adapter": "flexprice""#)
            try #require(other != whole)
            try await stage.setFaults("polar", #"{"reset_before":1}"#)
            try await stage.withGateway { (gateway) async throws in
                for number in 1...5 { _ = try await stage.client.post("/v1/events", event("e\(number)")) }
                let draft = stage.folder.appending(path: "draft.json")
                try Data(other.utf8).write(to: draft)
                let check = try await command(stage, ["check", draft.path, "--against", stage.client.base])
                #expect(check.code == 1 && check.text.contains("another account"), "\(check.text)")

                try Data(other.utf8).write(to: stage.routesFile, options: .atomic)
                let answer = try await stage.client.post("/v1/config/reload", "")
                #expect(answer.status == 409)
                #expect(try (answer.object()["detail"] as? String)?.contains("5 deliveries to provider polar") == true)
                _ = try await gateway.waitForLine("the log says why") {
                    $0.contains("routes.json is invalid") && $0.contains("another account") ? true : nil
                }
            }
            let start = try stage.launch()
            #expect(try await start.waitForExit() != 0)
            #expect(start.lines.joined().contains("another account"), "\(start.lines)")

            try Data(whole.utf8).write(to: stage.routesFile, options: .atomic)
            try await stage.setFaults("polar", "{}")
            try await stage.withGateway { _ async throws in
                try await waitUntil("polar has all") { Set(try await stage.billed("polar")).count == 5 }
                try await waitUntil("nothing waits") {
                    let providers =
                        try await stage.client.get("/v1/providers").object()["providers"] as? [[String: Any]]
                    let polar = providers?.first { $0["name"] as? String == "polar" }
                    return (polar?["backlog"] as? [String: Any])?["events"] as? Int == 0
                }
                // With nothing left behind it is a new account like any other.
                try Data(other.utf8).write(to: stage.routesFile, options: .atomic)
                let check = try await command(stage, ["check", stage.routesFile.path, "--against", stage.client.base])
                #expect(check.code == 0, "\(check.text)")
            }
        }
    }

    @Test func `sends nothing to another account that a person retries, which was rejected by the account before`()
        async throws
    {
        try await Stage.set { (stage) async throws in
            try stage.writeRoutes(scopes: ["events:write", "events:read", "deliveries:manage", "admin"])
            try await stage.setFaults("polar", #"{"status":{"422":1}}"#)
            try await stage.withGateway { _ async throws in
                _ = try await stage.client.post("/v1/events", event("e"))
                try await waitUntil("polar has rejected it, and flexprice has it by its own route") {
                    let statuses = try await stage.statuses(of: "e")
                    return statuses["polar"] == "rejected" && statuses["flexprice"] == "delivered"
                }
                // A dead letter does not wait, so that the name may go to another account.
                try edit(stage) { text in
                    text = text.replacing(#""polar": {"adapter": "polar""#, with: #""polar": {"adapter": "flexprice""#)
                        .replacing("\(stage.sandbox.base)/polar", with: "\(stage.sandbox.base)/flexprice")
                        .replacing("E2E_POLAR", with: "E2E_FLEXPRICE")
                }
                #expect(try await stage.client.post("/v1/config/reload", "").status == 200)
                let order = ["deliveries", "retry", "e", "--url", stage.client.base]
                #expect(try await command(stage, order).text.contains("1 deliveries sent again"))
                try await waitUntil("it is rejected again, for another reason") {
                    try await stage.client.get("/v1/events/e").text.contains("another account")
                }
                #expect(try await stage.billed("flexprice").count { $0.contains("e") } == 1)
            }
        }
    }

    @Test func `lists and discards all that waits for a removed provider, also what was never tried`() async throws {
        try await Stage.set { (stage) async throws in
            try stage.writeRoutes(scopes: ["events:write", "events:read", "deliveries:manage", "admin"])
            try await stage.withGateway { (gateway) async throws in
                let hold = try await command(
                    stage,
                    ["providers", "hold", "polar", "--for", "1h", "--url", stage.client.base]
                )
                #expect(hold.code == 0)
                for number in 1...20 { _ = try await stage.client.post("/v1/events", event("e\(number)")) }
                let whole = try String(contentsOf: stage.routesFile, encoding: .utf8)
                let without = whole.replacing(#"{"provider": "polar", "mode": "mirror"}, "#, with: "")
                    .replacing(/"polar": \{"adapter"[^\n]*\n[^\n]*\n/, with: "")
                try Data(without.utf8).write(to: stage.routesFile, options: .atomic)
                #expect(try await stage.client.post("/v1/config/reload", "").status == 200)
                try await waitUntil("the pipeline has given all back") {
                    try await stage.deliveries("polar", "pending").count == 20
                }
                // A delivery that was tried and waits is discarded too, whosever it is.
                try await waitUntil("nothing waits for the others") {
                    for vendor in ["lago", "flexprice", "knetik"] {
                        for status in ["pending", "retrying"] {
                            guard try await stage.deliveries(vendor, status).isEmpty else { return false }
                        }
                    }
                    return true
                }
                let order = ["deliveries", "discard", "--all", "--url", stage.client.base]
                let discard = try await command(stage, order)
                #expect(discard.code == 0 && discard.text.contains("20 deliveries discarded"), "\(discard.text)")
                #expect(try await stage.statuses(of: "e1")["polar"] == "discarded")
                try await waitUntil("the provider is forgotten") {
                    let providers =
                        try await stage.client.get("/v1/providers").object()["providers"] as? [[String: Any]]
                    return providers?.contains { $0["name"] as? String == "polar" } == false
                }
                #expect(gateway.isRunning)
            }
        }
    }

    @Test func `tries a parked provider at once when its settings change`() async throws {
        try await Stage.set { (stage) async throws in
            try stage.writeRoutes(scopes: ["events:write", "events:read", "admin"])
            try edit(stage) { text in
                text = text.replacing(#""parked_pause": "500ms""#, with: #""parked_pause": "1h""#)
                    .replacing(#"{"env": "E2E_LAGO"}"#, with: #"{"env": "E2E_NONE"}"#)
            }
            try await stage.withGateway { _ async throws in
                _ = try await stage.client.post("/v1/events", event("e"))
                try await waitUntil("lago is parked") {
                    try await stage.client.get("/readyz").text.contains("E2E_NONE")
                }
                try edit(stage) { $0 = $0.replacing("E2E_NONE", with: "E2E_LAGO") }
                #expect(try await stage.client.post("/v1/config/reload", "").status == 200)
                try await waitUntil("lago has it") { try await stage.statuses(of: "e")["lago"] == "delivered" }
            }
        }
    }

    @Test func `lets nobody without the scope change the routes`() async throws {
        try await Stage.set { (stage) async throws in
            try await stage.withGateway { _ async throws in
                #expect(try await stage.client.post("/v1/config/reload", "").status == 403)
                #expect(try await stage.client.post("/v1/config/check", "{}").status == 403)
            }
        }
    }
}
