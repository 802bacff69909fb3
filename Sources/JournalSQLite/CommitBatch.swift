import Events
import Journal
import JournalFormat

/// All that one commit is going to change, collected while its transaction is open.
struct CommitBatch {
    /// The names as they were when the commit began; every operation of it uses known ones.
    let names: NameTable
    /// The newest event, those of this commit included.
    private(set) var newest: Int64
    private var acceptances: [Acceptance] = []
    private(set) var chunks: [WrittenChunk] = []
    var damage: [ChunkDamage] = []
    var hasSettled = false
    /// Intents of this very commit.
    var intended: [ProviderName: Set<Int64>] = [:]
    /// Leases that become valid with the commit.
    var newLeases: [AccountLease] = []
    /// Ranges that retention removed.
    var removed: [ClosedRange<Int64>] = []
    /// What changes in memory after the commit.
    var effects: [(ProviderLedger) -> Void] = []
    /// Wakes the callers after the commit.
    var answers: [() -> Void] = []

    private let chunkBytes: Int
    private var open: OpenChunk?

    init(newest: Int64, names: NameTable, chunkBytes: Int) {
        self.newest = newest
        self.names = names
        self.chunkBytes = chunkBytes
    }

    /// About what the commit adds to the write-ahead log.
    var estimatedBytes: Int {
        chunks.reduce(8192) { $0 + $1.content.count } + effects.count * 512
    }

    /// What this commit put into the index.
    var entries: [IdentityEntry] { acceptances.flatMap(\.entries) }

    /// An event of this commit.
    func event(at sequence: Int64) -> AcceptedEvent? {
        let acceptance = acceptances.last { $0.next - Int64($0.indices.count) <= sequence }
        return acceptance?.event(at: sequence)
    }

    /// Adds a request's new events to this commit.
    mutating func add(_ acceptance: Acceptance) {
        guard !acceptance.indices.isEmpty else { return }
        acceptances.append(acceptance)
        var rest = acceptance.indices[...]
        while let first = rest.first {
            let count = acceptance.append.runLength(of: rest, limitBytes: chunkBytes)
            add(first..<(first + count), of: acceptance.append.encoded)
            rest = rest.dropFirst(count)
        }
    }

    /// Closes the last chunk, so that ``chunks`` has all of them.
    mutating func finishChunks() {
        if let open { chunks.append(open.finish(names)) }
        open = nil
    }

    /// Adds neighbours that share a plan.
    private mutating func add(_ range: Range<Int>, of encoded: EncodedEvents) {
        if let open, open.frameBytes >= chunkBytes { finishChunks() }
        var chunk = open ?? OpenChunk(first: newest + 1, capacity: encoded.frames.count)
        open = nil
        chunk.add(range, of: encoded)
        open = chunk
        newest += Int64(range.count)
    }
}

extension PreparedAppend {
    /// How many of the first of these events stand side by side and share a plan, up to a size: mostly the whole request.
    fileprivate func runLength(of indices: ArraySlice<Int>, limitBytes: Int) -> Int {
        let first = indices[indices.startIndex]
        let start = encoded.range(of: first).lowerBound
        var count = 1
        for next in indices.dropFirst() {
            guard next == first + count, encoded.plans[next] == encoded.plans[first],
                encoded.range(of: next).lowerBound - start < limitBytes
            else { break }
            count += 1
        }
        return count
    }
}

/// A chunk as it goes into the database, and as it is remembered afterwards.
struct WrittenChunk {
    /// The earliest and the latest time of acceptance, in milliseconds.
    let accepted: ClosedRange<Int64>
    let providers: ProviderCounts
    /// What is stored of it.
    let content: [UInt8]
    let frames: ChunkFrames
    let events: ChunkEvents

    var range: ClosedRange<Int64> { events.first.rawValue...events.last.rawValue }
}

/// A chunk that still grows.
private struct OpenChunk {
    private var builder: ChunkBuilder
    private var events: [AcceptedEvent] = []
    private var sizes: [Int] = []
    private var plans: [(number: UInt32, events: Int)] = []
    private var accepted: ClosedRange<Int64>?

    init(first: Int64, capacity: Int) {
        builder = ChunkBuilder(first: SequenceNumber(first), capacity: capacity)
    }

    var frameBytes: Int { builder.frameBytes }

    mutating func add(_ range: Range<Int>, of encoded: EncodedEvents) {
        let start = encoded.range(of: range.lowerBound).lowerBound
        let end = encoded.range(of: range.upperBound - 1).upperBound
        builder.append(encoded.frames[start..<end], count: range.count)
        if events.isEmpty, range == encoded.events.indices {
            // A request that is a chunk of its own: its events need not be copied.
            events = encoded.events
        } else {
            events += encoded.events[range]
        }
        for index in range {
            sizes.append(encoded.range(of: index).count)
            let time = encoded.events[index].acceptedAt.milliseconds
            accepted = accepted.map { min($0.lowerBound, time)...max($0.upperBound, time) } ?? time...time
        }
        let plan = encoded.plans[range.lowerBound]
        if let known = plans.firstIndex(where: { $0.number == plan }) {
            plans[known].events += range.count
        } else {
            plans.append((plan, range.count))
        }
    }

    consuming func finish(_ names: NameTable) -> WrittenChunk {
        var providers = ProviderCounts()
        for (number, count) in plans {
            for provider in names.plans[number]?.providers ?? [] { providers.add(count, for: provider) }
        }
        let first = builder.first
        let finished = builder.finishPacked()
        return WrittenChunk(
            accepted: accepted ?? 0...0,
            providers: providers,
            content: finished.stored,
            frames: finished.frames,
            events: ChunkEvents(first: first, events: events, sizes: sizes)
        )
    }
}
