import Digest
package import Foundation

/// What is in a backup: the last file that is written, so that a backup without it is not finished.
package struct BackupManifest: Codable, Sendable, Equatable {
    /// A file of the backup.
    package struct File: Codable, Sendable, Equatable {
        package let name: String
        package let bytes: Int
        /// In hexadecimal digits, as `sha256sum` prints it.
        package let sha256: String
    }

    /// Of this file's form.
    package let version: Int
    package let journal: String
    package let layout: Int
    package let events: Int64
    /// Sequence number of the newest event.
    package let newest: Int64
    /// When the state that it has was read, in RFC 3339.
    package let takenAt: String
    package let files: [File]
    /// The first events of chunks that are damaged in the backup, because they were in the journal; nil if there are none. The next backup
    /// into the same folder copies them again.
    package let damaged: [Int64]?

    static let name = "manifest.json"
    /// The file with clients' keys, which are not in the journal.
    static let keys = "keys.json"
    static let currentVersion = 1

    private enum CodingKeys: String, CodingKey {
        case version, journal, layout, events, newest, files
        case takenAt = "taken_at"
        case damaged = "damaged_chunks"
    }

    /// - Throws: ``BackupFault/unfinished(path:)`` if there is none, ``BackupFault/damaged(path:file:)`` if it cannot be read.
    package init(in folder: URL) throws(BackupFault) {
        guard let content = FileManager.default.contents(atPath: folder.appending(path: Self.name).path) else {
            throw .unfinished(path: folder.path)
        }
        do {
            self = try JSONDecoder().decode(BackupManifest.self, from: content)
        } catch {
            throw .damaged(path: folder.path, file: Self.name)
        }
        guard version == Self.currentVersion else { throw .damaged(path: folder.path, file: Self.name) }
    }

    init(journal: String, layout: Int, events: Int64, newest: Int64, takenAt: String, files: [File], damaged: [Int64]) {
        version = Self.currentVersion
        self.journal = journal
        self.layout = layout
        self.events = events
        self.newest = newest
        self.takenAt = takenAt
        self.files = files
        self.damaged = damaged.isEmpty ? nil : damaged
    }

    /// When this returns, it is on disk.
    func write(to folder: URL) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        try DurableFile.write([UInt8](encoder.encode(self)), to: folder.appending(path: Self.name))
    }

    /// Compares the files with what was written.
    /// - Throws: ``BackupFault/damaged(path:file:)``, also if the manifest does not name the journal.
    package func verify(in folder: URL) throws(BackupFault) {
        guard files.contains(where: { $0.name == JournalFile.name }) else {
            throw .damaged(path: folder.path, file: Self.name)
        }
        for file in files {
            guard let found = try? File(of: file.name, in: folder), found == file else {
                throw .damaged(path: folder.path, file: file.name)
            }
        }
    }
}

extension BackupManifest.File {
    private static let pieceBytes = 1 << 20

    /// Reads the file through.
    init(of name: String, in folder: URL) throws {
        let handle = try FileHandle(forReadingFrom: folder.appending(path: name))
        defer { try? handle.close() }
        let digest = SHA256()
        var bytes = 0
        while let piece = try handle.read(upToCount: Self.pieceBytes), !piece.isEmpty {
            digest.update(piece)
            bytes += piece.count
        }
        let text = digest.digest.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
        self.init(name: name, bytes: bytes, sha256: text)
    }
}
