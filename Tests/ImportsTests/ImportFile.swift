import Client
import Events
import Foundation
import Imports
import OfRecord
import TestSupport

/// What a file of these bytes gives.
struct ImportFile {
    /// Events as JSON; faults as `line: message`; at the end why the file cannot be read further.
    let items: [String]
    /// By what its events are known where the file is from; nil of those that have nothing.
    let identities: [FileEvent.Identity?]
    let tally: ImportTally

    init(
        _ content: [UInt8],
        _ format: ImportFormat,
        map: String? = nil,
        zone: String? = nil,
        from: String? = nil,
        until: String? = nil,
        idProperty: String? = nil
    ) async throws {
        let order = ImportOrder(
            format: format,
            map: try map.map { try FieldMap($0) } ?? FieldMap(),
            clock: ImportClock(zone: zone.flatMap { ZoneRules(named: $0) }),
            from: from.flatMap { Timestamp(rfc3339: $0) },
            until: until.flatMap { Timestamp(rfc3339: $0) },
            idProperty: idProperty
        )
        let tally = ImportTally()
        self.tally = tally
        (items, identities) = try await withTemporaryFolder { folder in
            let file = folder.appending(path: "file")
            try Data(content).write(to: file)
            let bytes = FileBytes(try FileHandle(forReadingFrom: file))
            var reader = order.reader(of: bytes, source: "s", largestEventBytes: 1 << 20, tally: tally)
            var (found, identities): ([String], [FileEvent.Identity?]) = ([], [])
            do throws(FileFailure) {
                while let item = try reader.next() {
                    switch item {
                    case .event(let event):
                        found.append(String(decoding: event.json, as: UTF8.self))
                        identities.append(event.identity)
                    case .fault(let fault): found.append("\(fault.position): \(fault.message)")
                    }
                }
            } catch {
                found.append("\(error)")
            }
            return (found, identities)
        }
    }

    init(
        _ content: String,
        _ format: ImportFormat,
        map: String? = nil,
        zone: String? = nil,
        from: String? = nil,
        until: String? = nil,
        idProperty: String? = nil
    ) async throws {
        try await self.init(
            Array(content.utf8),
            format,
            map: map,
            zone: zone,
            from: from,
            until: until,
            idProperty: idProperty
        )
    }
}
