import AsyncHTTPClient
import Foundation
package import JSON
import NIOCore
package import NIOHTTP1
import NIOPosix

/// Calls the gateway's HTTP API.
package struct GatewayClient: Sendable {
    /// Scheme, host and port, without a trailing slash.
    package let address: String
    private let key: String

    /// Connection failures are reported at once; the caller decides about retries.
    private static let http: HTTPClient = {
        var configuration = HTTPClient.Configuration(timeout: HTTPClient.Configuration.Timeout(connect: .seconds(10)))
        configuration.connectionPool.retryConnectionEstablishment = false
        return HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
    }()

    /// - Parameter address: scheme, host and port; trailing slashes are ignored.
    package init(address: String, key: String) {
        var address = address
        while address.hasSuffix("/") { address.removeLast() }
        self.address = address
        self.key = key
    }

    /// What the gateway answered.
    package struct Answer: Sendable {
        package let status: Int
        package let body: [UInt8]
        /// Seconds of `Retry-After`.
        package let retryAfter: Int?

        /// The body as JSON; nil if it is not.
        package var json: JSONValue? {
            do {
                return try JSONDocument(parsing: body).root
            } catch {
                return nil
            }
        }

        /// A problem's detail, or the status if the response is not a problem.
        package var problem: String {
            json?["detail"]?.string ?? "the gateway responded with status \(status)"
        }
    }

    /// Follows a stream of server-sent events until the gateway or the caller ends it.
    /// - Parameters:
    ///   - id: of the last message that came, to miss none after it.
    ///   - body: is given each message; false ends the stream.
    /// - Throws: ``StreamRefused`` if there is none or a message is too large, or ``GatewayUnreachable`` if it was interrupted.
    package func follow(_ path: String, after id: String?, _ body: (StreamMessage) -> Bool) async throws {
        var request = HTTPClientRequest(url: address + path)
        request.headers.add(name: "Authorization", value: "Bearer \(key)")
        if let id { request.headers.add(name: "Last-Event-ID", value: id) }
        do {
            let response = try await Self.http.execute(request, deadline: .distantFuture)
            guard response.status == .ok else {
                let body = try await response.body.collect(upTo: 1 << 20)
                let status = Int(response.status.code)
                let answer = Answer(status: status, body: Array(body.readableBytesView), retryAfter: nil)
                throw StreamRefused(problem: answer.problem)
            }
            var reader = EventStreamReader()
            for try await part in response.body {
                for message in try reader.read(part.readableBytesView) {
                    guard body(message) else { return }
                }
            }
        } catch let refused as StreamRefused {
            throw refused
        } catch {
            throw GatewayUnreachable(address: address, reason: Self.reason(of: error))
        }
    }

    /// Sends one request.
    /// - Throws: ``GatewayUnreachable`` if no answer came.
    package func call(
        _ method: HTTPMethod,
        _ path: String,
        body: [UInt8]? = nil,
        contentType: String = "application/json"
    ) async throws(GatewayUnreachable) -> Answer {
        var request = HTTPClientRequest(url: address + path)
        request.method = method
        request.headers.add(name: "Authorization", value: "Bearer \(key)")
        if let body {
            request.headers.add(name: "Content-Type", value: contentType)
            request.body = .bytes(ByteBuffer(bytes: body))
        }
        do {
            let response = try await Self.http.execute(request, timeout: .seconds(60))
            let received = try await response.body.collect(upTo: 256 << 20)
            return Answer(
                status: Int(response.status.code),
                body: Array(received.readableBytesView),
                retryAfter: response.headers.first(name: "retry-after").flatMap { Int($0) }
            )
        } catch {
            throw GatewayUnreachable(address: address, reason: Self.reason(of: error))
        }
    }
}

extension GatewayClient {
    /// Why no response came; if no connection could be made, as the operating system says it.
    static func reason(of error: any Error) -> String {
        switch error {
        case let error as HTTPClientError: error.shortDescription
        case let error as NIOConnectionError:
            error.connectionErrors.first.map { reason(of: $0.error) } ?? "its name could not be resolved"
        case let error as IOError: String(cString: strerror(error.errnoCode)).lowercased()
        default: "\(error)"
        }
    }
}

/// The gateway did not answer.
package struct GatewayUnreachable: Error, Sendable, CustomStringConvertible {
    package let address: String
    package let reason: String

    package var description: String {
        "the gateway at \(address) did not respond (\(reason)). Is it running? Set its address with --url or TOLLGATE_URL."
    }
}
