package import Foundation
package import Journal
package import Logging

/// A data folder that this process alone has: made if it is missing, locked, and closed to other users.
package final class DataFolder: Sendable {
    let lock: FolderLock

    /// - Throws: ``StoreError/folderInUse(path:process:)`` or ``StoreError/unusable(path:reason:)``.
    package init(opening folder: URL, logger: Logger) throws(StoreError) {
        do {
            try FileManager.default.createDirectory(
                at: folder,
                withIntermediateDirectories: true,
                attributes: FolderPermissions.folder
            )
        } catch {
            throw .unusable(path: folder.path, reason: Self.reason(error))
        }
        lock = try FolderLock(folder: folder)
        FolderPermissions.tighten(folder, logger: logger)
    }

    /// Gives the folder back, as the end of the process does.
    package func release() { lock.release() }

    private static func reason(_ error: any Error) -> String {
        let underlying = (error as NSError).userInfo[NSUnderlyingErrorKey] as? NSError
        return (underlying ?? error as NSError).localizedDescription
    }
}
