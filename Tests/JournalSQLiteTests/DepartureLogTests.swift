import Foundation
import TestSupport
import Testing

@testable import JournalSQLite

@Suite struct DepartureLogTests {
    private func departure(_ sequence: Int64) -> Departure { Departure(provider: 7, sequence: sequence) }

    @Test func `tells what has left, also without an orderly end`() async throws {
        try await withTemporaryFolder { folder in
            let log = DepartureLog(in: folder, with: [departure(1)])
            log.add([departure(2), departure(3)]) { _ in true }
            log.add([Departure(provider: .max, sequence: .max)]) { _ in true }
            let left = try #require(DepartureLog.departed(in: folder))
            #expect(left == [departure(1), departure(2), departure(3), Departure(provider: .max, sequence: .max)])
        }
    }

    @Test func `is not believed after another start of the system, without a log, or with a damaged one`() async throws
    {
        try await withTemporaryFolder { folder in
            #expect(DepartureLog.departed(in: folder) == nil)
            let log = DepartureLog(in: folder, with: [departure(1)], boot: "first")
            log.add([departure(2)]) { _ in true }
            #expect(DepartureLog.departed(in: folder, boot: "first")?.count == 2)
            #expect(DepartureLog.departed(in: folder, boot: "second") == nil)
            #expect(DepartureLog.departed(in: folder, boot: nil) == nil)
            try Data("nonsense".utf8).write(to: folder.appending(path: "departures"))
            #expect(DepartureLog.departed(in: folder, boot: "first") == nil)
            // A system that does not tell its starts apart has no log.
            _ = DepartureLog(in: folder, with: [], boot: nil)
            #expect(!FileManager.default.fileExists(atPath: folder.appending(path: "departures").path))
        }
    }

    @Test func `stays small, and keeps what has no outcome`() async throws {
        try await withTemporaryFolder { folder in
            let log = DepartureLog(in: folder, with: [departure(0)], limitBytes: 1024)
            for sequence in Int64(1)...1000 { log.add([departure(sequence)]) { $0.sequence % 250 == 0 } }
            let file = folder.appending(path: "departures").path
            let size = try FileManager.default.attributesOfItem(atPath: file)[.size] as? Int ?? .max
            #expect(size <= 1024 + 16)
            let left = try #require(DepartureLog.departed(in: folder))
            #expect(left.isSuperset(of: [0, 250, 500, 750, 1000].map(departure)))
        }
    }

    @Test func `is taken away when it cannot be written, so that every intent counts as sent`() async throws {
        try await withTemporaryFolder { folder in
            try FileManager.default.createDirectory(
                at: folder.appending(path: "departures.new"),
                withIntermediateDirectories: true
            )
            try Data("old".utf8).write(to: folder.appending(path: "departures"))
            let log = DepartureLog(in: folder, with: [])
            log.add([departure(1)]) { _ in true }
            #expect(DepartureLog.departed(in: folder) == nil)
        }
    }
}
