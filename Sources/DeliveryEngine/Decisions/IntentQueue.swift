import Events

/// Claimed events whose intent to send is not durable yet; only for vendors that need one.
struct IntentQueue: Sendable {
    private var fresh: [DeliveryItem] = []
    private var repeated: [DeliveryItem] = []
    private var writing: [DeliveryItem] = []
    private(set) var freshBytes = 0
    private(set) var repeatedBytes = 0

    /// How many new events wait, without those whose intent is being written.
    var freshCount: Int { fresh.count }
    var repeatedCount: Int { repeated.count }
    /// When the oldest new event was accepted; nil if there is none.
    var oldestFresh: Timestamp? { fresh.first?.acceptedAt }
    var count: Int { fresh.count + repeated.count + writing.count }
    var bytes: Int { freshBytes + repeatedBytes + writing.reduce(0) { $0 + $1.bytes } }
    var isWriting: Bool { !writing.isEmpty }

    mutating func append(_ item: DeliveryItem) {
        if item.standing == .fresh {
            fresh.append(item)
            freshBytes += item.bytes
        } else {
            repeated.append(item)
            repeatedBytes += item.bytes
        }
    }

    /// The events whose intent is to be written now; nil if there are none. ``end(succeeded:)`` must follow.
    ///
    /// Retries get at most half of the window while new events wait.
    /// - Parameters:
    ///   - window: how many events may have an unknown outcome after a crash.
    ///   - waiting: how many already wait for a request.
    mutating func begin(window: Int, waiting: Int) -> [SequenceNumber]? {
        guard writing.isEmpty, !fresh.isEmpty || !repeated.isEmpty, waiting < window / 2 else { return nil }
        let old = min(repeated.count, max(window / 2, window - fresh.count))
        let new = min(fresh.count, window - old)
        writing = Array(repeated.prefix(old) + fresh.prefix(new))
        repeated.removeFirst(old)
        fresh.removeFirst(new)
        recount()
        return writing.map(\.sequence)
    }

    /// Like ``begin(window:waiting:)``, but takes one new event, for a probe.
    mutating func begin(freshAt index: Int) -> [SequenceNumber]? {
        guard writing.isEmpty, fresh.indices.contains(index) else { return nil }
        writing = [fresh.remove(at: index)]
        recount()
        return writing.map(\.sequence)
    }

    /// The intent is on disk, or could not be written.
    /// - Returns: the events that may be sent.
    mutating func end(succeeded: Bool) -> [DeliveryItem] {
        defer { writing = [] }
        if succeeded { return writing }
        fresh.insert(contentsOf: writing.filter { $0.standing == .fresh }, at: 0)
        repeated.insert(contentsOf: writing.filter { $0.standing != .fresh }, at: 0)
        recount()
        return []
    }

    /// Takes all waiting events, to return them unsent.
    mutating func removeAll() -> [DeliveryItem] {
        defer { (fresh, repeated, freshBytes, repeatedBytes) = ([], [], 0, 0) }
        return repeated + fresh
    }

    private mutating func recount() {
        freshBytes = fresh.reduce(0) { $0 + $1.bytes }
        repeatedBytes = repeated.reduce(0) { $0 + $1.bytes }
    }
}
