package import NIOCore
package import NIOSSL
import Transport

/// A thread on which pipelines and their connections to the vendors live together.
///
/// What a call brings back is worked on where it arrives, so that a delivery costs no change of threads; the gateway's own clients are
/// served elsewhere, so that neither starves the other.
package struct DeliveryLane: Sendable {
    let executor: EventLoopExecutor
    /// Call vendors over connections of this lane.
    package let clients: VendorClients

    /// - Parameter roots: certificate authorities beside those that the system knows.
    package init(_ eventLoop: any EventLoop, trusting roots: [NIOSSLCertificate] = []) {
        executor = EventLoopExecutor(eventLoop)
        clients = VendorClients(on: eventLoop, trusting: roots)
    }
}
