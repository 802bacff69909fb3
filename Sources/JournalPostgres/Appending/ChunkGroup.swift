import Events
import Journal
import JournalFormat

/// The chunks of one append, and the numbers of their events.
struct ChunkGroup: Sendable {
    private(set) var chunks: [WrittenChunk] = []
    /// The number of each accepted event, in their order.
    private(set) var numbers: [Int64] = []

    /// - Parameters:
    ///   - slot: gives each chunk its number.
    ///   - limitBytes: bytes of events after which a chunk ends.
    init(
        _ accepted: [GroupDecision.Accepted],
        of requests: [PreparedAppend],
        numberedBy slot: inout SlotNumbers,
        at now: Timestamp,
        names: NameTable,
        limitBytes: Int
    ) {
        var open: OpenChunk?
        func close() {
            if let open { chunks.append(open.finish(names)) }
            open = nil
        }
        var rest = accepted[...]
        while let first = rest.first {
            let encoded = requests[first.request].encoded
            if let chunk = open, chunk.count >= SlotNumbers.mostInChunk || chunk.frameBytes >= limitBytes { close() }
            var chunk = open ?? OpenChunk(first: slot.next(at: now), capacity: encoded.frames.count)
            let room = SlotNumbers.mostInChunk - chunk.count
            let count = Self.runLength(of: rest.prefix(room), in: encoded, limitBytes: limitBytes)
            for offset in 0..<count { numbers.append(chunk.first + Int64(chunk.count + offset)) }
            chunk.add(first.event..<(first.event + count), of: encoded)
            open = chunk
            rest = rest.dropFirst(count)
        }
        close()
    }

    /// How many of the first of these stand side by side in a request and share a plan, up to a size: mostly the whole request.
    private static func runLength(
        of accepted: ArraySlice<GroupDecision.Accepted>,
        in encoded: EncodedEvents,
        limitBytes: Int
    ) -> Int {
        guard let first = accepted.first else { return 0 }
        let start = encoded.range(of: first.event).lowerBound
        var count = 1
        for next in accepted.dropFirst() {
            guard next.request == first.request, next.event == first.event + count,
                encoded.plans[next.event] == encoded.plans[first.event],
                encoded.range(of: next.event).lowerBound - start < limitBytes
            else { break }
            count += 1
        }
        return count
    }
}

/// A chunk as it goes into the database, and as it is remembered afterwards.
struct WrittenChunk: Sendable {
    /// The earliest and the latest time of acceptance, in milliseconds.
    let accepted: ClosedRange<Int64>
    /// The accounts that get events of it, and how many each.
    let accounts: [(number: Int32, events: Int16)]
    let content: [UInt8]
    let events: ChunkEvents
}

/// A chunk that still grows.
private struct OpenChunk {
    let first: Int64
    private var builder: ChunkBuilder
    private var events: [AcceptedEvent] = []
    private var sizes: [Int] = []
    private var plans: [(number: UInt32, events: Int16)] = []
    private var accepted: ClosedRange<Int64>?

    init(first: Int64, capacity: Int) {
        self.first = first
        builder = ChunkBuilder(first: SequenceNumber(first), capacity: capacity)
    }

    var count: Int { events.count }
    var frameBytes: Int { builder.frameBytes }

    mutating func add(_ range: Range<Int>, of encoded: EncodedEvents) {
        let start = encoded.range(of: range.lowerBound).lowerBound
        let end = encoded.range(of: range.upperBound - 1).upperBound
        builder.append(encoded.frames[start..<end], count: range.count)
        events += encoded.events[range]
        for index in range {
            sizes.append(encoded.range(of: index).count)
            let time = encoded.events[index].acceptedAt.milliseconds
            accepted = accepted.map { min($0.lowerBound, time)...max($0.upperBound, time) } ?? time...time
        }
        let (plan, added) = (encoded.plans[range.lowerBound], Int16(range.count))
        if let known = plans.firstIndex(where: { $0.number == plan }) {
            plans[known].events += added
        } else {
            plans.append((plan, added))
        }
    }

    consuming func finish(_ names: NameTable) -> WrittenChunk {
        var counts: [Int32: Int16] = [:]
        for (number, events) in plans {
            for account in names.plans[number]?.accounts ?? [] { counts[account, default: 0] += events }
        }
        let (first, finished) = (builder.first, builder.finishPacked())
        return WrittenChunk(
            accepted: accepted ?? 0...0,
            accounts: counts.sorted { $0.key < $1.key }.map { ($0.key, $0.value) },
            content: finished.stored,
            events: ChunkEvents(first: first, events: events, sizes: sizes)
        )
    }
}
