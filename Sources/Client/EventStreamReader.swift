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

/// The gateway did not open a stream.
package struct StreamRefused: Error, Sendable {
    /// The gateway's message.
    package let problem: String
}

/// Reads server-sent events from bytes that arrive in pieces.
struct EventStreamReader {
    private var rest: [UInt8] = []
    private var (id, kind, data): (String?, String, [String]) = (nil, "message", [])

    /// - Returns: the messages that are complete now.
    mutating func read(_ bytes: some Sequence<UInt8>) -> [StreamMessage] {
        rest += bytes
        var messages: [StreamMessage] = []
        while let end = rest.firstIndex(of: UInt8(ascii: "\n")) {
            let line = String(decoding: rest[..<end].filter { $0 != UInt8(ascii: "\r") }, as: UTF8.self)
            rest.removeSubrange(...end)
            if let message = take(line) { messages.append(message) }
        }
        return messages
    }

    /// A line; an empty one ends a message, one that begins with a colon is a keep-alive.
    private mutating func take(_ line: String) -> StreamMessage? {
        guard !line.isEmpty else {
            defer { (id, kind, data) = (nil, "message", []) }
            return data.isEmpty ? nil : StreamMessage(id: id, kind: kind, data: data.joined(separator: "\n"))
        }
        let parts = line.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        let value = parts.count > 1 ? String(parts[1].hasPrefix(" ") ? parts[1].dropFirst() : parts[1]) : ""
        switch parts[0] {
        case "id": id = value
        case "event": kind = value
        case "data": data.append(value)
        default: break
        }
        return nil
    }
}
