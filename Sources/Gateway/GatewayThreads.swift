import DeliveryEngine
import NIOCore
import NIOPosix
import NIOSSL
import VendorReads

/// The threads that talk to vendors, with their connections.
struct GatewayThreads: Sendable {
    /// Separate threads, so that the system's scheduler divides the cores between deliveries and clients.
    let lanes: [DeliveryLane]
    /// Clients' reads have their own connections, so that reads that hang do not affect deliveries.
    let readers: VendorClients
    /// Passed calls have their own thread as well: large responses take time.
    let passConnections: PassedConnections

    private let group: MultiThreadedEventLoopGroup
    private let passThread: MultiThreadedEventLoopGroup

    init(trusting trusted: [NIOSSLCertificate]) {
        group = MultiThreadedEventLoopGroup(numberOfThreads: System.coreCount)
        passThread = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        lanes = group.makeIterator().map { DeliveryLane($0, trusting: trusted) }
        readers = VendorClients(on: group.next(), trusting: trusted, mostConnections: 16)
        passConnections = PassedConnections(on: passThread.next(), trusting: trusted)
    }

    /// Closes the connections and ends the threads, once they are no longer used.
    func shutdown() async throws {
        for lane in lanes { try await lane.clients.shutdown() }
        try await readers.shutdown()
        try await passConnections.shutdown()
        try await passThread.shutdownGracefully()
        try await group.shutdownGracefully()
    }
}
