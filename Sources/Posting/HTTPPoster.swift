import AsyncHTTPClient
import NIOCore
import NIOHTTP1
import NIOPosix
package import NIOSSL
import Synchronization

/// Posts small bodies to servers that are not vendors: receivers of notifications, collectors of traces.
///
/// It follows no redirect, sends nothing twice, and waits no longer than its timeout, whatever the server does.
package final class HTTPPoster: Sendable {
    private let configuration: HTTPClient.Configuration
    private let timeout: Duration
    /// Made for the first request, so that nobody who posts nothing has its threads.
    private let client = Mutex<HTTPClient?>(nil)

    /// Longest body of a response that is read, in bytes: only its status matters.
    private static let mostAnswerBytes = 64 << 10

    /// How a request ended.
    package enum End: Sendable, Equatable {
        case answered(status: Int)
        /// There was no response; the text says why, without the address.
        case failed(String)
    }

    /// - Parameters:
    ///   - roots: certificate authorities beside those that the system knows.
    ///   - timeout: for a whole request, with its connection.
    package init(trusting roots: [NIOSSLCertificate] = [], timeout: Duration = .seconds(10)) {
        var tls = TLSConfiguration.makeClientConfiguration()
        if !roots.isEmpty { tls.additionalTrustRoots = [.certificates(roots)] }
        let amount = TimeAmount(timeout)
        var configuration = HTTPClient.Configuration(
            tlsConfiguration: tls,
            redirectConfiguration: .disallow,
            timeout: HTTPClient.Configuration.Timeout(connect: amount)
        )
        configuration.connectionPool.retryConnectionEstablishment = false
        self.configuration = configuration
        self.timeout = timeout
    }

    private var http: HTTPClient {
        client.withLock { client in
            let made = client ?? HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
            client = made
            return made
        }
    }

    /// Posts once.
    package func post(_ body: [UInt8], to address: String, _ fields: [(name: String, value: String)]) async -> End {
        var request = HTTPClientRequest(url: address)
        request.method = .POST
        request.headers = HTTPHeaders([("User-Agent", "tollgate")] + fields.map { ($0.name, $0.value) })
        request.body = .bytes(ByteBuffer(bytes: body))
        return await withTaskGroup(of: End.self) { [request] group in
            group.addTask { await self.exchange(request) }
            // The client's own timeout ends with the head of the response.
            group.addTask {
                do {
                    try await Task.sleep(for: self.timeout)
                    return .failed("it timed out")
                } catch {
                    return .failed("the gateway is stopping")
                }
            }
            defer { group.cancelAll() }
            return await group.next() ?? .failed("the gateway is stopping")
        }
    }

    private func exchange(_ request: HTTPClientRequest) async -> End {
        do {
            let response = try await http.execute(request, timeout: TimeAmount(timeout))
            var received = 0
            for try await part in response.body {
                received += part.readableBytes
                if received > Self.mostAnswerBytes { break }
            }
            return .answered(status: Int(response.status.code))
        } catch {
            return .failed(Self.reason(error))
        }
    }

    /// Ends the connections. Nothing may be posted afterwards.
    package func shutdown() async {
        // Nothing is left to lose with them.
        try? await client.withLock { $0 }?.shutdown()
    }

    /// Only texts of types that quote no address.
    private static func reason(_ error: any Error) -> String {
        switch error {
        case let error as HTTPClientError: error.shortDescription
        case let error as NIOConnectionError:
            error.connectionErrors.first.map { reason($0.error) } ?? "its name could not be resolved"
        case let error as IOError: error.description
        case is CancellationError: "the gateway is stopping"
        default: String(describing: type(of: error))
        }
    }
}
