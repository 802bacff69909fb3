import Foundation
import Journal
import JournalFormat

#if canImport(Darwin)
    import Darwin
#else
    import Glibc
#endif

/// Writes a run page by page: first to a temporary name, flushed, then renamed, so that a crash leaves no half run.
struct IdentityRunWriter {
    /// What the run is called when it is finished.
    let file: URL
    private let temporary: URL
    private let handle: FileHandle
    private let range: ClosedRange<Int64>
    private let keyCheck: UInt64
    private var fences: [UInt64] = []
    private var page = [UInt8](repeating: 0, count: IdentityRun.pageBytes)
    private var entriesInPage = 0
    private var waiting: [UInt8] = []
    private var count = 0

    private static let bytesPerWrite = 256 << 10

    /// - Parameter names: of files that must not be replaced.
    init(folder: URL, range: ClosedRange<Int64>, keyCheck: UInt64, besides names: [String] = []) throws {
        let name = Self.name(of: range)
        file = folder.appending(path: names.contains(name) ? "again-\(name)" : name)
        temporary = file.appendingPathExtension("new")
        guard FileManager.default.createFile(atPath: temporary.path, contents: nil, attributes: FolderPermissions.file)
        else {
            throw CocoaError(.fileWriteUnknown)
        }
        handle = try FileHandle(forWritingTo: temporary)
        self.range = range
        self.keyCheck = keyCheck
        waiting = [UInt8](repeating: 0, count: IdentityRun.headerBytes)
    }

    static func name(of range: ClosedRange<Int64>) -> String {
        "\(range.lowerBound)-\(range.upperBound).run"
    }

    /// Adds the next entry; they must come sorted.
    mutating func append(_ entry: IdentityEntry) throws {
        if entriesInPage == 0 { fences.append(entry.hash) }
        let place = 8 + entriesInPage * IdentityRun.entryBytes
        let offset = UInt32(entry.sequence - range.lowerBound)
        page.withUnsafeMutableBytes { page in
            page.storeBytes(of: entry.hash.littleEndian, toByteOffset: place, as: UInt64.self)
            page.storeBytes(of: offset.littleEndian, toByteOffset: place + 8, as: UInt32.self)
        }
        count += 1
        entriesInPage += 1
        if entriesInPage == IdentityRun.entriesPerPage { try endPage() }
    }

    /// Writes the rest and gives the file its name.
    consuming func finish() throws {
        if entriesInPage > 0 { try endPage() }
        var tail: [UInt8] = []
        tail.reserveCapacity((fences.count + 1) * 8)
        for fence in fences { Self.append(fence, to: &tail) }
        Self.append(Checksum.of(tail), to: &tail)
        try handle.write(contentsOf: waiting)
        try handle.write(contentsOf: tail)
        try handle.seek(toOffset: 0)
        try handle.write(contentsOf: header)
        try handle.synchronize()
        try handle.close()
        guard rename(temporary.path, file.path) == 0 else {
            throw POSIXError(POSIXErrorCode(rawValue: errno) ?? .EIO)
        }
    }

    private var header: [UInt8] {
        var header: [UInt8] = []
        Self.append(IdentityRun.magic, to: &header)
        Self.append(range.lowerBound, to: &header)
        Self.append(range.upperBound, to: &header)
        Self.append(UInt64(count), to: &header)
        Self.append(UInt64(fences.count), to: &header)
        Self.append(keyCheck, to: &header)
        Self.append(Checksum.of(header), to: &header)
        return header
    }

    private mutating func endPage() throws {
        page.withUnsafeMutableBytes { page in
            let end = 8 + entriesInPage * IdentityRun.entryBytes
            UnsafeMutableRawBufferPointer(rebasing: page[end...]).initializeMemory(as: UInt8.self, repeating: 0)
            let checksum = Checksum.of(UnsafeRawBufferPointer(rebasing: page[8...]))
            page.storeBytes(of: checksum.littleEndian, as: UInt64.self)
        }
        entriesInPage = 0
        waiting += page
        if waiting.count >= Self.bytesPerWrite {
            try handle.write(contentsOf: waiting)
            waiting.removeAll(keepingCapacity: true)
        }
    }

    private static func append(_ number: some FixedWidthInteger, to bytes: inout [UInt8]) {
        withUnsafeBytes(of: number.littleEndian) { bytes.append(contentsOf: $0) }
    }
}
