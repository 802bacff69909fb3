package import JSON

/// A message of a stream of server-sent events.
package struct StreamMessage: Sendable, Equatable {
    /// From which the stream can be resumed; nil for a message that is not repeated.
    package let id: String?
    package let kind: String
    package let data: String

    /// The data as JSON; nil if it is not.
    package var json: JSONValue? {
        do {
            return try JSONDocument(parsing: Array(data.utf8)).root
        } catch {
            return nil
        }
    }
}

/// The gateway did not open a stream, or sent something else than one.
package struct StreamRefused: Error, Sendable, Equatable {
    /// The gateway's message, or what is wrong with the stream.
    package let problem: String
}

/// Reads server-sent events from bytes that arrive in pieces.
struct EventStreamReader {
    private var rest: [UInt8] = []
    private var (id, kind, data): (String?, String, [String]) = (nil, "message", [])
    /// The bytes of the lines in ``data``, of empty ones too.
    private var dataBytes = 0
    private let limitBytes: Int

    /// - Parameter limitBytes: the largest message that is read. That of an event is about as large as the event, of which a gateway accepts
    ///   32 MiB.
    init(limitBytes: Int = 64 << 20) {
        self.limitBytes = limitBytes
    }

    /// - Returns: the messages that are complete now.
    /// - Throws: ``StreamRefused`` if a message is larger than the limit: whatever sends it would fill the memory.
    mutating func read(_ bytes: some Sequence<UInt8>) throws(StreamRefused) -> [StreamMessage] {
        // What is left from before has no line end: a long line that comes in many pieces is searched once.
        var searched = rest.endIndex
        rest += bytes
        var messages: [StreamMessage] = []
        var start = rest.startIndex
        while let end = rest[searched...].firstIndex(of: UInt8(ascii: "\n")) {
            let line = String(decoding: rest[start..<end].filter { $0 != UInt8(ascii: "\r") }, as: UTF8.self)
            start = end + 1
            searched = start
            if let message = take(line) { messages.append(message) }
            try checkSize(0)
        }
        rest.removeSubrange(..<start)
        try checkSize(rest.count)
        return messages
    }

    /// - Parameter restBytes: of the line that is not complete.
    private func checkSize(_ restBytes: Int) throws(StreamRefused) {
        guard dataBytes + restBytes > limitBytes else { return }
        throw StreamRefused(
            problem: "the stream has a message of more than \(limitBytes) bytes; is it from a Tollgate gateway?"
        )
    }

    /// A line; an empty one ends a message, one that begins with a colon is a keep-alive.
    private mutating func take(_ line: String) -> StreamMessage? {
        guard !line.isEmpty else {
            defer { (id, kind, data, dataBytes) = (nil, "message", [], 0) }
            return data.isEmpty ? nil : StreamMessage(id: id, kind: kind, data: data.joined(separator: "\n"))
        }
        let parts = line.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        let value = parts.count > 1 ? String(parts[1].hasPrefix(" ") ? parts[1].dropFirst() : parts[1]) : ""
        switch parts[0] {
        case "id": id = value
        case "event": kind = value
        case "data":
            data.append(value)
            dataBytes += value.utf8.count + 1
        default: break
        }
        return nil
    }
}
