import Journal
import JournalFormat

/// Where an identity leads to: its hash and the number of the event that has it.
struct IdentityEntry: Comparable, Sendable {
    var hash: UInt64
    /// 0 marks a free place of a table, because sequence numbers start at 1.
    var sequence: Int64

    static func < (left: Self, right: Self) -> Bool {
        left.hash == right.hash ? left.sequence < right.sequence : left.hash < right.hash
    }
}

/// The identities of the newest events: an open-addressed table in memory, at most five eighths full.
///
/// Several events may share a hash, by chance or because a look-up has not compared the events themselves yet.
struct IdentityTable: Sendable {
    private(set) var count = 0
    /// Events whose id has a scope: they are looked for by the shared part of the hash, too.
    private(set) var scoped: [IdentityEntry] = []
    private var places: [IdentityEntry]
    private var mask: Int

    init(expecting entries: Int = 1024) {
        var size = 1024
        while Self.isFull(entries, of: size) { size *= 2 }
        places = [IdentityEntry](repeating: IdentityEntry(hash: 0, sequence: 0), count: size)
        mask = size - 1
    }

    /// All entries, in no order.
    var entries: some Sequence<IdentityEntry> { places.lazy.filter { $0.sequence != 0 } }

    /// All entries, sorted.
    ///
    /// Hashes are spread evenly, so that each goes at once to about the place it gets in the end, and only neighbours are compared.
    var sorted: [IdentityEntry] {
        let bits = max(1, Int.bitWidth - count.leadingZeroBitCount)
        var ends = [Int](repeating: 0, count: 1 << bits)
        func bucket(_ entry: IdentityEntry) -> Int { Int(entry.hash >> UInt64(64 - bits)) }
        for entry in places where entry.sequence != 0 { ends[bucket(entry)] += 1 }
        var end = 0
        for index in ends.indices {
            // Where the bucket starts; it moves to its end while the entries come in.
            (ends[index], end) = (end, end + ends[index])
        }
        var entries = [IdentityEntry](repeating: IdentityEntry(hash: 0, sequence: 0), count: end)
        for entry in places where entry.sequence != 0 {
            let bucket = bucket(entry)
            entries[ends[bucket]] = entry
            ends[bucket] += 1
        }
        var start = 0
        for end in ends {
            if end - start > 1 { entries[start..<end].sort() }
            start = end
        }
        return entries
    }

    /// Looks once at where each of these would be.
    ///
    /// The looks do not wait for one another, as those of searching and inserting do, so that memory answers many at a time and
    /// the table's places are in the cache when they are needed.
    /// - Returns: a number that means nothing, so that the looks are not left out.
    func touch(_ identities: ArraySlice<EventIdentity>) -> Int64 {
        var seen: Int64 = 0
        for identity in identities { seen |= places[Int(truncatingIfNeeded: identity.hash) & mask].sequence }
        return seen
    }

    /// Whether the table has this hash, and if so, all that have it.
    func sequences(of hash: UInt64) -> [Int64] {
        var found: [Int64] = []
        var index = Int(truncatingIfNeeded: hash) & mask
        while places[index].sequence != 0 {
            if places[index].hash == hash { found.append(places[index].sequence) }
            index = (index + 1) & mask
        }
        return found
    }

    mutating func insert(_ hash: UInt64, _ sequence: Int64, isScoped: Bool) {
        if Self.isFull(count, of: places.count) { grow() }
        place(IdentityEntry(hash: hash, sequence: sequence))
        count += 1
        if isScoped { scoped.append(IdentityEntry(hash: hash, sequence: sequence)) }
    }

    /// Takes back an insertion, the last ones first.
    mutating func remove(_ hash: UInt64, _ sequence: Int64) {
        let entry = IdentityEntry(hash: hash, sequence: sequence)
        var index = Int(truncatingIfNeeded: hash) & mask
        while places[index] != entry {
            guard places[index].sequence != 0 else { return }
            index = (index + 1) & mask
        }
        count -= 1
        if scoped.last == entry { scoped.removeLast() }
        close(gap: index)
    }

    /// Moves later entries of the same cluster up, so that none is cut off from the place where its search begins.
    private mutating func close(gap start: Int) {
        var gap = start
        var index = (gap + 1) & mask
        while places[index].sequence != 0 {
            let home = Int(truncatingIfNeeded: places[index].hash) & mask
            if (index - home) & mask >= (index - gap) & mask {
                places[gap] = places[index]
                gap = index
            }
            index = (index + 1) & mask
        }
        places[gap] = IdentityEntry(hash: 0, sequence: 0)
    }

    /// Empties the table, and keeps its memory.
    mutating func removeAll() {
        count = 0
        scoped.removeAll(keepingCapacity: true)
        for index in places.indices { places[index] = IdentityEntry(hash: 0, sequence: 0) }
    }

    private mutating func place(_ entry: IdentityEntry) {
        var index = Int(truncatingIfNeeded: entry.hash) & mask
        while places[index].sequence != 0 { index = (index + 1) & mask }
        places[index] = entry
    }

    private static func isFull(_ count: Int, of size: Int) -> Bool { count * 8 >= size * 5 }

    private mutating func grow() {
        let old = places
        places = [IdentityEntry](repeating: IdentityEntry(hash: 0, sequence: 0), count: old.count * 2)
        mask = places.count - 1
        for entry in old where entry.sequence != 0 { place(entry) }
    }
}
