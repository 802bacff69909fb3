package import Events

/// How many requests events fill, as the pipeline fills them when enough events wait: the fewest that there can be.
package struct RequestCount: Sendable, Equatable {
    private let batch: BatchLimit
    package private(set) var events = 0
    package private(set) var requests = 0
    /// What the last of the requests carries.
    private var carried = (events: 0, bytes: 0)

    package init(batch: BatchLimit) {
        self.batch = batch
    }

    /// Adds an event with so many bytes in the vendor's format.
    package mutating func add(bytes: Int) {
        events += 1
        if carried.events > 0, carried.events < batch.events, bytes <= batch.room(behind: carried.bytes) {
            carried = (carried.events + 1, carried.bytes + 1 + bytes)
        } else {
            requests += 1
            carried = (1, bytes)
        }
    }

    package static func == (left: RequestCount, right: RequestCount) -> Bool {
        left.batch == right.batch && left.events == right.events && left.requests == right.requests
            && left.carried == right.carried
    }
}
