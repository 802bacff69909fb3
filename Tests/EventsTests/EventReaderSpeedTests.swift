import Events
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
            var best = 0.0
            for _ in 0..<5 {
                let clock = ContinuousClock()
                let duration = clock.measure { for _ in 0..<200 { _ = reader.read(body, as: .json) } }
                best = max(
                    best,
                    Double(body.count) * 200 / 1e6
                        / (Double(duration.components.attoseconds) / 1e18 + Double(duration.components.seconds))
                )
            }
            print("event reader: \(Int(best)) MB/s")
            #expect(best > 60, "a batch endpoint that reads slower than this is the gateway's limit")
        #endif
    }
}
