import Foundation
import NIOHTTP1
import TestSupport

/// A gateway and simulated vendors as separate processes, with real files and sockets, for one test.
struct Stage: Sendable {
    static let key = "tg_demo_5a4db0c5f1e2d3c4b5a69788"

    let folder: URL
    let sandbox: WebClient
    let sandboxProcess: ChildProcess
    /// Where the gateway listens; the same over restarts.
    let port: Int
    /// Where the gateway keeps its journal.
    let store: StageStore
    /// The name of its data folder, and by which other gateways know it.
    var node = "data"

    /// What ``set(_:)`` gives its stages: the embedded store, unless a test runs others over a database.
    @TaskLocal static var usualStore = StageStore.embedded

    /// Sets the stage, runs `body`, and stops and removes everything.
    static func set(_ body: (Stage) async throws -> Void) async throws {
        try await set(over: usualStore, body)
    }

    /// Sets the stage over a store, runs `body`, and stops and removes everything.
    static func set(over store: StageStore, _ body: (Stage) async throws -> Void) async throws {
        try await withTemporaryFolder { folder in
            let sandbox = try ChildProcess("tollgate", ["sandbox", "--listen", "127.0.0.1:0", "--log-format", "json"])
            do {
                let address = try await sandbox.waitForLine("the sandbox listens") {
                    $0.address(of: "sandbox listening")
                }
                let stage = Stage(
                    folder: folder,
                    sandbox: WebClient(base: address),
                    sandboxProcess: sandbox,
                    port: try FreePort.find(),
                    // A schema of its own for each stage.
                    store: store.fresh
                )
                try stage.writeRoutes()
                try await body(stage)
            } catch {
                try await sandbox.stop(by: SIGKILL)
                throw error
            }
            try await sandbox.stop(by: SIGKILL)
        }
    }

    var client: WebClient { WebClient(base: "http://127.0.0.1:\(port)", key: Self.key) }
    var routesFile: URL { folder.appending(path: "routes.json") }
    var dataFolder: URL { folder.appending(path: node) }

    /// Another gateway over the same journal, with the same routes and vendors.
    /// - Parameter store: another way to the same journal.
    func another(_ node: String, over store: StageStore? = nil) throws -> Stage {
        var stage = Stage(
            folder: folder,
            sandbox: sandbox,
            sandboxProcess: sandboxProcess,
            port: try FreePort.find(),
            store: store ?? self.store
        )
        stage.node = node
        return stage
    }

    /// The variables with the vendors' keys.
    static let credentials = [
        "E2E_KNETIK": "acct-sandbox", "E2E_FLEXPRICE": "sk_sandbox_0123456789abcdef",
        "E2E_POLAR": "polar_oat_sandbox_0123456789abcdef", "E2E_LAGO": "5a4db0c5-0000-4000-8000-5a4db0c50000",
    ]

    /// Starts the gateway and waits until it takes requests.
    func startGateway(arguments: [String] = [], environment: [String: String] = Stage.credentials) async throws
        -> ChildProcess
    {
        let gateway = try launch(arguments, environment)
        _ = try await gateway.waitForLine("the gateway listens") { $0.address(of: "listening") }
        return gateway
    }

    /// Starts the gateway and waits for nothing.
    func launch(_ arguments: [String] = [], _ environment: [String: String] = Stage.credentials) throws -> ChildProcess
    {
        try ChildProcess(
            "tollgate",
            [
                "serve", "--routes", routesFile.path, "--data", dataFolder.path, "--listen", "127.0.0.1:\(port)",
                "--log-format", "json",
            ] + store.arguments(node: node) + arguments,
            // A busy test process may have a connection for long before it sends a request.
            environment: ["TOLLGATE_FIRST_REQUEST_SECONDS": "600"].merging(environment) { $1 }
        )
    }

    /// Runs `body` with a gateway, which is stopped afterwards.
    func withGateway(arguments: [String] = [], _ body: (ChildProcess) async throws -> Void) async throws {
        let gateway = try await startGateway(arguments: arguments)
        do {
            try await body(gateway)
        } catch {
            let state = gateway.isRunning ? "while the gateway ran" : "after the gateway had ended"
            try await gateway.stop(by: SIGKILL)
            throw ProcessFailure(
                what: "\(error) \(state)",
                lines: gateway.lines.filter { !$0.contains("\"level\":\"info\"") }
            )
        }
        try await gateway.stop()
    }

    /// - Parameters:
    ///   - retry: the waits of all providers, short so that a test sees several.
    ///   - timeout: of a request to a vendor; long, so that a simulator that a busy machine holds up is not given up.
    ///   - address: of a vendor, by its name and the simulators' address.
    func writeRoutes(
        retry: String = #"{"base":"100ms","cap":"400ms"}"#,
        timeout: String = "60s",
        scopes: [String] = ["events:write", "events:read", "deliveries:manage", "migrations:manage"],
        address: (_ vendor: String, _ simulators: String) -> String = { $1 }
    ) throws {
        let providers = [
            ("knetik", "/knetik", "E2E_KNETIK"), ("flexprice", "/flexprice", "E2E_FLEXPRICE"),
            ("polar", "/polar", "E2E_POLAR"),
            ("lago", "/lago", "E2E_LAGO"),
        ].map { name, path, variable in
            let base = address(name, sandbox.base)
            // What is on this machine needs no permission, and has no rate limit.
            let permissions =
                base == sandbox.base
                ? "" : #""allow_plain_http": true, "allow_private_address": true, "rate_limit": "10000/s", "#
            return #"""
                "\#(name)": {"adapter": "\#(name)", "base_url": "\#(base)\#(path)", "credential": {"env": "\#(variable)"},
                             \#(permissions)"retry": \#(retry), "breaker": {"failures": 5, "pause": "100ms", "parked_pause": "500ms"}, "timeout": "\#(timeout)"}
                """#
        }.joined(separator: ",\n")
        let text = #"""
            {"version": 1, "providers": {\#(providers)},
             "routes": [{"name": "all", "to": [
               {"provider": "lago", "subscription_id": "sub_{customer_id}"}, {"provider": "flexprice", "mode": "mirror"},
               {"provider": "polar", "mode": "mirror"}, {"provider": "knetik", "mode": "mirror"}]}],
             "clients": [{"name": "demo", "key_sha256": "\#(KeyHash.demo)",
                          "scopes": ["\#(scopes.joined(separator: "\", \""))"]}]}
            """#
        try Data(text.utf8).write(to: routesFile)
    }

    /// Sets a vendor's faults.
    func setFaults(_ vendor: String, _ faults: String) async throws {
        let answer = try await sandbox.send("PUT", "/sandbox/\(vendor)/faults", Array(faults.utf8))
        guard answer.status == 200 else { throw UnexpectedAnswer(answer: answer) }
    }

    /// The ids that a vendor would bill, as often as it would bill them.
    func billed(_ vendor: String) async throws -> [String] {
        try await sandbox.get("/sandbox/\(vendor)/events?ids=true").object()["billed"] as? [String] ?? []
    }

    /// How many requests' events reached a vendor.
    func received(_ vendor: String) async throws -> Int {
        try await sandbox.get("/sandbox/\(vendor)/events?count=true").object()["received"] as? Int ?? -1
    }

    /// Status by provider of an event's deliveries.
    func statuses(of id: String) async throws -> [String: String] {
        let deliveries = try await client.get("/v1/events/\(id)").object()["deliveries"] as? [[String: Any]] ?? []
        var found: [String: String] = [:]
        for delivery in deliveries {
            if let provider = delivery["provider"] as? String { found[provider] = delivery["status"] as? String }
        }
        return found
    }

    /// The ids of the deliveries of a provider with this status, over all pages.
    func deliveries(_ provider: String, _ status: String) async throws -> [String] {
        var ids: [String] = []
        var cursor: String?
        repeat {
            let next = cursor.map { "&cursor=\($0)" } ?? ""
            let page = try await client.get("/v1/deliveries?provider=\(provider)&status=\(status)&limit=1000\(next)")
                .object()
            for item in page["deliveries"] as? [[String: Any]] ?? [] {
                if let id = item["event_id"] as? String { ids.append(id) }
            }
            cursor = page["next_cursor"] as? String
        } while cursor != nil
        return ids
    }
}

extension String {
    /// The address in a JSON log line with this message.
    func address(of message: String) -> String? {
        guard let line = try? JSONSerialization.jsonObject(with: Data(utf8)) as? [String: Any],
            line["message"] as? String == message
        else { return nil }
        return line["address"] as? String
    }
}

/// The digest of ``Stage/key`` as `sha256sum` prints it.
enum KeyHash {
    static let demo = "97f523f477316f2ef7cb68e55f1853340d91b39ac1c4c3d3ccf7e8ac06c678e4"
    /// Of "rival-key".
    static let rival = "d9079bc94c65ee15a1a9c3dccbea69a919a1091cd8b3ec9444941bee85318e02"
}
