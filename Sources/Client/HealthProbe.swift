import AsyncHTTPClient
import JSON
import NIOCore
import NIOHTTP1
import NIOSSL

/// Asks a gateway once whether it is alive or ready.
///
/// The certificate of an `https` address is not verified: a probe often uses an address that no certificate names, such as
/// 127.0.0.1, and it sends no secret.
package struct HealthProbe: Sendable {
    /// What a probe asks.
    package enum Question: Sendable, Equatable {
        /// Whether the process responds: `/healthz`.
        case alive
        /// Whether it accepts events: `/readyz`.
        case ready

        fileprivate var path: String {
            switch self {
            case .alive: "/healthz"
            case .ready: "/readyz"
            }
        }

        /// What `status` of the response says if all is well.
        fileprivate var goodStatus: String {
            switch self {
            case .alive: "alive"
            case .ready: "ready"
            }
        }
    }

    /// The answer to a probe.
    package enum Result: Sendable, Equatable {
        /// All is well; the text is the gateway's word for it.
        case good(String)
        /// The text says what the gateway responded.
        case bad(String)
    }

    private let client: GatewayClient
    private let timeout: TimeAmount

    /// Longest body of a response that is read, in bytes.
    private static let bodyLimitBytes = 64 << 10

    /// - Parameters:
    ///   - address: scheme, host and port.
    ///   - timeout: for the whole request, with the connection.
    package init(address: String, timeout: Duration) {
        client = GatewayClient(address: address, key: "")
        self.timeout = .nanoseconds(timeout.components.seconds * 1_000_000_000)
    }

    /// Asks.
    /// - Throws: ``GatewayUnreachable`` if no response came within the timeout.
    package func ask(_ question: Question) async throws(GatewayUnreachable) -> Result {
        let http = HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
        let answer: Swift.Result<GatewayClient.Answer, any Error>
        do {
            answer = .success(try await ask(question.path, over: http))
        } catch {
            answer = .failure(error)
        }
        // Nothing is left to lose with its connection.
        try? await http.shutdown()
        switch answer {
        case .success(let answer): return Self.result(answer, of: question)
        case .failure(let error):
            throw GatewayUnreachable(address: client.address, reason: GatewayClient.reason(of: error))
        }
    }

    /// Asks which program the gateway is.
    /// - Returns: nil if no gateway responds.
    package func program() async -> (version: String, commit: String)? {
        let http = HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
        // Whoever asks wants to know no more than that there is none.
        let root = try? await ask(Question.alive.path, over: http).json
        try? await http.shutdown()
        guard root?["status"]?.string == Question.alive.goodStatus, let version = root?["version"]?.string else {
            return nil
        }
        return (version, root?["commit"]?.string ?? "unknown")
    }

    private var configuration: HTTPClient.Configuration {
        var tls = TLSConfiguration.makeClientConfiguration()
        tls.certificateVerification = .none
        var configuration = HTTPClient.Configuration(
            tlsConfiguration: tls,
            redirectConfiguration: .disallow,
            timeout: HTTPClient.Configuration.Timeout(connect: timeout)
        )
        configuration.connectionPool.retryConnectionEstablishment = false
        return configuration
    }

    private func ask(_ path: String, over http: HTTPClient) async throws -> GatewayClient.Answer {
        let deadline = NIODeadline.now() + timeout
        let response = try await http.execute(HTTPClientRequest(url: client.address + path), deadline: deadline)
        let body = try await response.body.collect(upTo: Self.bodyLimitBytes)
        return GatewayClient.Answer(
            status: Int(response.status.code),
            body: Array(body.readableBytesView),
            retryAfter: nil
        )
    }

    private static func result(_ answer: GatewayClient.Answer, of question: Question) -> Result {
        let status = answer.json?["status"]?.string
        if answer.status == 200, status == question.goodStatus { return .good(question.goodStatus) }
        // Something else that listens at the address must not pass for a gateway.
        return .bad(status ?? "responded with status \(answer.status), which is not from a Tollgate gateway")
    }
}
