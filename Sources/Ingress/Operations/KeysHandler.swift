import Access
import HTTPTypes

/// `GET /v1/keys`: the keys of all clients, without the keys themselves.
struct KeysHandler: Sendable {
    private let managing: (any KeyManaging)?

    init(_ services: EndpointServices) {
        managing = services.given.operations.orders.keys
    }

    func list() async throws -> EndpointResponse {
        guard let managing else { throw Problem.noKeys("this gateway has no data folder with keys") }
        do {
            return .json(KeyListWriter.json(try await managing.keys()))
        } catch {
            throw Problem.noKeys(error.message)
        }
    }
}

extension Problem {
    /// 503: this gateway has no keys of its own, or they cannot be read.
    fileprivate static func noKeys(_ reason: String) -> Problem {
        Problem(
            status: .serviceUnavailable,
            kind: "keys-unavailable",
            title: "Keys are unavailable",
            detail: "\(reason); try again",
            headers: [.retryAfter: "5"]
        )
    }
}
