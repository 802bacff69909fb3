import Events
import Journal
import JournalFormat

/// Gathers the columns of consecutive events until they become a segment.
struct ColumnBuilder: Sendable {
    /// How often a name occurs in a segment, and when.
    struct Summary: Sendable {
        static let bytes = 24
        var count: Int64
        var first: Int64
        var last: Int64
    }

    /// From here on the sequence numbers are consecutive.
    struct Run: Sendable {
        static let bytes = 16
        var row: Int64
        var sequence: Int64
    }

    /// What the segment covers so far: from ``first`` to the number before ``next``.
    private(set) var first: Int64
    private(set) var next: Int64
    private let key: SipHash
    private var timestamps: [Int64] = []
    private var names = Texts()
    private var customers = Texts()
    private var subscriptions = Texts()
    private var sources = Texts()
    private var plans: [UInt32] = []
    private var summaries: [Summary] = []
    private var runs: [Run] = []
    private var tenants: Set<UInt32> = []
    private var lastTenant: UInt32 = 0

    /// - Parameters:
    ///   - first: the first sequence number that it covers.
    ///   - key: of the journal's hashes.
    init(first: Int64, key: SipHash) {
        self.first = first
        next = first
        self.key = key
    }

    /// How many events are in it.
    var count: Int { timestamps.count }

    /// Adds a chunk's events, which follow those that are there; what lies between is covered, and has no events.
    mutating func add(_ keys: ChunkKeys, tenants tenantNumbers: [UInt32: UInt32]) {
        let firstSequence = keys.first.rawValue
        if runs.isEmpty || firstSequence != next {
            runs.append(Run(row: Int64(count), sequence: firstSequence))
        }
        var (origin, tenant): (UInt64, UInt32) = (0, 0)
        keys.bytes.withUnsafeBytes { content in
            for event in keys.events {
                if event.origin != origin {
                    origin = event.origin
                    tenant = tenantNumbers[UInt32(clamping: origin)] ?? 0
                }
                add(event, in: content, tenant: tenant)
            }
        }
        next = firstSequence + Int64(keys.events.count)
    }

    /// Covers the numbers up to this one, though there are no events.
    mutating func cover(through last: Int64) {
        next = max(next, last + 1)
        // Whatever comes then does not follow the last event directly.
        if count > 0 { runs.append(Run(row: Int64(count), sequence: next)) }
    }

    /// The segment as it is kept in memory and in a file.
    func encoded(keyCheck: UInt64) -> [UInt8] {
        var parts: [ColumnHeader.Part] = []
        var content: [UInt8] = []
        func append(_ bytes: [UInt8], base: Int64 = 0, width: Int = 0) {
            parts.append(
                ColumnHeader.Part(
                    place: ColumnHeader.bytes + content.count,
                    length: bytes.count,
                    base: base,
                    width: width,
                    checksum: Checksum.of(bytes)
                )
            )
            content += bytes
        }
        let texts = [names, customers, subscriptions, sources]
        let columns =
            [PackedColumn(packing: timestamps)] + texts.map { PackedColumn(packing: $0.numbers) }
            + [PackedColumn(packing: plans)]
        for column in columns { append(column.bytes, base: column.base, width: column.width) }
        for text in texts { append(text.table.encoded) }
        append(Self.bytes(of: summaries.flatMap { [$0.count, $0.first, $0.last] }))
        append(Self.bytes(of: runs.filter { $0.row < count }.flatMap { [$0.row, $0.sequence] }))
        let header = ColumnHeader(
            range: first...max(first, next - 1),
            count: count,
            times: (timestamps.min() ?? 0)...(timestamps.max() ?? 0),
            onlyTenant: tenants.count == 1 ? tenants.first ?? 0 : 0,
            keyCheck: keyCheck,
            parts: parts
        )
        return header.encoded + content
    }

    private mutating func add(_ event: EventKeys, in content: UnsafeRawBufferPointer, tenant: UInt32) {
        if tenant != lastTenant {
            tenants.insert(tenant)
            lastTenant = tenant
        }
        timestamps.append(event.timestamp)
        plans.append(UInt32(clamping: event.plan))
        names.add(event.name, in: content, tenant: tenant, key: key)
        customers.add(event.customer, in: content, tenant: tenant, key: key)
        subscriptions.add(event.subscription, in: content, tenant: tenant, key: key)
        sources.add(event.source, in: content, tenant: tenant, key: key)
        summarize(event.timestamp, under: Int(names.last) - 1)
    }

    private mutating func summarize(_ timestamp: Int64, under name: Int) {
        guard name < summaries.count else {
            return summaries.append(Summary(count: 1, first: timestamp, last: timestamp))
        }
        summaries[name].count += 1
        if timestamp < summaries[name].first { summaries[name].first = timestamp }
        if timestamp > summaries[name].last { summaries[name].last = timestamp }
    }

    private static func bytes(of numbers: [Int64]) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(numbers.count * 8)
        for number in numbers { withUnsafeBytes(of: number.littleEndian) { bytes.append(contentsOf: $0) } }
        return bytes
    }
}

/// A column of texts: the number of each event's text, and the texts.
private struct Texts: Sendable {
    private(set) var numbers: [UInt32] = []
    private(set) var table = TextTable()
    private(set) var last: UInt32 = 0

    mutating func add(_ text: Range<Int>?, in content: UnsafeRawBufferPointer, tenant: UInt32, key: SipHash) {
        if let text {
            last = table.number(of: UnsafeRawBufferPointer(rebasing: content[text]), tenant: tenant, key: key)
        } else {
            last = 0
        }
        numbers.append(last)
    }
}
