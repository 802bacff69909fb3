import Events
import Foundation
import Testing

/// How fast batches become events, against a plain scan of the same bytes in the same run.
@Suite struct EventReaderSpeedTests {
    @Test func `reads a batch of a hundred events at a fair part of the speed of a scan`() throws {
        let event =
            #"{"id":"evt-0123456789","name":"api_request","customer_id":"customer-4567","timestamp":"2024-03-20T15:04:05.123Z","source":"gateway","properties":{"request_size":1024,"response_size":20480,"region":"eu-central-1","path":"/v1/things/42","status":200,"cached":false,"tokens":151.25,"model":"large-2024"}}"#
        let body = Array("[\(Array(repeating: event, count: 100).joined(separator: ","))]".utf8)
        let reader = EventReader()
        #expect(reader.read(body, as: .json).events.count == 100)
        #if DEBUG
            return
        #else
            // The shortest of many: a single one is short enough to have the processor to itself, however busy the machine is.
            let reading = (0..<1000).map { _ in Self.seconds { _ = reader.read(body, as: .json) } }
            let scanning = (0..<1000).map { _ in Self.seconds { Self.scan(body) } }
            let ratio = (reading.min() ?? 0) / (scanning.min() ?? 1)
            print("event reader: \(ratio) times a scan")
            #expect(ratio < 15, "a batch endpoint that reads slower than this is the gateway's limit")
        #endif
    }

    /// Looks at every byte, one after the other: the FNV hash.
    private static func scan(_ bytes: [UInt8]) {
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        for byte in bytes { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
        precondition(hash != 0, "so that the loop is not left out")
    }

    private static func seconds(_ body: () -> Void) -> Double {
        let duration = ContinuousClock().measure(body)
        return Double(duration.components.attoseconds) / 1e18 + Double(duration.components.seconds)
    }
}
