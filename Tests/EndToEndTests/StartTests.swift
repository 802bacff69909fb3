import Foundation
import TestSupport
import Testing

/// What cannot start says why and what to do, and exits with 1.
@Suite struct StartTests {
    private func expectRefusal(_ process: ChildProcess, _ words: String...) async throws {
        #expect(try await process.waitForExit() == 1)
        try await waitUntil("the program says \(words)") {
            words.allSatisfy { word in process.lines.contains { $0.contains(word) } }
        }
    }

    @Test func `names every fault of routes.json`() async throws {
        try await Stage.set { (stage) async throws in
            try Data(
                #"{"version":1,"providers":{"p":{"adapter":"lagoo","credential":{"env":"X"}}},"routes":[],"clients":[]}"#
                    .utf8
            )
            .write(to: stage.routesFile)
            try await expectRefusal(
                try stage.launch(),
                "routes.json:1:42: unknown adapter \"lagoo\" (did you mean \"lago\"?)",
                "there is no route"
            )
            let check = try ChildProcess("tollgate", ["check", stage.routesFile.path])
            try await expectRefusal(check, "unknown adapter")
        }
    }

    @Test func `says that there is no routes.json`() async throws {
        try await Stage.set { (stage) async throws in
            try FileManager.default.removeItem(at: stage.routesFile)
            try await expectRefusal(try stage.launch(), "routes.json cannot be read", "--routes")
        }
    }

    @Test func `says which process holds the data folder`() async throws {
        try await Stage.set { (stage) async throws in
            try await stage.withGateway { (gateway) async throws in
                let other = try ChildProcess(
                    "tollgate",
                    [
                        "serve", "--routes", stage.routesFile.path, "--data", stage.dataFolder.path, "--listen",
                        "127.0.0.1:0",
                    ],
                    environment: Stage.credentials
                )
                try await expectRefusal(other, "in use by process \(gateway.identifier)")
            }
        }
    }

    @Test func `says that the address is in use`() async throws {
        try await Stage.set { (stage) async throws in
            try await stage.withGateway { _ async throws in
                let other = try ChildProcess(
                    "tollgate",
                    [
                        "serve", "--routes", stage.routesFile.path, "--data",
                        stage.folder.appending(path: "other").path, "--listen",
                        "127.0.0.1:\(stage.port)", "--log-format", "json",
                    ],
                    environment: Stage.credentials
                )
                try await expectRefusal(other, "127.0.0.1:\(stage.port)", "--listen")
                // All services stop before the store does, so none of them has anything to complain of.
                #expect(other.lines.allSatisfy { !$0.contains(#""level":"error""#) }, "\(other.lines)")
            }
        }
    }

    @Test func `checks on request that every credential is there`() async throws {
        try await Stage.set { (stage) async throws in
            let arguments = ["check", "--credentials", stage.routesFile.path]
            var environment = Stage.credentials
            let whole = try ChildProcess("tollgate", arguments, environment: environment)
            #expect(try await whole.waitForExit() == 0)
            environment["E2E_LAGO"] = ""
            let check = try ChildProcess("tollgate", arguments, environment: environment)
            try await expectRefusal(check, "routes.json: provider lago: the environment variable E2E_LAGO is not set")
        }
    }

    @Test func `starts without a vendor's key, says which is missing, and delivers to the others`() async throws {
        try await Stage.set { (stage) async throws in
            var environment = Stage.credentials
            environment["E2E_LAGO"] = ""
            let gateway = try await stage.startGateway(environment: environment)
            _ = try await gateway.waitForLine("the missing variable is named") {
                $0.contains("E2E_LAGO is not set") ? true : nil
            }
            _ = try await stage.client.post("/v1/events", #"{"id":"e","name":"n","customer_id":"c"}"#)
            try await waitUntil("the others have it") { try await stage.statuses(of: "e")["polar"] == "delivered" }
            #expect(try await stage.client.get("/readyz").text.contains("E2E_LAGO"))
            try await gateway.stop()
        }
    }
}
