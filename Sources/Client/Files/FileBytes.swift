package import Foundation

/// The bytes of a file or of standard input, in pieces, unpacked if they are gzip.
///
/// One reader uses it at a time.
package final class FileBytes {
    private let handle: FileHandle
    private var inflater: Inflater?
    private var isAtStart = true
    /// How many bytes were read from the file, before unpacking.
    package private(set) var bytesRead = 0

    private static let pieceBytes = 1 << 20
    /// A packed piece may grow a thousandfold.
    private static let packedPieceBytes = 64 << 10

    /// - Parameter handle: open for reading, at the place to read from.
    package init(_ handle: FileHandle) {
        self.handle = handle
    }

    /// The next piece; nil at the end.
    /// - Throws: ``FileFailure`` if the file cannot be read, or is packed in a way that is not gzip.
    package func next() throws(FileFailure) -> [UInt8]? {
        while true {
            if inflater?.isDamaged == true { throw .damagedGzip }
            let piece = try read()
            if isAtStart {
                isAtStart = false
                if let format = FileFormat.unsupported(startingWith: piece) { throw format }
                if piece.starts(with: [0x1F, 0x8B]) { inflater = try Inflater() }
            }
            guard let inflater else { return piece.isEmpty ? nil : piece }
            guard !piece.isEmpty else {
                guard inflater.isAtEnd else { throw .truncatedGzip }
                return nil
            }
            let unpacked = inflater.unpack(piece)
            if !unpacked.isEmpty { return unpacked }
        }
    }

    private func read() throws(FileFailure) -> [UInt8] {
        do {
            let count = isAtStart || inflater != nil ? Self.packedPieceBytes : Self.pieceBytes
            let piece = [UInt8](try handle.read(upToCount: count) ?? Data())
            bytesRead += piece.count
            return piece
        } catch {
            throw .unreadable(reason: (error as NSError).localizedDescription)
        }
    }
}

/// Why a file as a whole cannot be sent. What was sent before stays sent.
package enum FileFailure: Error, Equatable, CustomStringConvertible {
    case unreadable(reason: String)
    case truncatedGzip
    case damagedGzip
    /// Text in another encoding, or a table: what it is, and how to convert it.
    case unsupported(String)

    package var description: String {
        switch self {
        case .unreadable(let reason): "cannot be read: \(reason)"
        case .truncatedGzip: "the gzip data is cut off; everything before the cut was read"
        case .damagedGzip: "the gzip data is damaged; everything before the damage was read"
        case .unsupported(let explanation): explanation
        }
    }
}

/// Common file formats that are not JSON, recognized by their first bytes.
enum FileFormat {
    static func unsupported(startingWith bytes: [UInt8]) -> FileFailure? {
        if bytes.starts(with: [0xFF, 0xFE]) || bytes.starts(with: [0xFE, 0xFF]) || hasWideCharacters(bytes) {
            return .unsupported("this is UTF-16; convert it to UTF-8 first, for example with: iconv -f UTF-16 -t UTF-8")
        }
        for (magic, name) in archives where bytes.starts(with: magic) {
            return .unsupported("this is a \(name) file; decompress it first (only gzip is decompressed while sending)")
        }
        return nil
    }

    private static let archives: [([UInt8], String)] = [
        ([0x50, 0x4B, 0x03, 0x04], "zip"), ([0x28, 0xB5, 0x2F, 0xFD], "zstd"),
        ([0x42, 0x5A, 0x68], "bzip2"), ([0xFD, 0x37, 0x7A, 0x58, 0x5A, 0x00], "xz"),
        (Array("PAR1".utf8), "Parquet"), ([0x53, 0x51, 0x4C, 0x69, 0x74, 0x65], "SQLite"),
    ]

    /// UTF-16 without a byte order mark: every other byte of the first characters is zero.
    private static func hasWideCharacters(_ bytes: [UInt8]) -> Bool {
        guard bytes.count >= 4 else { return false }
        let isZero = bytes.prefix(4).map { $0 == 0 }
        return isZero == [true, false, true, false] || isZero == [false, true, false, true]
    }
}
