import Events
import Foundation
import GRDB
import Journal
import JournalBehaviour
import TestSupport

@testable import JournalSQLite

/// A data folder with events in several states, and files of both indexes.
enum OperatedJournal {
    static let attempt = Attempt(
        at: Timestamp(milliseconds: 1_750_000_001_000),
        latency: .milliseconds(5),
        httpStatus: 200,
        status: .delivered
    )

    /// Files of the indexes are small, so that there are some.
    static var settings: SQLiteStoreSettings {
        var settings = SQLiteStoreSettings()
        settings.newestIdentities = 20
        settings.eventsPerSegment = 20
        return settings
    }

    /// 100 events in chunks of 10: 1 to 40 delivered, 41 rejected, 42 retrying, the others wait.
    static func make(in folder: URL) async throws {
        let store = try SampleStore.open(folder, settings)
        for start in stride(from: 1, through: 91, by: 10) {
            _ = try await SampleStore.append(start...(start + 9), to: store)
        }
        _ = try await store.claimBlock(for: "lago", limit: BlockLimit(events: 42, bytes: 1 << 20))
        let fault = DeliveryFault(code: .invalidEvent, message: "refused")
        func settled(_ sequence: Int64, _ status: DeliveryStatus, next: Timestamp? = nil) -> SettledDelivery {
            SettledDelivery(
                sequence: SequenceNumber(sequence),
                status: status,
                newAttempts: [
                    Attempt(at: attempt.at, latency: .milliseconds(5), httpStatus: 422, status: status, fault: fault)
                ],
                nextAttemptAt: next,
                reachedAt: nil,
                fault: fault
            )
        }
        try await store.settle(
            Settlement(
                provider: "lago",
                delivered: [DeliveredRun(sequences: (1...40).map { SequenceNumber($0) }, attempt: attempt)],
                exceptions: [
                    settled(41, .rejected), settled(42, .retrying, next: Timestamp(milliseconds: 4_000_000_000_000)),
                ]
            )
        )
        // Takes the chunks apart, so that there is a segment to write.
        _ = store.parts.columns.snapshot()
        await store.close()
    }

    static func file(in folder: URL) -> URL { folder.appending(path: "journal.sqlite") }

    /// The files of an index, by name.
    static func files(_ index: String, in folder: URL) throws -> [URL] {
        try FileManager.default.contentsOfDirectory(
            at: folder.appending(path: index),
            includingPropertiesForKeys: nil
        ).sorted { $0.path < $1.path }
    }

    /// Changes a byte in the middle of a file.
    static func flip(_ file: URL, at place: Int? = nil) throws {
        var bytes = [UInt8](try Data(contentsOf: file))
        bytes[place ?? bytes.count / 2] ^= 0x10
        try Data(bytes).write(to: file)
    }

    /// Changes a byte of the events of a chunk, in the file of the database.
    static func flipChunk(_ number: Int, in folder: URL) throws {
        let bytes = [UInt8](try Data(contentsOf: file(in: folder)))
        let magic = Array("TGch".utf8)
        let places = bytes.indices.dropLast(40).filter { place in
            bytes[place..<(place + 4)].elementsEqual(magic)
                && bytes[(place + 16)..<(place + 24)].elementsEqual(
                    withUnsafeBytes(of: Int64(number).littleEndian, Array.init)
                )
        }
        for place in places { try flip(file(in: folder), at: place + 30) }
        guard !places.isEmpty else { throw ConditionNeverHeld(description: "there is no chunk \(number)") }
    }

    /// What a journal says of its deliveries.
    static func statuses(in store: SQLiteEventStore) async throws -> [String: DeliveryStatus] {
        var statuses: [String: DeliveryStatus] = [:]
        for number in 1...100 {
            let found = try await store.events(withID: EventID("event-\(number)"), of: "shop")
            statuses["event-\(number)"] = found.first?.deliveries.first?.status
        }
        return statuses
    }
}
