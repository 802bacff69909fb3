import Foundation
import Journal
import JournalFormat
import Logging

/// A file of an index that is made from the journal alone: it covers a range of events, never changes, and is made again when it is
/// damaged or missing.
protocol IndexFile {
    associatedtype Fault: Error

    /// In log messages: "the search index".
    static var index: String { get }
    /// What the journal's key hashes to ``IndexFolder/keyCheck``.
    static var keyText: String { get }
    /// Of its name.
    static var ending: String { get }

    /// - Throws: `Fault` if the file is not a whole one of this journal.
    init(opening file: URL, keyCheck: UInt64) throws(Fault)

    var range: ClosedRange<Int64> { get }
    /// Nil if it is in memory alone.
    var place: URL? { get }
}

/// The folder of an index.
struct IndexFolder<File: IndexFile>: Sendable {
    let folder: URL
    /// A hash under the journal's key, so that a file of another journal is not taken for one of this.
    let keyCheck: UInt64
    private let logger: Logger

    /// Makes the folder if it is missing.
    init(_ folder: URL, key: SipHash, logger: Logger) throws {
        self.folder = folder
        self.logger = logger
        keyCheck = key.hash(File.keyText)
        try FileManager.default.createDirectory(
            at: folder,
            withIntermediateDirectories: true,
            attributes: FolderPermissions.folder
        )
    }

    /// Opens the files between two events, in journal order and without overlap, and removes all others.
    func files(from floor: Int64, through newest: Int64) throws -> [File] {
        var files: [File] = []
        for place in try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil) {
            if let file = usable(place) { files.append(file) }
        }
        // A crash after a merge leaves the merged file beside its parts.
        files.sort { ($0.range.lowerBound, -$0.range.upperBound) < ($1.range.lowerBound, -$1.range.upperBound) }
        var kept: [File] = []
        for file in files {
            if file.range.upperBound >= floor, file.range.upperBound <= newest,
                file.range.lowerBound > kept.last?.range.upperBound ?? 0
            {
                kept.append(file)
            } else {
                remove([file])
            }
        }
        return kept
    }

    /// Removes the files, where there are some.
    func remove(_ files: [File]) {
        for place in files.compactMap(\.place) { remove(place) }
    }

    /// Says that a file is of no use any more.
    func warnOfRemaking(_ place: URL, _ fault: File.Fault) {
        logger.warning(
            "a file of \(File.index) is rebuilt from the journal",
            metadata: ["file": "\(place.lastPathComponent)", "reason": "\(fault)"]
        )
    }

    private func usable(_ place: URL) -> File? {
        // One with another ending is what a crash has left of a write.
        guard place.pathExtension == File.ending else {
            remove(place)
            return nil
        }
        do throws(File.Fault) {
            return try File(opening: place, keyCheck: keyCheck)
        } catch {
            warnOfRemaking(place, error)
            remove(place)
            return nil
        }
    }

    private func remove(_ place: URL) {
        do {
            try FileManager.default.removeItem(at: place)
        } catch {
            logger.warning(
                "a file of \(File.index) could not be removed",
                metadata: ["file": "\(place.lastPathComponent)", "reason": "\(error)"]
            )
        }
    }
}
