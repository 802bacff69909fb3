import Telemetry
import Testing

@Suite struct BatchSizeCountsTests {
    private func bucket(_ most: Int, _ requests: Int) -> BatchSizeCounts.Bucket {
        BatchSizeCounts.Bucket(most: most, requests: requests)
    }

    @Test func `counts requests by how many events they carry, in steps that double`() {
        let counts = BatchSizeCounts()
        for events in [2, 3, 4, 4, 5, 8, 9, 33] { counts.record(events) }
        #expect(
            counts.snapshot == [bucket(2, 1), bucket(4, 3), bucket(8, 2), bucket(16, 1), bucket(32, 0), bucket(64, 1)]
        )
    }

    @Test func `counts what is too small in the first, and what is too large in the last`() {
        let counts = BatchSizeCounts()
        #expect(counts.snapshot.isEmpty)
        for events in [.min, 0, 1, 1_000_000, .max] { counts.record(events) }
        #expect(counts.snapshot.first == bucket(1, 3))
        #expect(counts.snapshot.last == bucket(1 << 15, 2))
    }
}
