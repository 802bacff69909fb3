import Testing

@testable import Observability

/// The bytes of a line, in whatever pieces they come.
@Suite struct LineBufferTests {
    private func bytes(_ buffer: borrowing LineBuffer) -> [UInt8] { buffer.withBytes { Array($0) } }

    @Test(arguments: [1, 2, 3, 7, 64])
    func `has everything that was added, in its order`(capacity: Int) {
        var buffer = LineBuffer(capacity: capacity)
        var expected: [UInt8] = []
        for number in 0..<200 {
            let piece = (0..<(number % 9)).map { UInt8(truncatingIfNeeded: number &* 31 &+ $0) }
            switch number % 3 {
            case 0:
                buffer.append(UInt8(number))
                expected.append(UInt8(number))
            case 1:
                buffer.append("static ü")
                expected += "static ü".utf8
            default:
                buffer.append(piece)
                expected += piece
            }
            if bytes(buffer) != expected { Issue.record("after \(number) pieces") }
        }
    }

    @Test func `is empty at first, and after nothing was added`() {
        var buffer = LineBuffer(capacity: 1)
        let first = bytes(buffer)
        buffer.append([])
        buffer.append("")
        buffer.append(UnsafeBufferPointer(start: nil, count: 0))
        let last = bytes(buffer)
        #expect(first == [] && last == [])
    }

    @Test func `takes at once more than twice what it has`() {
        var buffer = LineBuffer(capacity: 4)
        buffer.append([1, 2, 3])
        buffer.append([UInt8](repeating: 9, count: 1000))
        let found = bytes(buffer)
        #expect(found == [1, 2, 3] + [UInt8](repeating: 9, count: 1000))
    }
}
