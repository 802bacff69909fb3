import Digest
package import JSON

/// Makes events out of a file's values, with ids where they have none.
///
/// A made id follows from the file's source, the event's own bytes and how often they stood in the file before: sending the file again,
/// also after more events were added to it, bills nothing twice, and the same line in another file is another event.
package struct FileEventMaker: FileValueReading {
    private let source: [UInt8]
    private let requiresIDs: Bool
    private let largestBytes: Int
    /// How often an event without an id occurred, by the digest of its bytes.
    private var occurrences: [Digest: Int] = [:]

    /// The first 16 bytes of a SHA-256.
    private struct Digest: Hashable {
        let (first, second): (UInt64, UInt64)
    }

    /// A page of the gateway's own events.
    package let listNames = ["events"]

    /// - Parameters:
    ///   - source: sets made ids apart from other files'.
    ///   - requiresIDs: whether an event without an id is a fault.
    ///   - largestBytes: an event with more is a fault.
    package init(source: String, requiresIDs: Bool, largestBytes: Int) {
        self.source = Array(source.utf8)
        self.requiresIDs = requiresIDs
        self.largestBytes = largestBytes
    }

    package mutating func item(_ value: JSONValue, at position: FilePosition) -> EventFileReader.Item? {
        guard value.kind == .object else {
            return .fault(
                FileFault(position, "expected an event, which is a JSON object, found \(value.kind.phrase)")
            )
        }
        let event = Self.unwrapped(value)
        let shape: FileEvent.Shape = event["specversion"] == nil ? .canonical : .cloudEvent
        // The gateway treats null as absent, and would generate a new id each time.
        let hasID = event["id"].map { !$0.isNull } ?? false
        guard hasID || !requiresIDs else {
            return .fault(FileFault(position, #"the event has no "id", which --require-ids requires"#))
        }
        let json = hasID ? Array(event.raw) : withID(event)
        guard json.count <= largestBytes else {
            return .fault(
                FileFault(
                    position,
                    "the event has \(json.count) bytes, and the gateway accepts at most \(largestBytes)"
                )
            )
        }
        return .event(FileEvent(position: position, shape: shape, json: json))
    }

    /// The CloudEvent inside of an element of OpenMeter's list of events; else the value itself.
    private static func unwrapped(_ value: JSONValue) -> JSONValue {
        guard value["ingestedAt"] != nil, let event = value["event"], event.kind == .object,
            event["specversion"] != nil
        else { return value }
        return event
    }

    private mutating func withID(_ event: JSONValue) -> [UInt8] {
        let (text, digest) = self.digest(of: event)
        let before = occurrences[digest, default: 0]
        occurrences[digest] = before + 1
        var writer = JSONWriter(capacity: event.raw.count + 64)
        writer.beginObject()
        writer.member("id", string: "file-\(text)-\(before)")
        for member in event.members where !member.hasName("id") { writer.member(member.name, raw: member.value.raw) }
        writer.endObject()
        return writer.bytes
    }

    private func digest(of event: JSONValue) -> (text: String, digest: Digest) {
        let hash = SHA256()
        hash.update(source)
        hash.update([0])
        hash.update(event.raw)
        let bytes = Array(hash.digest.prefix(16))
        let text = bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
        let words = bytes.withUnsafeBytes {
            ($0.loadUnaligned(as: UInt64.self), $0.loadUnaligned(fromByteOffset: 8, as: UInt64.self))
        }
        return (text, Digest(first: words.0, second: words.1))
    }
}
