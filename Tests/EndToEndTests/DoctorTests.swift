import Foundation
import TestSupport
import Testing

/// `tollgate doctor`, as an operator uses it.
@Suite struct DoctorTests {
    /// What it says, by part.
    private struct Report {
        let status: Int32
        let parts: [String: (verdict: String, text: String)]
        let lines: [String]

        func verdict(_ part: String) -> String { parts[part]?.verdict ?? "missing" }
        func text(_ part: String) -> String { parts[part]?.text ?? "missing" }
    }

    private func examine(
        _ stage: Stage,
        _ arguments: [String] = [],
        environment: [String: String] = Stage.credentials
    ) async throws -> Report {
        let command = try ChildProcess(
            "tollgate",
            [
                "doctor", "--json", "--routes", stage.routesFile.path, "--data", stage.dataFolder.path, "--url",
                stage.client.base,
            ] + arguments,
            environment: environment
        )
        let status = try await command.waitForExit()
        try await waitUntil("the command has said something") { !command.lines.isEmpty }
        let object = try JSONSerialization.jsonObject(with: Data(command.lines.joined().utf8)) as? [String: Any]
        var parts: [String: (verdict: String, text: String)] = [:]
        for part in object?["parts"] as? [[String: Any]] ?? [] {
            guard let name = part["name"] as? String else { continue }
            parts[name] = (part["verdict"] as? String ?? "", part["text"] as? String ?? "")
        }
        return Report(status: status, parts: parts, lines: command.lines)
    }

    @Test func `finds a running gateway well, a line per part`() async throws {
        try await Stage.set { (stage) async throws in
            try await stage.withGateway { (gateway) async throws in
                _ = try await stage.client.post("/v1/events", #"{"id":"e","name":"n","customer_id":"c"}"#)
                try await waitUntil("it is delivered") {
                    try await stage.statuses(of: "e").allSatisfy { $0.value == "delivered" }
                }
                let report = try await examine(stage)
                #expect(report.parts.count == 11)
                // The machine that runs the tests may have few files, or a nearly full disk.
                for part in ["version", "gateway", "routes", "credentials", "clock", "journal", "backlog", "damage"] {
                    #expect(report.verdict(part) == "well", "\(report.lines)")
                }
                #expect(report.text("gateway").contains("process \(gateway.identifier)"))
                #expect(
                    report.text("credentials").hasPrefix("accepted: flexprice, polar, lago; knetik: present"),
                    "\(report.lines)"
                )
                #expect(report.text("clock") == "agrees with 3 vendors")
                #expect(report.text("journal").contains("layout 10, 1 events"))
                #expect(report.text("watches").hasPrefix("0 providers watched; off for "), "\(report.lines)")
                let text = try ChildProcess(
                    "tollgate",
                    [
                        "doctor", "--routes", stage.routesFile.path, "--data", stage.dataFolder.path, "--url",
                        stage.client.base,
                    ],
                    environment: Stage.credentials
                )
                try await text.waitForExit()
                #expect(text.lines.count == 11, "\(text.lines)")
            }
        }
    }

    @Test func `warns of a stopped gateway, and of what waits for it`() async throws {
        try await Stage.set { (stage) async throws in
            let before = try await examine(stage)
            #expect(before.verdict("gateway") == "warning" && before.verdict("journal") == "well", "\(before.lines)")
            #expect(before.text("journal").contains("the first start creates it") && [1, 2].contains(before.status))
            try await stage.setFaults("lago", #"{"status":{"503":1}}"#)
            try await stage.withGateway { _ async throws in
                _ = try await stage.client.post("/v1/events", #"{"id":"e","name":"n","customer_id":"c"}"#)
            }
            let after = try await examine(stage)
            #expect(
                after.verdict("gateway") == "warning" && after.text("gateway").contains("tollgate serve"),
                "\(after.lines)"
            )
            #expect(after.text("backlog").contains("lago 1"), "\(after.lines)")
        }
    }

    @Test func `reports a clock an hour off`() async throws {
        guard FaultySystem.isAvailable else { try Test.cancel("no clock can be put wrong on this system") }
        try await Stage.set { (stage) async throws in
            let system = try FaultySystem(in: stage.folder)
            for (ahead, words) in [(3600, "ahead of"), (-3600, "behind")] {
                try system.setClock(ahead: .seconds(ahead))
                let report = try await examine(stage, environment: Stage.credentials.merging(system.environment) { $1 })
                #expect(report.status == 1 && report.verdict("clock") == "problem", "\(report.lines)")
                #expect(report.text("clock").contains(words) && report.text("clock").contains("NTP"), "\(report.lines)")
            }
        }
    }

    @Test func `reports a credential that a vendor refuses, and one that is missing`() async throws {
        try await Stage.set { (stage) async throws in
            var environment = Stage.credentials
            environment["E2E_LAGO"] = "00000000-0000-4000-8000-000000000000"
            environment["E2E_POLAR"] = ""
            let report = try await examine(stage, environment: environment)
            #expect(report.status == 1 && report.verdict("credentials") == "problem")
            #expect(report.text("credentials").contains("lago: refused"), "\(report.lines)")
            #expect(
                report.text("credentials").contains("polar: missing: the environment variable E2E_POLAR"),
                "\(report.lines)"
            )
            #expect(!report.lines.joined().contains("00000000-0000-4000"))
        }
    }

    @Test func `reports routes that are wrong, and a vendor that is away`() async throws {
        try await Stage.set { (stage) async throws in
            try stage.writeRoutes { vendor, simulators in vendor == "lago" ? "http://127.0.0.1:1" : simulators }
            let away = try await examine(stage)
            #expect(
                away.verdict("credentials") == "warning"
                    && away.text("credentials").contains("lago: present, but not checked"),
                "\(away.lines)"
            )
            try Data("{}".utf8).write(to: stage.routesFile)
            let wrong = try await examine(stage)
            #expect(
                wrong.status == 1 && wrong.verdict("routes") == "problem" && wrong.verdict("credentials") == "warning"
            )
        }
    }

    @Test func `tells what verify and canary have found, beside a gateway and without one`() async throws {
        try await Migration.set { (migration) async throws in
            let stage = migration.stage
            let settings =
                #""rate_limit": "10000/s", "reads": {"lag": "300ms"}, "verify": {"sample": "1/1"}, "canary": {"every": "1s"}"#
            try migration.writeRoutes(["lago", "flexprice"], settings: ["flexprice": settings])
            try await stage.withGateway { _ async throws in
                try await migration.send(0..<10)
                try await waitUntil("the events are read back and a canary is visible") {
                    let report = try await examine(stage)
                    let isSeen = report.text("watch flexprice").contains(
                        "verify 1/1: 10 events read back in a day, none lost; canary every 1s: visible after"
                    )
                    // On a busy machine it may say for a moment that the reads are late.
                    guard isSeen, report.verdict("watch flexprice") == "well" else { return false }
                    #expect(report.text("watches").hasPrefix("1 provider watched; off for "), "\(report.lines)")
                    return true
                }

                // A canary that is lost is waited for; one that is refused is an alarm at once.
                try await stage.setFaults("flexprice", #"{"poison":["tollgate_canary"],"poison_status":422}"#)
                try await waitUntil("the canary's alarm is told") {
                    try await examine(stage).text("watch flexprice").contains("did not accept the canary")
                }
                try await migration.setSettings("flexprice", #"{"lose":1}"#)
                try await migration.send(100..<103)
                try await waitUntil("the losses are found") {
                    try await examine(stage).text("watch flexprice")
                        .contains("3 events lost after the vendor had accepted them")
                }
            }
            let after = try await examine(stage)
            #expect(after.status == 1 && after.verdict("watch flexprice") == "problem", "\(after.lines)")
            #expect(after.text("watch flexprice").contains("`tollgate providers watched` names them"), "\(after.lines)")
        }
    }

    @Test func `reports a small disk`() async throws {
        try await SmallDisk.with(megabytes: 8) { (disk) async throws in
            try await Stage.set { (stage) async throws in
                let report = try await examine(stage, ["--data", disk.path])
                #expect(report.status == 1 && report.verdict("disk") == "problem", "\(report.lines)")
            }
        }
    }
}
