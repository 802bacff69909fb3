import Foundation
import Journal

/// The file that says that a folder's journal was moved to another store. What is left in the folder must not be used any more: it would
/// accept events that the moved journal has already, and deliver what that delivers.
struct MovedMark {
    private let file: URL

    init(folder: URL) {
        file = folder.appending(path: "moved")
    }

    /// Where the journal is now; nil if it is here.
    var target: String? {
        guard let content = FileManager.default.contents(atPath: file.path) else { return nil }
        return String(decoding: content, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)
    }

    /// When this returns, the mark is on disk.
    func write(_ target: String) throws {
        try DurableFile.write(Array((target + "\n").utf8), to: file)
    }

    /// - Throws: ``StoreError/unusable(path:reason:)`` if the journal was moved.
    func check(_ folder: URL) throws(StoreError) {
        guard let target else { return }
        throw .unusable(path: folder.path, reason: "its journal was moved to \(target); use --store with that address")
    }
}
