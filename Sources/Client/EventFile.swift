import Crypto
import Foundation
import JSON

/// The events of a file: one a line, a JSON array, or `{"events": [...]}`.
///
/// An event without an id gets one that follows from the file's name, its own bytes and how often they stood in the file before: sending
/// the file again, also after more events were added to it, bills nothing twice, and the same line in another file is another event.
package struct EventFile: Sendable {
    /// One event of the file.
    package struct Entry: Sendable {
        /// Line number from 1; in a JSON array, place from 1.
        package let place: Int
        /// The event with an id, as JSON.
        package let json: [UInt8]
    }

    package let entries: [Entry]
    /// What stands in the way of sending some places of the file.
    package let faults: [(place: Int, message: String)]

    /// Reads a file's content.
    /// - Parameter name: the file's name without its folder.
    package init(_ content: [UInt8], name: String) {
        var reader = EventFileReader(name: name)
        reader.read(content)
        entries = reader.entries
        faults = reader.faults
    }

    /// The SHA-256 of the first events, to tell whether a progress file belongs to this content.
    package func digest(ofFirst count: Int) -> String {
        var digest = RunningDigest()
        for entry in entries.prefix(count) { digest.add(entry) }
        return digest.text
    }
}

/// The SHA-256 of the events so far.
package struct RunningDigest: Sendable {
    private var hash = SHA256()

    package init() {}

    /// Takes in one more event.
    package mutating func add(_ entry: EventFile.Entry) {
        hash.update(data: entry.json)
    }

    /// The digest in hexadecimal digits.
    package var text: String {
        hash.finalize().map { byte in (byte < 16 ? "0" : "") + String(byte, radix: 16) }.joined()
    }
}

/// One pass over a file's content.
private struct EventFileReader {
    var entries: [EventFile.Entry] = []
    var faults: [(place: Int, message: String)] = []
    private let name: [UInt8]
    private var occurrences: [[UInt8]: Int] = [:]

    init(name: String) {
        self.name = Array(name.utf8)
    }

    mutating func read(_ content: [UInt8]) {
        if let document = whole(content) {
            let events = document.root.kind == .array ? document.root : document.root["events"]
            if let events, events.kind == .array {
                for (index, element) in events.elements.enumerated() { add(element, at: index + 1) }
                return
            }
        }
        var place = 0
        for line in content.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false) {
            place += 1
            guard line.contains(where: { $0 != 0x20 && $0 != 0x09 && $0 != 0x0D }) else { continue }
            do {
                add(try JSONDocument(parsing: Array(line)).root, at: place)
            } catch {
                faults.append((place, "column \(error.position.column): \(error.message)"))
            }
        }
    }

    /// The content as one JSON text; nil if it is not, as a file of lines is not.
    private func whole(_ content: [UInt8]) -> JSONDocument? {
        do {
            return try JSONDocument(parsing: content, limits: JSONLimits(bytes: 2 << 30))
        } catch {
            return nil
        }
    }

    private mutating func add(_ event: JSONValue, at place: Int) {
        // The gateway takes null for absent, and would mint an id that is another one each time.
        let hasID = event["id"].map { !$0.isNull } ?? false
        guard event.kind == .object, !hasID else {
            entries.append(EventFile.Entry(place: place, json: Array(event.raw)))
            return
        }
        let digest = Array(SHA256.hash(data: name + [0] + Array(event.raw)).prefix(16))
        let before = occurrences[digest, default: 0]
        occurrences[digest] = before + 1
        let text = digest.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
        var writer = JSONWriter(capacity: event.raw.count + 64)
        writer.beginObject()
        writer.member("id", string: "file-\(text)-\(before)")
        for member in event.members where !member.hasName("id") { writer.member(member.name, raw: member.value.raw) }
        writer.endObject()
        let json = writer.bytes
        entries.append(EventFile.Entry(place: place, json: json))
    }
}
