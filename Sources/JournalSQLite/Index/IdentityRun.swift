import Events
import Foundation
import Journal
import JournalFormat

#if canImport(Darwin)
    import Darwin
#else
    import Glibc
#endif

/// The identities of a range of the journal, sorted by hash, in a file that never changes.
///
/// ```
/// header   56 bytes: "TGIRUN02", first, last, entries, pages, key check, XXH64 of the 48 bytes before
/// pages    4096 bytes each: XXH64 of the rest (8), then up to 340 entries: hash (8), sequence number minus first (4)
/// fences   8 bytes per page: the page's first hash
/// tail     8 bytes: XXH64 of the fences
/// ```
/// Numbers are 8 bytes, little-endian. Fences are in memory, a page is read when the index's filter lets a hash pass.
/// A run is made from the journal alone: one that is damaged or missing is made again.
final class IdentityRun: Sendable {
    static let headerBytes = 56
    static let pageBytes = 4096
    static let entryBytes = 12
    static let entriesPerPage = (pageBytes - 8) / entryBytes
    static let magic: UInt64 = 0x3230_4E55_5249_4754

    /// What the first bytes say.
    struct Header: Equatable {
        var first: Int64
        var last: Int64
        var entries: Int
        var pages: Int
        /// A hash under the journal's key, so that a run of another journal is not taken for one of this.
        var keyCheck: UInt64

        /// Whether its numbers can be calculated with, and agree with one another.
        var isSound: Bool {
            let largest = SequenceNumber.largest.rawValue
            guard first > 0, first <= last, last <= largest, last - first <= Int64(UInt32.max) else { return false }
            // Of the events in the range, some may be gone.
            guard entries >= 0, Int64(entries) <= last - first + 1 else { return false }
            return pages == (entries + entriesPerPage - 1) / entriesPerPage
        }

        /// Of the whole file, if the header is sound.
        var size: Int { headerBytes + pages * pageBytes + (pages + 1) * 8 }
    }

    let file: URL
    let range: ClosedRange<Int64>
    let count: Int
    private let pageCount: Int
    private let fences: [UInt64]
    private let descriptor: Int32

    /// - Throws: ``IdentityRunFault`` if the file is not a whole run of this journal.
    init(opening file: URL, keyCheck: UInt64) throws(IdentityRunFault) {
        let descriptor = open(file.path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw .unreadable(errno) }
        var isComplete = false
        defer { if !isComplete { _ = close(descriptor) } }
        let header = try Self.readHeader(descriptor, keyCheck: keyCheck)
        fences = try Self.readFences(descriptor, header)
        self.file = file
        self.descriptor = descriptor
        range = header.first...header.last
        count = header.entries
        pageCount = header.pages
        isComplete = true
    }

    deinit {
        _ = close(descriptor)
    }

    /// The events kept under hashes that agree with `hash` in the bits of `mask`, which must be the upper ones.
    func sequences(of hash: UInt64, mask: UInt64 = ~0) throws(IdentityRunFault) -> [Int64] {
        let wanted = hash & mask
        var found: [Int64] = []
        var page = max(0, firstPage(notBelow: wanted) - 1)
        while page < pageCount, fences[page] & mask <= wanted {
            try withPage(page) { page in
                var index = page.firstIndex(notBelow: wanted)
                while index < page.count, page.hash(at: index) & mask == wanted {
                    found.append(range.lowerBound + page.offset(at: index))
                    index += 1
                }
            }
            page += 1
        }
        return found
    }

    /// The entries of a page, in order.
    func entries(ofPage page: Int) throws(IdentityRunFault) -> [IdentityEntry] {
        var entries: [IdentityEntry] = []
        entries.reserveCapacity(Self.entriesPerPage)
        try withPage(page) { page in
            for index in 0..<page.count {
                let sequence = range.lowerBound + page.offset(at: index)
                entries.append(IdentityEntry(hash: page.hash(at: index), sequence: sequence))
            }
        }
        return entries
    }

    /// Hands over every hash of the run, in order.
    func forEachHash(_ body: (UInt64) -> Void) throws(IdentityRunFault) {
        for page in pages {
            try withPage(page) { page in
                for index in 0..<page.count { body(page.hash(at: index)) }
            }
        }
    }

    private func withPage(_ page: Int, _ body: (IdentityPage) -> Void) throws(IdentityRunFault) {
        let bytes = try Self.read(descriptor, count: Self.pageBytes, at: Self.headerBytes + page * Self.pageBytes)
        try bytes.withUnsafeBufferPointer { (buffer) throws(IdentityRunFault) in
            let raw = UnsafeRawBufferPointer(buffer)
            let content = UnsafeRawBufferPointer(rebasing: raw[8...])
            guard UInt64(littleEndian: raw.loadUnaligned(as: UInt64.self)) == Checksum.of(content) else {
                throw .damaged
            }
            let count = min(Self.entriesPerPage, self.count - page * Self.entriesPerPage)
            let entries = IdentityPage(content: content, count: count)
            guard entries.isSound(upTo: range.upperBound - range.lowerBound) else { throw .damaged }
            body(entries)
        }
    }

    var pages: Range<Int> { 0..<pageCount }

    /// The first page whose first hash is not below `hash`; equal hashes may begin on the page before it.
    private func firstPage(notBelow hash: UInt64) -> Int {
        var (low, high) = (0, pageCount)
        while low < high {
            let middle = (low + high) / 2
            if fences[middle] < hash { low = middle + 1 } else { high = middle }
        }
        return low
    }

    private static func readHeader(_ descriptor: Int32, keyCheck: UInt64) throws(IdentityRunFault) -> Header {
        let bytes = try read(descriptor, count: headerBytes, at: 0)
        let words = words(in: bytes)
        guard words[0] == magic, words[6] == Checksum.of(Array(bytes[..<48])) else { throw .damaged }
        guard words[5] == keyCheck else { throw .foreign }
        let header = Header(
            first: Int64(bitPattern: words[1]),
            last: Int64(bitPattern: words[2]),
            entries: Int(truncatingIfNeeded: words[3]),
            pages: Int(truncatingIfNeeded: words[4]),
            keyCheck: words[5]
        )
        guard header.isSound, header.size == lseek(descriptor, 0, SEEK_END) else { throw .damaged }
        return header
    }

    private static func readFences(_ descriptor: Int32, _ header: Header) throws(IdentityRunFault) -> [UInt64] {
        let count = header.pages * 8
        let bytes = try read(descriptor, count: count + 8, at: headerBytes + header.pages * pageBytes)
        var words = words(in: bytes)
        let checksum = words.removeLast()
        guard checksum == Checksum.of(Array(bytes[..<count])) else { throw .damaged }
        return words
    }

    private static func words(in bytes: [UInt8]) -> [UInt64] {
        bytes.withUnsafeBytes { raw in
            (0..<(raw.count / 8)).map {
                UInt64(littleEndian: raw.loadUnaligned(fromByteOffset: $0 * 8, as: UInt64.self))
            }
        }
    }

    private static func read(_ descriptor: Int32, count: Int, at offset: Int) throws(IdentityRunFault) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: count)
        var done = 0
        while done < count {
            let result = bytes.withUnsafeMutableBytes {
                pread(descriptor, $0.baseAddress! + done, count - done, off_t(offset + done))
            }
            guard result >= 0 else {
                if errno == EINTR { continue }
                throw .unreadable(errno)
            }
            guard result > 0 else { throw .damaged }
            done += result
        }
        return bytes
    }
}

/// Why a run cannot be used.
enum IdentityRunFault: Error, Equatable {
    /// The operating system's error number.
    case unreadable(Int32)
    case damaged
    /// The run belongs to another journal.
    case foreign
}

/// The entries of a page as they lie in memory.
private struct IdentityPage {
    let content: UnsafeRawBufferPointer
    let count: Int

    func hash(at index: Int) -> UInt64 {
        let place = index * IdentityRun.entryBytes
        return UInt64(littleEndian: content.loadUnaligned(fromByteOffset: place, as: UInt64.self))
    }

    /// The sequence number minus the first of the run.
    func offset(at index: Int) -> Int64 {
        let place = index * IdentityRun.entryBytes + 8
        return Int64(UInt32(littleEndian: content.loadUnaligned(fromByteOffset: place, as: UInt32.self)))
    }

    /// Whether no entry leads after the run.
    func isSound(upTo largest: Int64) -> Bool {
        (0..<count).allSatisfy { offset(at: $0) <= largest }
    }

    func firstIndex(notBelow hash: UInt64) -> Int {
        var (low, high) = (0, count)
        while low < high {
            let middle = (low + high) / 2
            if self.hash(at: middle) < hash { low = middle + 1 } else { high = middle }
        }
        return low
    }
}
