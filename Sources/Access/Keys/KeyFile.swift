package import ConfigurationFile
package import Foundation

/// `keys.json` in the data folder. It contains digests only, and is still readable by its owner alone.
package struct KeyFile: Sendable {
    package let file: URL
    private let acts: KeyActFile

    /// - Parameter folder: the data folder.
    package init(in folder: URL) {
        file = folder.appending(path: "keys.json")
        acts = KeyActFile(in: folder)
    }

    /// The keys; none if there is no file.
    package func read() throws(KeyFileFault) -> StoredKeys {
        guard FileManager.default.fileExists(atPath: file.path) else { return StoredKeys() }
        let content: Data
        do {
            content = try Data(contentsOf: file)
        } catch {
            throw .unreadable(path: file.relativePath)
        }
        do {
            return try StoredKeys(reading: [UInt8](content))
        } catch {
            throw .faulty(path: file.relativePath, error)
        }
    }

    /// Changes the keys atomically, one process at a time. When this returns, the new file is on disk, and so is the act for the
    /// audit log.
    /// - Parameter act: describes what was done, from the result.
    package func update<Value>(
        _ change: (inout StoredKeys) throws -> Value,
        noting act: (Value) -> KeyAct
    ) throws -> Value {
        let folder = file.deletingLastPathComponent()
        do {
            try FileManager.default.createDirectory(
                at: folder,
                withIntermediateDirectories: true,
                attributes: [.posixPermissions: 0o700]
            )
        } catch {
            throw KeyFileFault.unwritable(path: folder.relativePath, reason: "the folder cannot be made")
        }
        return try locked {
            var keys = try read()
            let value = try change(&keys)
            do {
                // Before the change: no change may be missing from the audit log.
                try acts.append(act(value)) { try giveToOwner(of: folder, $0) }
            } catch is POSIXError {
                throw failure()
            }
            try replace(file, by: keys.text)
            return value
        }
    }

    /// What was done by the command line since ``forgetActs()``, oldest first.
    /// - Throws: ``KeyFileFault`` or `POSIXError` if it cannot be read.
    package func takeActs() throws -> [KeyAct] {
        guard FileManager.default.fileExists(atPath: file.path) else { return [] }
        return try locked { try acts.take() }
    }

    /// The acts from ``takeActs()`` are in the audit log.
    package func forgetActs() throws { try acts.forget() }

    func locked<Value>(_ work: () throws -> Value) throws -> Value {
        let lock = try open(file.deletingLastPathComponent().appending(path: "keys.lock"), O_RDWR | O_CREAT)
        defer { close(lock) }
        guard flock(lock, LOCK_EX) == 0 else { throw failure() }
        return try work()
    }

    /// Replaces a file of the data folder atomically.
    func replace(_ file: URL, by content: [UInt8]) throws(KeyFileFault) {
        let folder = file.deletingLastPathComponent()
        let new = folder.appending(path: file.lastPathComponent + ".new")
        let descriptor = try open(new, O_WRONLY | O_CREAT | O_TRUNC)
        defer { close(descriptor) }
        guard fchmod(descriptor, 0o600) == 0 else { throw failure() }
        try giveToOwner(of: folder, descriptor)
        var rest = content[...]
        while !rest.isEmpty {
            let written = rest.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
            guard written > 0 else { throw failure() }
            rest = rest.dropFirst(written)
        }
        guard fsync(descriptor) == 0, rename(new.path, file.path) == 0 else { throw failure() }
        let folderDescriptor = try open(folder, O_RDONLY)
        defer { close(folderDescriptor) }
        guard fsync(folderDescriptor) == 0 else { throw failure() }
    }

    /// Administrators often work as root; the gateway, which owns the folder, must be able to read the file.
    private func giveToOwner(of folder: URL, _ descriptor: Int32) throws(KeyFileFault) {
        guard geteuid() == 0 else { return }
        var status = stat()
        guard stat(folder.path, &status) == 0, fchown(descriptor, status.st_uid, status.st_gid) == 0 else {
            throw failure()
        }
    }

    private func open(_ place: URL, _ flags: Int32) throws(KeyFileFault) -> Int32 {
        let descriptor = Foundation.open(place.path, flags | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard descriptor >= 0 else { throw failure() }
        return descriptor
    }

    private func failure() -> KeyFileFault {
        .unwritable(path: file.relativePath, reason: String(cString: strerror(errno)))
    }
}

/// Why the keys of the data folder cannot be used.
package enum KeyFileFault: Error, Sendable, CustomStringConvertible {
    case unreadable(path: String)
    case faulty(path: String, FaultyConfiguration)
    case unwritable(path: String, reason: String)

    package var description: String {
        switch self {
        case .unreadable(let path): "\(path) cannot be read; it must belong to the user that runs the gateway"
        case .faulty(let path, let faulty): faulty.faults.lines(in: path)
        case .unwritable(let path, let reason): "\(path) cannot be written: \(reason)"
        }
    }
}
