import Events
import Foundation

/// A message as a mail (RFC 5322), for a `sendmail` program.
package enum MailFormat {
    private static let weekdays = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"]
    private static let months = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]

    /// Head and body.
    /// - Parameters:
    ///   - from: an address; also the domain of the message's ID.
    ///   - to: addresses.
    package static func text(of message: NotificationMessage, from: String, to: [String]) -> [UInt8] {
        let domain = from.split(separator: "@").last ?? "localhost"
        let head = [
            "From: \(from)", "To: \(to.joined(separator: ", "))", "Subject: \(asciiText(message.title))",
            "Date: \(date(message.at))", "Message-ID: <\(message.id)@\(domain)>", "Auto-Submitted: auto-generated",
            "MIME-Version: 1.0", "Content-Type: text/plain; charset=utf-8", "Content-Transfer-Encoding: base64",
        ]
        let encoded = Data(body(of: message).utf8).base64EncodedString(options: [
            .lineLength76Characters, .endLineWithLineFeed,
        ])
        return Array((head + ["", encoded, ""]).joined(separator: "\n").utf8)
    }

    /// A program gets at most what the buffer of a pipe holds, with the head and the encoding.
    private static let mostBodyBytes = 24 << 10

    private static func body(of message: NotificationMessage) -> String {
        var body = message.title + "\n"
        for line in message.lines {
            guard body.utf8.count + line.utf8.count + 2 <= mostBodyBytes else {
                return body + "\nThe rest is left out.\n"
            }
            body += "\n\(line)\n"
        }
        return body
    }

    /// Whether a text is an address that can be neither an option of a program nor the end of a header field.
    package static func isAddress(_ text: String) -> Bool {
        let parts = text.split(separator: "@", omittingEmptySubsequences: false)
        return parts.count == 2 && !parts[0].isEmpty && !parts[1].isEmpty && !text.hasPrefix("-")
            && text.utf8.count <= 254
            && text.utf8.allSatisfy { (0x21...0x7E).contains($0) && !#",;:<>()[]\""#.utf8.contains($0) }
    }

    /// A header field has ASCII only.
    private static func asciiText(_ text: String) -> String {
        String(decoding: text.utf8.map { (0x20...0x7E).contains($0) ? $0 : UInt8(ascii: "?") }, as: UTF8.self)
    }

    /// `Sun, 29 Nov 2026 14:40:39 +0000`
    private static func date(_ time: Timestamp) -> String {
        let perDay: Int64 = 86_400_000
        let days = Int((time.milliseconds - (time.milliseconds < 0 ? perDay - 1 : 0)) / perDay)
        let day = CivilDate(daysSinceEpoch: days)
        // 1970-01-01 was a Thursday.
        let weekday = weekdays[((days % 7) + 7) % 7]
        let clock = time.rfc3339.dropFirst(11).prefix(8)
        let year = String(repeating: "0", count: max(0, 4 - "\(day.year)".count)) + "\(day.year)"
        return "\(weekday), \(day.day < 10 ? "0" : "")\(day.day) \(months[day.month - 1]) \(year) \(clock) +0000"
    }
}
