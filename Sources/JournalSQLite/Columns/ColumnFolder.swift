import Foundation
import Journal
import JournalFormat
import Logging

#if canImport(Darwin)
    import Darwin
#else
    import Glibc
#endif

/// The folder of the search index: a file a segment.
struct ColumnFolder: Sendable {
    let folder: URL
    /// A hash under the journal's key, so that a segment of another journal is not taken for one of this.
    let keyCheck: UInt64
    let logger: Logger

    /// Makes the folder if it is missing.
    init(_ folder: URL, key: SipHash, logger: Logger) throws {
        self.folder = folder
        self.logger = logger
        keyCheck = key.hash("tollgate column segment")
        try FileManager.default.createDirectory(
            at: folder,
            withIntermediateDirectories: true,
            attributes: FolderPermissions.folder
        )
    }

    /// Writes a segment that is in memory: first under another name, flushed, then renamed, so that a crash leaves no half segment.
    func write(_ segment: ColumnSegment) throws -> ColumnSegment {
        guard let image = segment.image else { return segment }
        let file = folder.appending(path: "\(segment.range.lowerBound)-\(segment.range.upperBound).columns")
        let temporary = file.appendingPathExtension("new")
        guard FileManager.default.createFile(atPath: temporary.path, contents: nil, attributes: FolderPermissions.file)
        else {
            throw CocoaError(.fileWriteUnknown)
        }
        let handle = try FileHandle(forWritingTo: temporary)
        try handle.write(contentsOf: image)
        try handle.synchronize()
        try handle.close()
        guard rename(temporary.path, file.path) == 0 else {
            throw POSIXError(POSIXErrorCode(rawValue: errno) ?? .EIO)
        }
        return try ColumnSegment(opening: file, keyCheck: keyCheck)
    }

    /// Opens the segments between two events, in journal order and without overlap, and removes all other files.
    func segments(from floor: Int64, through newest: Int64) throws -> [ColumnSegment] {
        var segments: [ColumnSegment] = []
        for file in try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil) {
            if let segment = usable(file) { segments.append(segment) }
        }
        // A crash before short segments are removed leaves them beside the longer one that has their events.
        segments.sort { ($0.range.lowerBound, -$0.range.upperBound) < ($1.range.lowerBound, -$1.range.upperBound) }
        var kept: [ColumnSegment] = []
        for segment in segments {
            if segment.range.upperBound >= floor, segment.range.upperBound <= newest,
                segment.range.lowerBound > kept.last?.range.upperBound ?? 0
            {
                kept.append(segment)
            } else {
                remove([segment])
            }
        }
        return kept
    }

    /// Removes the segments' files, where they have some.
    func remove(_ segments: [ColumnSegment]) {
        for file in segments.compactMap(\.file) { remove(file) }
    }

    private func usable(_ file: URL) -> ColumnSegment? {
        do throws(ColumnFault) {
            guard file.pathExtension == "columns" else { throw .damaged }
            return try ColumnSegment(opening: file, keyCheck: keyCheck)
        } catch {
            // One with another ending is what a crash has left of a write.
            if file.pathExtension == "columns" {
                logger.warning(
                    "a file of the search index is made again from the journal",
                    metadata: ["file": "\(file.lastPathComponent)", "reason": "\(error)"]
                )
            }
            remove(file)
            return nil
        }
    }

    private func remove(_ file: URL) {
        do {
            try FileManager.default.removeItem(at: file)
        } catch {
            logger.warning(
                "a file of the search index could not be removed",
                metadata: ["file": "\(file.lastPathComponent)", "reason": "\(error)"]
            )
        }
    }
}
