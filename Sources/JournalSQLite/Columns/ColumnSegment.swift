import Foundation
import Journal
import JournalFormat
import Synchronization

#if canImport(Darwin)
    import Darwin
#else
    import Glibc
#endif

/// The columns of consecutive events, which never change: in a file, or in memory as long as they are not in one.
///
/// Of a file only the header is in memory. It is opened for the time of a search, so that the number of segments is not bounded
/// by that of open files, and each part is checked when it is read for the first time.
final class ColumnSegment: Sendable {
    private enum Storage {
        case memory([UInt8])
        case file(URL)
    }

    let header: ColumnHeader
    private let storage: Storage
    /// A bit for each ``ColumnPart`` that was checked.
    private let checked = Atomic<UInt32>(0)

    /// - Parameter image: as ``ColumnBuilder/encoded(keyCheck:)`` gives it.
    init(image: [UInt8], keyCheck: UInt64) throws(ColumnFault) {
        header = try ColumnHeader(
            decoding: Array(image.prefix(ColumnHeader.bytes)),
            size: image.count,
            keyCheck: keyCheck
        )
        storage = .memory(image)
    }

    /// - Throws: ``ColumnFault`` if the file is not a whole segment of this journal.
    init(opening file: URL, keyCheck: UInt64) throws(ColumnFault) {
        let source = try ColumnFile(file)
        let header = try source.read(ColumnHeader.bytes, at: 0)
        self.header = try ColumnHeader(decoding: header, size: try source.size, keyCheck: keyCheck)
        storage = .file(file)
    }

    var range: ClosedRange<Int64> { header.range }
    var count: Int { header.count }

    /// Nil if it is in memory alone.
    var file: URL? {
        if case .file(let file) = storage { file } else { nil }
    }

    /// The bytes of one that is in memory.
    var image: [UInt8]? {
        if case .memory(let image) = storage { image } else { nil }
    }

    /// Opens it for a search.
    func open() throws -> OpenSegment {
        try wrapped { () throws(ColumnFault) in
            switch storage {
            case .memory(let image): OpenSegment(self, .memory(image))
            case .file(let file): OpenSegment(self, .file(try ColumnFile(file)))
            }
        }
    }

    func isChecked(_ part: ColumnPart) -> Bool {
        checked.load(ordering: .relaxed) & (1 << UInt32(part.rawValue)) != 0
    }

    func noteChecked(_ part: ColumnPart) {
        checked.bitwiseOr(1 << UInt32(part.rawValue), ordering: .relaxed)
    }

    func wrapped<Value>(_ body: () throws(ColumnFault) -> Value) throws -> Value {
        do throws(ColumnFault) {
            return try body()
        } catch {
            throw DamagedSegment(segment: self, fault: error)
        }
    }
}

/// A segment that could not be read during a search.
struct DamagedSegment: Error {
    let segment: ColumnSegment
    let fault: ColumnFault

    /// Whether the file is to blame, and not the circumstances.
    var canBeMadeAgain: Bool {
        guard segment.file != nil else { return false }
        return switch fault {
        case .damaged, .foreign: true
        case .unreadable(let number): number == ENOENT
        }
    }
}

/// The open file of a segment.
final class ColumnFile: Sendable {
    private let descriptor: Int32

    init(_ file: URL) throws(ColumnFault) {
        descriptor = open(file.path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw .unreadable(errno) }
    }

    deinit {
        _ = close(descriptor)
    }

    var size: Int {
        get throws(ColumnFault) {
            let size = lseek(descriptor, 0, SEEK_END)
            guard size >= 0 else { throw .unreadable(errno) }
            return Int(size)
        }
    }

    func read(_ count: Int, at offset: Int) throws(ColumnFault) -> [UInt8] {
        var failure: ColumnFault?
        let bytes = [UInt8](unsafeUninitializedCapacity: count) { memory, done in
            while done < count {
                let result = pread(descriptor, memory.baseAddress! + done, count - done, off_t(offset + done))
                if result > 0 {
                    done += result
                } else if result == 0 || errno != EINTR {
                    failure = result == 0 ? .damaged : .unreadable(errno)
                    return
                }
            }
        }
        if let failure { throw failure }
        return bytes
    }
}
