import Events
import Journal
import Testing

@testable import DeliveryEngine

@Suite struct PipelineMemoryTests {
    private func memory(batch: Int, concurrency: Int, held: Int) -> PipelineMemory {
        var memory = PipelineMemory(batch: BatchLimit(events: batch, bytes: 1 << 20), concurrency: concurrency)
        memory.heldBytes = held
        return memory
    }

    @Test func `has room for two batches at least, and for eight mebibytes at most`() {
        let room = memory(batch: 1000, concurrency: 1, held: 0).room(besides: 0, bytes: 0)
        #expect(room == BlockLimit(events: 2000, bytes: 8 << 20))
    }

    @Test func `stops at half of its events`() {
        let memory = memory(batch: 100, concurrency: 8, held: 0)
        #expect(memory.room(besides: 799, bytes: 0) != nil)
        #expect(memory.room(besides: 800, bytes: 0) == nil)
    }

    @Test func `stops at large events long before it has many`() {
        let memory = memory(batch: 100, concurrency: 8, held: 8 << 20)
        #expect(memory.room(besides: 8, bytes: 8 << 20) == nil)
        #expect(memory.room(besides: 0, bytes: 0) != nil, "but not for the other kind")
    }

    @Test func `counts what is in flight, and never lets a claim exceed the whole`() {
        #expect(memory(batch: 100, concurrency: 8, held: 48 << 20).room(besides: 0, bytes: 0) == nil)
        #expect(memory(batch: 100, concurrency: 8, held: (48 << 20) - 5).room(besides: 0, bytes: 0)?.bytes == 5)
    }
}
