import Digest
import Foundation
import Routing
import Synchronization

/// The files that a `routes.json` refers to, as they were when it was read.
struct NeighbourFiles: Sendable, Equatable {
    /// By name, the SHA-256 of the content; nil for a file that could not be read.
    private var digests: [String: [UInt8]?] = [:]

    /// The names, in a fixed order.
    var names: [String] { digests.keys.sorted() }

    /// The digest of a `routes.json` together with these files; if there are none, that of its content alone.
    func digest(with content: [UInt8]) -> [UInt8] {
        let sum = SHA256()
        sum.update(content)
        for name in names { sum.update(Array(name.utf8) + [0] + ((digests[name] ?? nil) ?? [])) }
        return sum.digest
    }

    /// The same files as they are now.
    func now(in folder: URL) -> NeighbourFiles {
        var files = NeighbourFiles()
        for name in names {
            files.digests[name] = .some(Self.content(of: name, in: folder).map { SHA256.digest(of: $0) })
        }
        return files
    }

    /// Lets a reader read files of a folder.
    /// - Returns: the result of `body`, and the files that the reader asked for.
    static func recorded<Result>(
        _ reader: RoutesReader,
        in folder: URL,
        _ body: (RoutesReader) -> Result
    ) -> (Result, NeighbourFiles) {
        let files = RecordedFiles(folder: folder)
        var reader = reader
        reader.neighbour = { files.read($0) }
        return (body(reader), files.found)
    }

    /// The content of a file; nil if it cannot be read, or is larger than any file that `routes.json` may name.
    static func content(of name: String, in folder: URL) -> [UInt8]? {
        let file = folder.appending(path: name)
        do {
            let size = try FileManager.default.attributesOfItem(atPath: file.resolvingSymlinksInPath().path)[.size]
            guard let size = size as? NSNumber, size.intValue <= RoutesReader.mostNeighbourBytes else { return nil }
            return [UInt8](try Data(contentsOf: file))
        } catch {
            // The reader of routes.json reports where the file is named.
            return nil
        }
    }

    /// Reads files and remembers which ones.
    private final class RecordedFiles: Sendable {
        private let folder: URL
        private let files = Mutex(NeighbourFiles())

        init(folder: URL) {
            self.folder = folder
        }

        var found: NeighbourFiles { files.withLock { $0 } }

        func read(_ name: String) -> [UInt8]? {
            let content = NeighbourFiles.content(of: name, in: folder)
            let digest = content.map { SHA256.digest(of: $0) }
            files.withLock { $0.digests[name] = .some(digest) }
            return content
        }
    }
}
