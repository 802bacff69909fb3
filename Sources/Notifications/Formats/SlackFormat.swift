import Events
import JSON

/// A message as the body of a Slack-compatible incoming webhook: `{"text": …}`.
package enum SlackFormat {
    /// The JSON text.
    package static func body(of message: NotificationMessage) -> [UInt8] {
        var writer = JSONWriter(capacity: 1024)
        writer.beginObject()
        let lines = ["*\(escaped(message.title))*"] + message.lines.map { "• \(escaped($0))" }
        writer.member("text", string: lines.joined(separator: "\n"))
        writer.endObject()
        return writer.bytes
    }

    /// Slack takes these three for markup, of links and mentions.
    private static func escaped(_ text: String) -> String {
        text.replacingScalars("&", with: "&amp;").replacingScalars("<", with: "&lt;").replacingScalars(
            ">",
            with: "&gt;"
        )
    }
}
