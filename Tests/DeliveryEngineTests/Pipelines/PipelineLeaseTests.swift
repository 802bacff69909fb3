import Events
import Journal
import JournalSQLite
import Routing
import TestSupport
import Testing

@testable import DeliveryEngine

@Suite struct PipelineLeaseTests {
    @Test func `sends nothing while another has its account, then begins with what has no outcome`() async throws {
        try await withTemporaryFolder { folder in
            var stage = try PipelineStage(folder) { $0 == 0 ? .hang : .status(200) }
            stage.settings.concurrency = 1
            let vendor = stage.vendor
            try await stage.accept("1", "2")
            try await stage.run {
                try await waitUntil("the request has left") { vendor.calls.count == 1 }
                let lease = try await stage.store.lease(PipelineStage.provider)
                let limit = BlockLimit(events: 9, bytes: 1 << 20)
                let block = try await stage.store.claimBlock(under: lease, limit: limit)
                #expect(block?.deliveries.map(\.event.id) == ["1", "2"])
                #expect(vendor.calls.map(\.ids) == [["1"]])
                // Its outcome is refused; then the pipeline takes the account again.
                vendor.answer(200)
                try await stage.wait("1", .delivered)
                try await stage.wait("2", .delivered)
            }
            #expect(vendor.calls.flatMap(\.ids) == ["1", "1", "2"])
        }
    }

    /// Whatever it hears of first: that a request must not leave, or that its lease has ended.
    @Test func `takes its account again when a request must not leave, before it has heard that its lease is lost`()
        async throws
    {
        try await withTemporaryFolder { folder in
            var stage = try PipelineStage(folder) { _ in .status(200) }
            stage.ledger = UnheardLoss(stage.store)
            try await stage.accept("1")
            try await stage.run { try await stage.wait("1", .delivered) }
            #expect(stage.vendor.calls.map(\.ids) == [["1"]])
        }
    }

    @Test func `gives back the account that it gets when it is stopped already`() async throws {
        try await withTemporaryFolder { folder in
            var stage = try PipelineStage(folder) { _ in .status(200) }
            let leases = LateLeases(stage.store)
            stage.ledger = leases
            let (ended, stop) = AsyncStream<Never>.makeStream()
            stop.finish()
            await stage.pipeline.run(until: ended)
            #expect(leases.taken.count == 1)
            #expect(leases.returned == leases.taken)
        }
    }
}
