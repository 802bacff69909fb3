import Foundation

extension UnsafeRawBufferPointer {
    /// Where a text stands, at or after a place.
    func offset(of marker: StaticString, from start: Int = 0) -> Int? {
        let length = marker.utf8CodeUnitCount
        guard let base = baseAddress, count >= length else { return nil }
        var place = start
        while place <= count - length {
            let rest = count - length + 1 - place
            guard let found = memchr(base + place, Int32(marker.utf8Start[0]), rest) else { return nil }
            place = UnsafeRawPointer(found) - base
            if memcmp(base + place, marker.utf8Start, length) == 0 { return place }
            place += 1
        }
        return nil
    }

    /// How often a text is in the bytes.
    func occurrences(of marker: StaticString) -> Int {
        var found = 0
        var place = 0
        while let next = offset(of: marker, from: place) {
            found += 1
            place = next + marker.utf8CodeUnitCount
        }
        return found
    }
}
