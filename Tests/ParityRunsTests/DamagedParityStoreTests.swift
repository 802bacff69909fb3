import Events
import Foundation
import GRDB
import Parity
import ParityRuns
import TestSupport
import Testing

/// Values of other types in `parity.sqlite`: they are reported, and end no process.
@Suite struct DamagedParityStoreTests {
    private static let now = Timestamp(milliseconds: 1_750_000_000_000)

    @Test(arguments: [
        "runs SET events = 'text'", "runs SET from_ms = 'text'", "runs SET level = x'00ff'",
        "runs SET sample = x'00ff'", "runs SET requested_at = 'text'", "runs SET tenant = x'00ff'",
        "providers SET provider = x'00ff'", "providers SET not_planned = 'text'", "providers SET extra_calls = 'text'",
    ])
    func `a value of another type is reported`(change: String) async throws {
        try await withTemporaryFolder { folder in
            let store = try ParityStore(in: folder)
            let window = ReadWindow(from: Timestamp(milliseconds: 0), until: Timestamp(milliseconds: 1000))
            let order = ParityOrder(window: window, providers: ["lago"], level: .digest, sample: 1)
            let run = try await store.add(order, for: "shop", by: "web", at: Self.now)
            #expect(try await store.run(run.id, at: Self.now)?.id == run.id)
            try await store.close()

            let database = try DatabaseQueue(path: folder.appending(path: "parity.sqlite").path)
            try await database.write { try $0.execute(sql: "UPDATE \(change)") }
            try database.close()

            let damaged = try ParityStore(in: folder)
            let error = await #expect(throws: ParityError.self) { try await damaged.run(run.id, at: Self.now) }
            #expect("\(String(describing: error))".contains("parity.sqlite is damaged"))
            await #expect(throws: ParityError.self) { try await damaged.next() }
            try await damaged.close()
        }
    }
}
