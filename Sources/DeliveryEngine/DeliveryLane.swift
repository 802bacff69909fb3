package import NIOCore
package import NIOSSL
import Transport

/// A thread that runs pipelines together with their connections to the vendors.
///
/// The result of a call is processed where it arrives, so that a delivery needs no change of threads. The gateway's own clients are
/// served by other threads, so that neither starves the other.
package struct DeliveryLane: Sendable {
    let executor: EventLoopExecutor
    /// Make calls to vendors over connections of this lane.
    package let clients: VendorClients

    /// - Parameter roots: certificate authorities in addition to the system's.
    package init(_ eventLoop: any EventLoop, trusting roots: [NIOSSLCertificate] = []) {
        executor = EventLoopExecutor(eventLoop)
        clients = VendorClients(on: eventLoop, trusting: roots)
    }
}
