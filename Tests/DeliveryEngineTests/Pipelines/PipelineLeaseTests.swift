import Events
import Journal
import JournalSQLite
import Routing
import TestSupport
import Testing

@testable import DeliveryEngine

@Suite struct PipelineLeaseTests {
    @Test func `ends when somebody takes its account, and leaves what has no outcome to the new holder`() async throws {
        try await withTemporaryFolder { folder in
            var stage = try PipelineStage(folder) { _ in .hang }
            stage.settings.concurrency = 1
            let (vendor, monitor) = (stage.vendor, stage.view.monitor)
            try await stage.accept("1", "2")
            try await stage.run {
                try await waitUntil("the request has left") { vendor.calls.count == 1 }
                let lease = try await stage.store.lease(PipelineStage.provider)
                try await waitUntil("the pipeline has ended") { monitor.current[PipelineStage.provider] == nil }
                let limit = BlockLimit(events: 9, bytes: 1 << 20)
                let block = try await stage.store.claimBlock(under: lease, limit: limit)
                #expect(block?.deliveries.map(\.event.id) == ["1", "2"])
            }
            #expect(vendor.calls.map(\.ids) == [["1"]], "nothing is sent without the account")
        }
    }
}
