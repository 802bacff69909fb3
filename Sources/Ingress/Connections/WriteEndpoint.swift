import Acceptance
import Access
import DeliveryEngine
import Foundation
import HTTPTypes
import NIOCore
import Telemetry

/// `POST /v1/events` in its plainest form, from head and body to the response, without a server in between.
///
/// A class, like the parts below it: each request takes one reference to it, instead of one to everything in it.
final class WriteEndpoint: Sendable {
    /// Why a write's body may be collected before anything is checked.
    enum Gathering {
        /// It is small enough to be collected from any client.
        case fromAnybody
        case from(Caller)

        /// The sender of the write, if known.
        var caller: Caller? {
            if case .from(let caller) = self { caller } else { nil }
        }
    }

    let bodyLimitBytes: Int
    let writing: WriteHandler
    let envelope: Envelope
    let bodies: BodyBudget

    /// Without a valid key no more than this is read of a body.
    private static let strangersBodyBytes = 16 << 10

    init(bodyLimitBytes: Int, writing: WriteHandler, envelope: Envelope, bodies: BodyBudget) {
        self.bodyLimitBytes = bodyLimitBytes
        self.writing = writing
        self.envelope = envelope
        self.bodies = bodies
    }

    /// An unauthenticated body is buffered only if it is small, and the body of a client that waits for 100 (Continue) only if it would be read.
    /// - Returns: nil if the write takes the general path, where the client is told what is wrong.
    func gathering(_ write: PlainWrite, from address: SocketAddress?) -> Gathering? {
        if write.length <= Self.strangersBodyBytes, !write.expectsContinue { return .fromAnybody }
        guard let key = PresentedKey.of(authorization: write.authorization, apiKey: write.apiKey),
            let caller = envelope.gatekeeper.caller(holding: key, from: address)
        else { return nil }
        guard write.expectsContinue else { return .from(caller) }
        do {
            _ = try WriteHandler.layout(of: write.contentType)
            return caller.client.may(.writeEvents) ? .from(caller) : nil
        } catch {
            return nil
        }
    }

    /// The response to a write whose body is not read: reading it timed out, or there is no memory for it.
    func refuse(_ write: PlainWrite, because problem: Problem, from address: SocketAddress?) -> EndpointResponse {
        envelope.refuse(
            IncomingRequest(write, from: address),
            countedAs: Endpoint.write.metricsClass,
            on: CanonicalSurface(write),
            because: problem
        )
    }

    /// The response to a write, in every case.
    /// - Parameters:
    ///   - caller: its sender, if known.
    ///   - address: where it comes from.
    nonisolated(nonsending) func respond(
        to write: PlainWrite,
        _ body: [UInt8],
        of caller: Caller?,
        from address: SocketAddress?
    ) async -> EndpointResponse {
        let surface = CanonicalSurface(write)
        return await envelope.respond(
            to: IncomingRequest(write, from: address),
            countedAs: Endpoint.write.metricsClass,
            on: surface
        ) { entry in
            let caller = try await envelope.admit(
                caller,
                on: surface,
                from: address,
                needing: Endpoint.write.scope,
                into: &entry
            )
            let layout = try WriteHandler.layout(of: write.contentType)
            let options = WriteHandler.Options(layout: layout, trace: entry.trace)
            return try await writing.respond(to: body, options, from: caller.client)
        }
    }
}

extension IncomingRequest {
    fileprivate init(_ write: PlainWrite, from address: SocketAddress?) {
        self.init(
            method: "POST",
            path: "/v1/events",
            requestID: write.requestID,
            traceParent: write.traceParent,
            address: address
        )
    }
}

extension CanonicalSurface {
    fileprivate init(_ write: PlainWrite) {
        self.init(authorization: write.authorization, apiKey: write.apiKey)
    }
}
