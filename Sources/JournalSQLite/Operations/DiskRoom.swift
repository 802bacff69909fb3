package import Foundation
package import Journal

#if canImport(Darwin)
    import Darwin
#else
    import Glibc
#endif

/// The room that a journal has to grow.
package struct DiskRoom: Sendable, Equatable {
    /// Bytes of the file system that a process of this user may still write.
    package let freeBytes: Int
    /// Bytes of the whole file system.
    package let totalBytes: Int

    package init(freeBytes: Int, totalBytes: Int) {
        self.freeBytes = freeBytes
        self.totalBytes = totalBytes
    }

    /// Of the file system that has this folder, or the first folder above it that exists.
    /// - Throws: ``StoreError/unusable(path:reason:)``
    package init(at folder: URL) throws(StoreError) {
        var place = folder.standardizedFileURL
        while !FileManager.default.fileExists(atPath: place.path), place.path != "/" {
            place.deleteLastPathComponent()
        }
        var status = statvfs()
        guard statvfs(place.path, &status) == 0 else {
            throw .unusable(path: place.path, reason: String(cString: strerror(errno)))
        }
        let block = UInt64(status.f_frsize)
        freeBytes = Int(clamping: UInt64(status.f_bavail).multipliedReportingOverflow(by: block).partialValue)
        totalBytes = Int(clamping: UInt64(status.f_blocks).multipliedReportingOverflow(by: block).partialValue)
    }

    /// Bytes that a journal may grow by: free pages are used first, and a limit may be nearer than the end of the disk.
    /// - Parameter limitBytes: of `--disk-limit-mb`; nil: the disk.
    package func room(for summary: JournalSummary, limitBytes: Int?) -> Int {
        let disk = freeBytes.addingReportingOverflow(summary.freeBytes)
        let room = disk.overflow ? Int.max : disk.partialValue
        return limitBytes.map { min(room, max(0, $0 - summary.usedBytes)) } ?? room
    }
}
