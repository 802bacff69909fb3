package import Events
import Foundation
import JSON

/// An operation on keys by the command line.
package struct KeyAct: Sendable, Equatable {
    package let at: Timestamp
    /// The operating system's user.
    package let user: String
    /// What was done, such as `keys: revoke`.
    package let action: String
    /// What it was done to; never contains a key.
    package let details: [String: String]

    package init(at timestamp: Timestamp, by user: String, _ action: String, _ details: [String: String]) {
        at = timestamp
        self.user = user
        self.action = action
        self.details = details
    }
}

/// `keys.audit` in the data folder: what `tollgate keys` did, until a gateway moves it to the audit log. The command cannot write there
/// itself, since the journal belongs to one process.
///
/// Written and read under the lock of ``KeyFile``. Beyond 4 MiB, about ten thousand acts, nothing is added until a gateway has run.
struct KeyActFile {
    private let file: URL
    /// The acts that a gateway is moving: read again if it ends before they are in the journal.
    private let taken: URL

    private static let limitBytes = 4 << 20

    init(in folder: URL) {
        file = folder.appending(path: "keys.audit")
        taken = folder.appending(path: "keys.audit.taken")
    }

    /// Adds an act. When this returns, it is on disk.
    /// - Throws: `POSIXError` if it cannot be written.
    func append(_ act: KeyAct, ownedBy owner: (Int32) throws -> Void) throws {
        let descriptor = open(file.path, O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard descriptor >= 0 else { throw Self.failure() }
        defer { close(descriptor) }
        let size = lseek(descriptor, 0, SEEK_END)
        guard size < Self.limitBytes else { return }
        try owner(descriptor)
        // What a crash or a full disk has cut off is a line of its own, so that it does not take this one with it.
        let start: [UInt8] = try Self.endsInLine(descriptor, size) ? [] : [Self.newline]
        let line = start + Self.line(act)
        guard line.withUnsafeBytes({ write(descriptor, $0.baseAddress, $0.count) }) == line.count,
            fsync(descriptor) == 0
        else { throw Self.failure() }
    }

    /// All acts, oldest first. Returned again until ``forget()`` is called.
    /// - Throws: `POSIXError` if they cannot be read.
    func take() throws -> [KeyAct] {
        if !FileManager.default.fileExists(atPath: taken.path) {
            guard FileManager.default.fileExists(atPath: file.path) else { return [] }
            guard rename(file.path, taken.path) == 0 else { throw Self.failure() }
        }
        let content = [UInt8](try Data(contentsOf: taken))
        return content.split(separator: Self.newline).compactMap { Self.act([UInt8]($0)) }
    }

    /// The acts that were read are in the audit log.
    func forget() throws {
        guard unlink(taken.path) == 0 || errno == ENOENT else { throw Self.failure() }
    }

    private static let newline = UInt8(ascii: "\n")

    /// Whether a file is empty or ends with a whole line.
    private static func endsInLine(_ descriptor: Int32, _ size: off_t) throws -> Bool {
        guard size > 0 else { return true }
        var last: UInt8 = 0
        guard pread(descriptor, &last, 1, size - 1) == 1 else { throw failure() }
        return last == newline
    }

    private static func failure() -> POSIXError { POSIXError(POSIXErrorCode(rawValue: errno) ?? .EIO) }

    private static func line(_ act: KeyAct) -> [UInt8] {
        var writer = JSONWriter(capacity: 256)
        writer.beginObject()
        writer.member("at", string: act.at.rfc3339)
        writer.member("user", string: act.user)
        writer.member("action", string: act.action)
        writer.key("details")
        writer.beginObject()
        for (name, value) in act.details.sorted(by: { $0.key < $1.key }) { writer.member(name, string: value) }
        writer.endObject()
        writer.endObject()
        return writer.bytes + [newline]
    }

    /// Nil for a line that was cut off by a crash.
    private static func act(_ line: [UInt8]) -> KeyAct? {
        guard let root = try? JSONDocument(parsing: line).root,
            let timestamp = root["at"]?.string.flatMap(Timestamp.init(rfc3339:)), let user = root["user"]?.string,
            let action = root["action"]?.string
        else { return nil }
        var details: [String: String] = [:]
        for member in root["details"].map({ Array($0.members) }) ?? [] { details[member.name] = member.value.string }
        return KeyAct(at: timestamp, by: user, action, details)
    }
}
