import AsyncHTTPClient
import Foundation
import NIOCore
import NIOHTTP1
import Sandbox
import TestSupport

/// A sandbox of its own for a test.
struct SandboxFixture {
    /// What came back.
    struct Answer {
        let status: Int
        let headers: HTTPHeaders
        let text: String

        var object: [String: Any] {
            get throws { try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any] ?? [:] }
        }
    }

    let address: String
    let desk: SandboxDesk

    static func with(_ body: (SandboxFixture) async throws -> Void) async throws {
        let (ports, onReady) = AsyncStream<Int>.makeStream()
        let server = SandboxServer(settings: SandboxSettings(port: 0)) { onReady.yield($0) }
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try? await server.run() }
            var iterator = ports.makeAsyncIterator()
            guard let port = await iterator.next() else {
                throw ConditionNeverHeld(description: "the sandbox never listened")
            }
            try await body(SandboxFixture(address: "http://127.0.0.1:\(port)", desk: server.desk))
            group.cancelAll()
        }
    }

    func send(
        _ method: HTTPMethod,
        _ path: String,
        _ text: String? = nil,
        headers: [(String, String)] = [],
        patience: TimeAmount = .seconds(300)
    ) async throws -> Answer {
        var request = try HTTPClient.Request(url: address + path, method: method)
        for (name, value) in headers { request.headers.add(name: name, value: value) }
        if let text {
            if !request.headers.contains(name: "Content-Type") {
                request.headers.add(name: "Content-Type", value: "application/json")
            }
            request.body = .string(text)
        }
        let response = try await HTTPClient.shared.execute(request: request, deadline: .now() + patience).get()
        let body = response.body.map { String(buffer: $0) } ?? ""
        return Answer(status: Int(response.status.code), headers: response.headers, text: body)
    }

    func lago(_ path: String, _ text: String) async throws -> Answer {
        try await send(
            .POST,
            "/lago/api/v1\(path)",
            text,
            headers: [("Authorization", "Bearer \(SandboxCredentials.lago)")]
        )
    }

    func polar(_ text: String, patience: TimeAmount = .seconds(300)) async throws -> Answer {
        try await send(
            .POST,
            "/polar/v1/events/ingest",
            text,
            headers: [("Authorization", "Bearer \(SandboxCredentials.polar)")],
            patience: patience
        )
    }

    func flexprice(_ path: String, _ text: String) async throws -> Answer {
        try await send(.POST, "/flexprice/v1\(path)", text, headers: [("x-api-key", SandboxCredentials.flexprice)])
    }

    func knetik(_ path: String, _ text: String, account: String = SandboxCredentials.knetik) async throws -> Answer {
        try await send(.POST, "/knetik/v2\(path)?customerId=\(account)", text)
    }

    /// Ids that the vendor would bill.
    func billed(_ vendor: String) async throws -> [String] {
        try await send(.GET, "/sandbox/\(vendor)/events?ids=true").object["billed"] as? [String] ?? []
    }

    func received(_ vendor: String) async throws -> Int {
        try await send(.GET, "/sandbox/\(vendor)/events?count=true").object["received"] as? Int ?? -1
    }
}
