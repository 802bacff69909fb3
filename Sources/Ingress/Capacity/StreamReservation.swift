import Events
import Synchronization

/// A client's reservation for one stream, released with its last reference.
final class StreamReservation: Sendable {
    private let client: ClientName
    private let capacity: IngressCapacity

    init(of client: ClientName, in capacity: IngressCapacity) throws(Problem) {
        do throws(HolderLimits<ClientName>.LimitReached) {
            try capacity.streams.withLock { (places) throws(HolderLimits<ClientName>.LimitReached) in
                try places.take(for: client)
            }
        } catch {
            switch error {
            case .holderHasAll: throw .clientHasAllStreams
            case .allTaken: throw .tooManyStreams
            }
        }
        self.client = client
        self.capacity = capacity
    }

    deinit {
        capacity.streams.withLock { $0.giveBack(of: client) }
    }
}
