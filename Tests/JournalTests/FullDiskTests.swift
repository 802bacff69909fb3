import Journal
import Testing

@Suite struct FullDiskTests {
    private let start = ContinuousClock.now

    @Test func `was full until a write succeeds, or half a minute has passed`() {
        let disk = FullDisk()
        #expect(!disk.isFull(at: start))
        disk.note(at: start)
        #expect(disk.isFull(at: start + .seconds(29)) && !disk.isFull(at: start + .seconds(30)))
        disk.note(at: start + .seconds(20))
        #expect(disk.isFull(at: start + .seconds(40)))
        disk.clear()
        #expect(!disk.isFull(at: start + .seconds(21)))
    }
}
