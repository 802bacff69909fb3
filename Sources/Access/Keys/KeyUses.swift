package import Events

/// On which day each key was used last.
package struct KeyUses: Sendable, Equatable {
    /// Days in UTC, such as `2026-11-29`, by the key's digest.
    package private(set) var days: [KeyDigest: String]

    /// A key that was not used for so long is forgotten.
    package static let longestAge = Duration.seconds(400 * 86_400)

    /// Nothing is noted.
    package init() {
        days = [:]
    }

    /// All of these keys on one day.
    package init(_ keys: some Sequence<KeyDigest>, on day: String) {
        days = Dictionary(keys.map { ($0, day) }) { first, _ in first }
    }

    /// The day of a time in UTC, as `2026-11-29`.
    package static func day(of timestamp: Timestamp) -> String { String(timestamp.rfc3339.prefix(10)) }

    /// Notes that a key was used on a day; an earlier day changes nothing.
    package mutating func note(_ key: KeyDigest, on day: String) {
        days[key] = max(days[key] ?? day, day)
    }

    /// Notes what others have noted.
    package mutating func merge(_ others: KeyUses) {
        for (key, day) in others.days { note(key, on: day) }
    }

    /// Forgets keys that were used last before a day.
    package mutating func forget(before day: String) {
        days = days.filter { $0.value >= day }
    }
}

/// As lines of a digest and a day.
extension KeyUses {
    var text: [UInt8] {
        let lines = days.map { "\($0.key.hexadecimal) \($0.value)\n" }.sorted()
        return Array(lines.joined().utf8)
    }

    /// Lines that are none of ours are skipped: they say when a key was used, and nothing that anybody relies on.
    init(reading bytes: [UInt8]) {
        self.init()
        for line in String(decoding: bytes, as: UTF8.self).split(separator: "\n") {
            let parts = line.split(separator: " ")
            guard parts.count == 2, let digest = KeyDigest(hexadecimal: String(parts[0])),
                Timestamp(rfc3339: "\(parts[1])T00:00:00Z") != nil
            else { continue }
            note(digest, on: String(parts[1]))
        }
    }
}
