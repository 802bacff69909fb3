import Events
import Foundation
import GRDB
import Journal
import JournalSQLite
import Logging
import Routing
import Synchronization
import TestSupport
import Testing

@testable import DeliveryEngine

/// How a pipeline takes up what an earlier run has left.
@Suite struct PipelineStartTests {
    /// Keeps the messages that are logged.
    private final class Messages: LogHandler {
        let metadataProvider: Logger.MetadataProvider? = nil
        private let kept = Mutex<[String]>([])

        var all: [String] { kept.withLock { $0 } }

        var metadata: Logger.Metadata {
            get { [:] }
            set {}
        }

        var logLevel: Logger.Level {
            get { .trace }
            set {}
        }

        subscript(metadataKey key: String) -> Logger.Metadata.Value? {
            get { nil }
            set {}
        }

        func log(event: LogEvent) {
            kept.withLock { $0.append("\(event.message)") }
        }
    }

    @Test func `sends a retry that was scheduled by a clock that was ahead`() async throws {
        try await withTemporaryFolder { folder in
            let before = try PipelineStage(folder) { _ in .status(500) }
            before.clock.advance(by: .seconds(40 * 86_400))
            try await before.accept("1")
            try await before.run { try await before.wait("1", .retrying) }
            await before.store.close()

            // Started anew, with the clock right.
            let stage = try PipelineStage(folder) { _ in .status(200) }
            try await stage.run { try await stage.wait("1", .delivered) }
            #expect(stage.clock.elapsed == .zero)
        }
    }

    @Test(arguments: [(minutes: 30, calls: 1, status: DeliveryStatus.delivered), (120, 0, .uncertain)])
    func `sends no repeat after a long stop that the vendor no longer recognizes`(
        stop: (minutes: Int, calls: Int, status: DeliveryStatus)
    ) async throws {
        try await withTemporaryFolder { folder in
            var before = try PipelineStage(folder) { _ in .status(500) }
            before.settings.deduplication = .byIdentity(memory: .seconds(3600))
            try await before.accept("1")
            try await before.run { [before] in try await before.wait("1", .retrying) }
            await before.store.close()

            var stage = try PipelineStage(folder) { _ in .status(200) }
            stage.settings.deduplication = .byIdentity(memory: .seconds(3600))
            stage.clock.advance(by: .seconds(60 * stop.minutes))
            try await stage.run { [stage] in
                try await stage.pass(until: "it has ended") { try await stage.delivery("1").status == stop.status }
            }
            #expect(stage.vendor.calls.count == stop.calls)
        }
    }

    /// On a busy machine a while passes between the start of the process and that of a pipeline, and routes that change start new ones.
    @Test func `gives nothing up because the clock jumped ahead before the pipeline began`() async throws {
        try await withTemporaryFolder { folder in
            let stage = try PipelineStage(folder) { _ in .status(500) }
            try await stage.accept("1")
            try await stage.run { try await stage.wait("1", .retrying) }
            stage.clock.setAhead(by: .seconds(40 * 86_400))
            try await stage.run {
                try await waitUntil("it was sent again") { try await stage.delivery("1").attempts == 2 }
            }
            #expect(try await stage.delivery("1").status == .retrying)
        }
    }

    @Test func `leaves a retry that waits as long as its schedule says`() async throws {
        try await withTemporaryFolder { folder in
            let before = try PipelineStage(folder) { _ in .status(500) }
            try await before.accept("1")
            try await before.run { try await before.wait("1", .retrying) }
            let due = before.store.nextDue(for: PipelineStage.provider)
            await before.store.close()

            let stage = try PipelineStage(folder) { _ in .status(200) }
            try await stage.run { try await stage.pass(until: "it is delivered") { stage.vendor.calls.count == 1 } }
            #expect(ClockReading.sample.wall + stage.clock.elapsed >= (try #require(due)))
        }
    }

    @Test func `reads the journal again that could not be read, and forgets no delivery that a crash interrupted`()
        async throws
    {
        try await withTemporaryFolder { folder in
            let crashed = try PipelineStage(folder) { _ in .hang }
            try await crashed.accept("1")
            let lease = try await crashed.store.lease(PipelineStage.provider)
            let block = try await crashed.store.claimBlock(under: lease, limit: BlockLimit(events: 1, bytes: 1 << 20))
            let sequences = try #require(block).deliveries.map(\.sequence)
            try await crashed.store.intend(sequences, under: lease)
            crashed.store.departs(sequences, under: lease)
            await crashed.store.close()

            let messages = Messages()
            var stage = try PipelineStage(folder) { _ in .status(200) }
            stage.settings.deduplication = .none
            stage.logger = Logger(label: "test") { _ in messages }
            let database = try DatabaseQueue(path: folder.appending(path: "journal.sqlite").path)
            func rename(_ table: String, to name: String) async throws {
                try await database.write { try $0.execute(sql: "ALTER TABLE \(table) RENAME TO \(name)") }
            }
            // Read last of all that a start reads.
            try await rename("operator_holds", to: "away")
            try await stage.run {
                try await waitUntil("the first try has failed") {
                    messages.all.contains("the journal could not be read")
                }
                try await rename("away", to: "operator_holds")
                try await stage.pass(until: "nobody knows whether the vendor has it") {
                    try await stage.delivery("1").status == .uncertain
                }
            }
            #expect(messages.all.contains("deliveries were interrupted by a crash"))
            try database.close()
        }
    }
}
