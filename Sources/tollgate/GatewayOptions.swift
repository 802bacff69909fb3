import ArgumentParser
import Client
import Events
import Foundation
import NIOHTTP1

/// The options of commands that call a gateway.
struct GatewayOptions: ParsableArguments {
    @Option(help: "Gateway URL (env: TOLLGATE_URL).")
    var url: String = GatewayOptions.usualURL

    @Option(help: "Client key (env: TOLLGATE_KEY, which other users of the machine cannot see).")
    var key: String?

    /// Where a gateway is when no option says so.
    static var usualURL: String { ProcessInfo.processInfo.environment["TOLLGATE_URL"] ?? "http://127.0.0.1:8080" }

    /// Whether there is a key, without which no gateway answers.
    var hasKey: Bool { key != nil || ProcessInfo.processInfo.environment["TOLLGATE_KEY"] != nil }

    /// - Throws: `ValidationError` without a key, before anything is sent.
    var client: GatewayClient {
        get throws {
            guard let key = key ?? ProcessInfo.processInfo.environment["TOLLGATE_KEY"] else {
                throw ValidationError("a client key is required: --key, or TOLLGATE_KEY")
            }
            return GatewayClient(address: url, key: key)
        }
    }

    /// Reads; ends the command with the gateway's problem if it refuses.
    func get(_ path: String) async throws -> GatewayClient.Answer {
        try await call(.GET, path, body: nil)
    }

    /// Writes; ends the command with the gateway's problem if it refuses.
    func post(_ path: String, body: [UInt8]) async throws -> GatewayClient.Answer {
        try await call(.POST, path, body: body)
    }

    /// Changes a part; ends the command with the gateway's problem if it refuses.
    func patch(_ path: String, body: [UInt8]) async throws -> GatewayClient.Answer {
        try await call(.PATCH, path, body: body)
    }

    /// Makes one call. If the gateway refuses it or cannot be reached, prints why to standard error and exits with 1.
    /// - Parameter advice: what to do about a refusal, printed below its reason; nil for nothing.
    func call(
        _ method: HTTPMethod,
        _ path: String,
        body: [UInt8]?,
        advice: (GatewayClient.Answer) -> String? = { _ in nil }
    ) async throws -> GatewayClient.Answer {
        do {
            let answer = try await client.call(method, path, body: body)
            guard (200..<300).contains(answer.status) else {
                Terminal.message(answer.problem)
                if let advice = advice(answer) { Terminal.message(advice) }
                throw ExitCode(1)
            }
            return answer
        } catch let error as GatewayUnreachable {
            Terminal.message("\(error)")
            throw ExitCode(1)
        }
    }
}

extension String {
    /// For one part of a path or a value of a query.
    var percentEncoded: String { PercentEncoding.encoded(self) }
}
