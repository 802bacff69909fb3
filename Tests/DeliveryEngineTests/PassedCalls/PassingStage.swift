import Events
import NIOCore
import NIOPosix
import Routing
import Telemetry
import Vendors

@testable import DeliveryEngine

/// One vendor, and what passes calls to it, for one test.
struct PassingStage: Sendable {
    static let good = "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\ngood"

    let vendor: RawVendor
    let provider: ProviderConfiguration
    let view: DeliveryView
    let connections: PassedConnections
    private let calls: PassedCalls

    /// - Parameters:
    ///   - act: what the vendor does with each connection.
    ///   - timeout: of the provider, for each step.
    ///   - credential: nil: there is none.
    static func set(
        _ act: @escaping @Sendable (Int) -> RawVendor.Act,
        scheme: String = "http",
        timeout: String = "2m",
        credential: String? = "secret",
        limits: PassedCalls.Limits = PassedCalls.Limits(),
        _ body: (PassingStage) async throws -> Void
    ) async throws {
        let vendor = try RawVendor(act)
        defer { vendor.stop() }
        let stage = try PassingStage(vendor, "\(scheme)://127.0.0.1:\(vendor.port)", timeout, credential, limits)
        try await body(stage)
        try await stage.connections.shutdown()
    }

    private init(
        _ vendor: RawVendor,
        _ address: String,
        _ timeout: String,
        _ credential: String?,
        _ limits: PassedCalls.Limits
    ) throws {
        let text = #"""
            {"version": 1, "providers": {
               "p": {"adapter": "lago", "base_url": "\#(address)", "credential": {"env": "K"}, "timeout": "\#(timeout)",
                     "breaker": {"failures": 2, "pause": "1h"}}},
             "routes": [{"name": "r", "to": [{"provider": "p"}]}], "clients": []}
            """#
        let routes = try RoutesReader(vendors: VendorRegistry.all).read(Array(text.utf8)).routes
        self.vendor = vendor
        provider = routes.providers[0]
        view = DeliveryView()
        connections = PassedConnections(on: MultiThreadedEventLoopGroup.singleton.next())
        calls = PassedCalls(
            over: connections,
            credentials: HTTPVendorCallerTests.Credentials(secret: credential.map { Secret($0) }),
            routes: CurrentRoutes(routes),
            seenBy: view,
            clock: SystemWallClock(),
            limits: limits
        )
    }

    /// Passes a call of the client `c`, and reads its answer to the end.
    /// - Parameters:
    ///   - pieces: of the body.
    ///   - framing: how the body's end is told; nil: by its true length.
    func call(
        _ method: String = "GET",
        _ pieces: [String] = [],
        framing: PassedRequest.Body? = nil,
        endedBy off: PassSwitch = PassSwitch(),
        in trace: TraceContext? = nil
    ) async throws -> String {
        let length = pieces.reduce(0) { $0 + $1.utf8.count }
        let request = PassedRequest(
            method: method,
            path: "/api/v1/customers",
            query: nil,
            headers: [],
            body: framing ?? (length > 0 ? .length(length) : .none)
        )
        let body = AsyncThrowingStream<ByteBuffer, any Error> { stream in
            for piece in pieces { stream.yield(ByteBuffer(string: piece)) }
            stream.finish()
        }
        let answer = try await calls.call(request, body: body, at: provider, for: "c", endedBy: off, in: trace)
        var text = "\(answer.status) "
        while let bytes = try await answer.call.next() { text += String(buffer: bytes) }
        return text
    }
}
