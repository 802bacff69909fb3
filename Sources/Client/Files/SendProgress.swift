import Foundation
import JSON

/// How far a file was sent, to which journals and for which tenants, and the file's source.
///
/// It is kept beside the file as `FILE.tollgate-progress` and moves with it: a renamed file keeps its source.
package struct SendProgress: Sendable, Equatable {
    /// What one tenant at one journal has of the file.
    package struct Sent: Sendable, Equatable {
        package let destination: Destination
        /// How many of the file's first events were acknowledged.
        package var events: Int
        /// The digest of these events, to tell whether the file still starts with them.
        package var digest: String

        package init(destination: Destination, events: Int, digest: String) {
            self.destination = destination
            self.events = events
            self.digest = digest
        }
    }

    /// Whose events, in which journal.
    package struct Destination: Sendable, Equatable {
        package let journal: String
        package let tenant: String

        package init(journal: String, tenant: String) {
            self.journal = journal
            self.tenant = tenant
        }
    }

    /// The name that sets the ids made for this file's events apart from other files'.
    package var source: String
    /// The file itself, whatever its name; nil if it is not known.
    package var file: FileIdentity?
    package private(set) var sent: [Sent]

    /// Maximum number of destinations; the oldest are removed.
    private static let mostDestinations = 100

    package init(source: String, file: FileIdentity?, sent: [Sent] = []) {
        self.source = source
        self.file = file
        self.sent = sent
    }

    /// What was sent to a destination so far; nil if that is unknown.
    package func sent(to destination: Destination) -> Sent? {
        sent.first { $0.destination == destination }
    }

    /// Notes what a destination has now.
    package mutating func note(_ new: Sent) {
        sent.removeAll { $0.destination == new.destination }
        sent.append(new)
        sent = sent.suffix(Self.mostDestinations)
    }

    // MARK: - As JSON

    /// Reads a progress file's content; nil if it is none.
    ///
    /// Version 1 knew the gateway's address only, which says nothing of its journal; its ids were made with the file's name as source.
    /// - Parameter name: the file's name without its folder.
    package init?(_ bytes: [UInt8], name: String) {
        guard let root = Self.parse(bytes)?.root, root.kind == .object else { return nil }
        guard let source = root["source"]?.string else {
            guard root["digest"] != nil else { return nil }
            self.init(source: name, file: nil)
            return
        }
        let file = root["device"]?.int64.flatMap { device in
            root["inode"]?.int64.map { FileIdentity(device: device, inode: $0) }
        }
        let sent = root["sent"].map { Array($0.elements) } ?? []
        self.init(source: source, file: file, sent: sent.compactMap(Self.sent))
    }

    private static func sent(_ value: JSONValue) -> Sent? {
        guard let journal = value["journal"]?.string, let tenant = value["tenant"]?.string,
            let events = value["events"]?.int64, events >= 0, let digest = value["digest"]?.string
        else { return nil }
        return Sent(
            destination: Destination(journal: journal, tenant: tenant),
            events: Int(events),
            digest: digest
        )
    }

    private static func parse(_ bytes: [UInt8]) -> JSONDocument? {
        do {
            return try JSONDocument(parsing: bytes)
        } catch {
            return nil
        }
    }

    package var json: [UInt8] {
        var writer = JSONWriter()
        writer.beginObject()
        writer.member("version", integer: 2)
        writer.member("source", string: source)
        if let file {
            writer.member("device", integer: Int(file.device))
            writer.member("inode", integer: Int(file.inode))
        }
        writer.key("sent")
        writer.beginArray()
        for sent in sent {
            writer.beginObject()
            writer.member("journal", string: sent.destination.journal)
            writer.member("tenant", string: sent.destination.tenant)
            writer.member("events", integer: sent.events)
            writer.member("digest", string: sent.digest)
            writer.endObject()
        }
        writer.endArray()
        writer.endObject()
        return writer.bytes
    }
}

/// A file of one machine, whatever its name.
package struct FileIdentity: Sendable, Equatable {
    package let device: Int64
    package let inode: Int64

    package init(device: Int64, inode: Int64) {
        self.device = device
        self.inode = inode
    }

    /// The identity of the file at a path; nil if there is none.
    package init?(path: String) {
        var status = stat()
        guard stat(path, &status) == 0 else { return nil }
        self.init(device: Int64(truncatingIfNeeded: status.st_dev), inode: Int64(truncatingIfNeeded: status.st_ino))
    }
}
