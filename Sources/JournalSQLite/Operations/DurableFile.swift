import Foundation

#if canImport(Darwin)
    import Darwin
#else
    import Glibc
#endif

/// Files that are there whole or not at all, also after a crash.
enum DurableFile {
    private static let pieceBytes = 1 << 20

    /// Writes a file that nobody else can read, in the place of one with this name.
    static func write(_ content: [UInt8], to file: URL) throws {
        try replace(file) { try $0.write(contentsOf: content) }
    }

    /// Copies a file, in the place of one with this name.
    static func copy(_ source: URL, to file: URL) throws {
        let reading = try FileHandle(forReadingFrom: source)
        defer { try? reading.close() }
        try replace(file) { writing in
            while let piece = try reading.read(upToCount: pieceBytes), !piece.isEmpty {
                try writing.write(contentsOf: piece)
            }
        }
    }

    private static func replace(_ file: URL, _ body: (FileHandle) throws -> Void) throws {
        let draft = file.appendingPathExtension("new")
        try? FileManager.default.removeItem(at: draft)
        try FolderPermissions.makeFile(draft.path)
        let handle = try FileHandle(forWritingTo: draft)
        do {
            try body(handle)
            try handle.synchronize()
            try handle.close()
            try move(draft, to: file)
        } catch {
            try? handle.close()
            try? FileManager.default.removeItem(at: draft)
            throw error
        }
    }

    /// Gives a file its name. When this returns, the name is on disk.
    static func move(_ draft: URL, to file: URL) throws {
        guard rename(draft.path, file.path) == 0 else { throw POSIXError(POSIXErrorCode(rawValue: errno) ?? .EIO) }
        try flush(file.deletingLastPathComponent())
    }

    /// Puts the names in a folder on disk.
    static func flush(_ folder: URL) throws {
        let descriptor = open(folder.path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw POSIXError(POSIXErrorCode(rawValue: errno) ?? .EIO) }
        defer { close(descriptor) }
        // Some file systems do not flush folders, and keep their names by themselves.
        guard fsync(descriptor) == 0 || errno == EINVAL else {
            throw POSIXError(POSIXErrorCode(rawValue: errno) ?? .EIO)
        }
    }
}
