package import Events
import Foundation

/// How far a time zone's clocks are from UTC, at any time.
///
/// The rules are read once into a table: Foundation's calendar is too slow to be asked for each event. They hold from 1970 to 2200;
/// before and after, the offset is that of the nearer end.
package struct ZoneRules: Sendable, Equatable {
    /// The zone's name in the IANA database, such as `Europe/Berlin`.
    package let name: String
    /// When the offset changes, in milliseconds since 1970, ascending.
    private let changes: [Int64]
    /// In milliseconds, positive east of Greenwich: before the first change, then after each.
    private let offsets: [Int64]

    /// Universal time.
    package static let utc = ZoneRules(name: "UTC", changes: [], offsets: [0])

    private init(name: String, changes: [Int64], offsets: [Int64]) {
        self.name = name
        self.changes = changes
        self.offsets = offsets
    }

    /// - Parameter name: of the IANA database.
    /// - Returns: nil if there is no such zone.
    package init?(named name: String) {
        guard let zone = TimeZone(identifier: name) else { return nil }
        var (changes, offsets): ([Int64], [Int64]) = ([], [])
        var time = Self.start
        offsets.append(Self.offset(of: zone, at: time))
        while let next = zone.nextDaylightSavingTimeTransition(after: time), next > time, next < Self.end {
            time = next
            let offset = Self.offset(of: zone, at: time)
            // Some changes are of the zone's name alone.
            guard offset != offsets.last else { continue }
            // Safe: between the years 1970 and 2200.
            changes.append(Int64((time.timeIntervalSince1970 * 1000).rounded()))
            offsets.append(offset)
        }
        self.init(name: name, changes: changes, offsets: offsets)
    }

    private static let start = Date(timeIntervalSince1970: 0)
    private static let end = Date(timeIntervalSince1970: 7_258_118_400)

    private static func offset(of zone: TimeZone, at time: Date) -> Int64 {
        Int64(zone.secondsFromGMT(for: time)) * 1000
    }

    /// What the zone's clocks show, as milliseconds since they would have shown 1970-01-01 00:00.
    func local(_ time: Timestamp) -> Int64 {
        time.milliseconds + offsets[part(at: time.milliseconds)]
    }

    /// When the zone's clocks first show this time or a later one, in milliseconds since 1970.
    ///
    /// A time that clocks skip is the time of the skip; of one that they show twice it is the first.
    /// - Parameter local: as ``local(_:)`` tells it.
    func instant(ofLocal local: Int64) -> Int64 {
        // No clock is more than a day from UTC, so the parts before this one end earlier.
        var part = part(at: local - 86_400_000)
        while part < changes.count, changes[part] + offsets[part] <= local { part += 1 }
        let instant = local - offsets[part]
        return part == 0 ? instant : max(instant, changes[part - 1])
    }

    /// When the zone's clocks first show a time or a later one.
    /// - Parameter local: what they show, as though they showed UTC.
    package func time(showing local: Timestamp) -> Timestamp {
        Timestamp(milliseconds: instant(ofLocal: local.milliseconds))
    }

    /// The index in ``offsets`` of a time's offset.
    private func part(at milliseconds: Int64) -> Int {
        var (low, high) = (0, changes.count)
        while low < high {
            let middle = (low + high) / 2
            if changes[middle] <= milliseconds { low = middle + 1 } else { high = middle }
        }
        return low
    }
}
