package import Foundation

/// The progress file of an event file: found, also after the event file was renamed, and written.
package struct ProgressFile: Sendable {
    private static let suffix = ".tollgate-progress"

    /// The event file, by its canonical path.
    private let file: URL

    /// - Parameter file: the event file; a symbolic link stands for the file that it names.
    package init(of file: URL) {
        self.file = file.resolvingSymlinksInPath().standardizedFileURL
    }

    private var url: URL { URL(filePath: file.path + Self.suffix) }

    /// What is known of the file: from beside it, or from beside the name that it had before; else nothing, with the source as given or the
    /// canonical path.
    /// - Parameter source: what `--source` says.
    package func load(source: String?) -> SendProgress {
        var progress =
            read(url, name: file.lastPathComponent) ?? adopted()
            ?? SendProgress(source: file.path, file: nil)
        if let source, source != progress.source { progress = SendProgress(source: source, file: nil) }
        progress.file = FileIdentity(path: file.path)
        return progress
    }

    /// Whether the progress beside the file was kept for another file, which had this name then, as after a rotation of logs.
    package var isOfReplacedFile: Bool {
        guard let before = read(url, name: file.lastPathComponent)?.file else { return false }
        return before != FileIdentity(path: file.path)
    }

    /// Gives the progress of a file that was renamed to that file's new name in the same folder, before it is written over.
    package func handOver() throws {
        guard isOfReplacedFile, let progress = read(url, name: file.lastPathComponent) else { return }
        for path in siblings() where FileIdentity(path: path) == progress.file {
            try ProgressFile(of: URL(filePath: path)).save(progress)
        }
    }

    /// Writes the progress atomically.
    /// - Throws: why it cannot be kept.
    package func save(_ progress: SendProgress) throws {
        try Data(progress.json).write(to: url, options: .atomic)
    }

    /// The progress that was kept under the file's former name in the same folder, if no other file has that name now.
    private func adopted() -> SendProgress? {
        guard let identity = FileIdentity(path: file.path) else { return nil }
        for candidate in siblings() where candidate.hasSuffix(Self.suffix) {
            let former = String(candidate.dropLast(Self.suffix.count))
            guard let progress = read(URL(filePath: candidate), name: URL(filePath: former).lastPathComponent),
                progress.file == identity, FileIdentity(path: former) != identity
            else { continue }
            return progress
        }
        return nil
    }

    /// The paths of the other files in the folder.
    private func siblings() -> [String] {
        let folder = file.deletingLastPathComponent()
        do {
            return try FileManager.default.contentsOfDirectory(atPath: folder.path)
                .filter { $0 != file.lastPathComponent }
                .map { folder.appending(path: $0).path }
        } catch {
            // A folder that cannot be listed has no other name to find.
            return []
        }
    }

    private func read(_ url: URL, name: String) -> SendProgress? {
        FileManager.default.contents(atPath: url.path).flatMap { SendProgress([UInt8]($0), name: name) }
    }
}
