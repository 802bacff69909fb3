import Foundation
import Logging

#if canImport(Darwin)
    import Darwin
#else
    import Glibc
#endif

/// Keeps what is in the data folder to the user that runs the gateway.
enum FolderPermissions {
    static var folder: [FileAttributeKey: Any] { [.posixPermissions: 0o700] }
    static var file: [FileAttributeKey: Any] { [.posixPermissions: 0o600] }

    /// Makes an empty file that nobody else can read, if there is none.
    ///
    /// SQLite gives the log the permissions of the database, which it would make readable for all.
    static func makeFile(_ path: String) throws {
        let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw POSIXError(POSIXErrorCode(rawValue: errno) ?? .EIO) }
        close(descriptor)
    }

    /// Takes from everyone else what an older version, or a copy, has left open to them.
    static func tighten(_ folder: URL, logger: Logger) {
        var tightened: [String] = []
        var refused: [String] = []
        for path in [folder.path] + contents(of: folder) {
            switch tighten(path) {
            case .none: continue
            case true?: tightened.append(path)
            case false?: refused.append(path)
            }
        }
        if let first = tightened.first {
            logger.notice(
                "the data folder was accessible to other users; its permissions were restricted",
                metadata: ["first": "\(first)", "files": "\(tightened.count)"]
            )
        }
        if let first = refused.first {
            logger.warning(
                "the data folder is accessible to other users, and its permissions cannot be changed; it should belong to the user that runs the gateway",
                metadata: ["first": "\(first)", "files": "\(refused.count)"]
            )
        }
    }

    /// The paths of all that is in the folder, and in the folders in it.
    private static func contents(of folder: URL) -> [String] {
        let names = FileManager.default.enumerator(atPath: folder.path)
        return names?.compactMap { ($0 as? String).map { folder.appending(path: $0).path } } ?? []
    }

    /// - Returns: nil if there is nothing to do, else whether it was done.
    private static func tighten(_ path: String) -> Bool? {
        var status = stat()
        // A link's target is somebody else's matter.
        guard lstat(path, &status) == 0, [S_IFREG, S_IFDIR].contains(status.st_mode & S_IFMT) else { return nil }
        let others = status.st_mode & 0o077
        guard others != 0 else { return nil }
        return chmod(path, status.st_mode & 0o700) == 0
    }
}
