import Foundation
import Journal
import Synchronization

#if canImport(Darwin)
    import Darwin
#else
    import Glibc
#endif

/// Keeps a data folder to one process. The operating system gives the lock back when the process ends, however it ends.
final class FolderLock: Sendable {
    /// Nil when the lock was given back.
    private let descriptor: Mutex<Int32?>

    /// - Throws: ``StoreError/folderInUse(path:process:)`` with the holder's process id, or ``StoreError/unusable(path:reason:)``.
    init(folder: URL) throws(StoreError) {
        let descriptor = open(folder.appending(path: "lock").path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else {
            throw .unusable(path: folder.path, reason: "lock: \(String(cString: strerror(errno)))")
        }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            defer { Self.close(descriptor) }
            throw .folderInUse(path: folder.path, process: Self.holder(in: descriptor))
        }
        let text = Array("\(getpid())\n".utf8)
        guard ftruncate(descriptor, 0) == 0, pwrite(descriptor, text, text.count, 0) == text.count else {
            defer { Self.close(descriptor) }
            throw .unusable(path: folder.path, reason: "lock: \(String(cString: strerror(errno)))")
        }
        self.descriptor = Mutex(descriptor)
    }

    deinit {
        release()
    }

    /// Gives the folder back.
    func release() {
        let held = descriptor.withLock { descriptor in
            defer { descriptor = nil }
            return descriptor
        }
        guard let held else { return }
        // Closing is not enough: a process that is being started between fork and exec still has the descriptor, and with it the lock.
        flock(held, LOCK_UN)
        Self.close(held)
    }

    private static func close(_ descriptor: Int32) {
        #if canImport(Darwin)
            _ = Darwin.close(descriptor)
        #else
            _ = Glibc.close(descriptor)
        #endif
    }

    /// Who has a folder now, without taking it.
    /// - Returns: nil if nobody has; the process's id is nil if it is not known.
    static func holder(of folder: URL) -> Int32?? {
        let descriptor = open(folder.appending(path: "lock").path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        let process = holder(in: descriptor)
        // The file outlives its process. Only where that lives the lock itself is tried, which a gateway that starts now would meet.
        if let process, kill(process, 0) != 0, errno == ESRCH { return nil }
        guard flock(descriptor, LOCK_SH | LOCK_NB) != 0 else {
            flock(descriptor, LOCK_UN)
            return nil
        }
        return .some(process)
    }

    private static func holder(in descriptor: Int32) -> Int32? {
        var buffer = [UInt8](repeating: 0, count: 16)
        let count = pread(descriptor, &buffer, buffer.count, 0)
        return Int32(String(decoding: buffer.prefix(max(0, count)).prefix { $0 != 0x0A }, as: UTF8.self))
    }
}
