import Events
import Foundation
import Testing

@Suite struct UUIDTextTests {
    @Test func `writes 128 bits as Foundation does`() {
        for _ in 0..<500 {
            let (high, low) = (UInt64.random(in: .min ... .max), UInt64.random(in: .min ... .max))
            var bytes: [UInt8] = []
            for word in [high, low] { withUnsafeBytes(of: word.bigEndian) { bytes += $0 } }
            let expected = UUID(uuid: bytes.withUnsafeBytes { $0.loadUnaligned(as: uuid_t.self) })
            #expect(UUIDText.of(high, low) == expected.uuidString.lowercased())
        }
    }
}
