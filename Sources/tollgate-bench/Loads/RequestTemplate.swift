import Foundation
import NIOCore

/// The bytes of a request, made once; only digits change from one request to the next: each event has an id of its own that no other
/// resembles, and a customer, a time and values by chance.
///
/// All numbers have a fixed width, so that the length never changes and a request costs the load next to nothing: what the load
/// spends on a shared machine is missing from the server that is measured.
struct RequestTemplate: Sendable {
    /// Digits that are filled in; one id at a time, with what belongs to it after it.
    private struct Run {
        let place: Int
        let length: Int
        /// Sixteen of them are the id; all others are decimal.
        let isHexadecimal: Bool
    }

    /// Bytes of an event in the body.
    let eventBytes: Int
    private let bytes: ByteBuffer
    private let bodyStart: Int
    /// Of all events, in their order.
    private let runs: [Run]
    private let runsPerEvent: Int

    private static let hexadecimal: [UInt8] = Array("0123456789abcdef".utf8)

    /// So that windows of the last days find the events.
    private static let yesterday = Date.now.addingTimeInterval(-86_400).formatted(.iso8601.year().month().day())

    /// An event with a mark for each digit that changes, `~` in the id and `#` after it.
    private static let event =
        #"","name":"api_request","customer_id":"customer-1###","timestamp":"\#(yesterday)T1#:3#:0#.###Z","source":"benchmark","#
        + #""properties":{"request_size":1###,"response_size":2####,"region":"eu-central-1","path":"/v1/things/4#","#
        + #""status":200,"cached":false,"tokens":1##.2#,"model":"l-24"}}"#

    /// - Parameters:
    ///   - prefix: in front of every id, so that loads do not repeat one another's.
    ///   - waits: whether the answer is to come when the events are delivered.
    init(path: String = "/v1/events", batch: Int, prefix: String, key: String, waits: Bool = false) {
        let event = #"{"id":"\#(prefix)-~~~~~~~~~~~~~~~~"# + Self.event
        let events = repeatElement(event, count: batch).joined(separator: ",")
        let body = batch > 1 ? "[\(events)]" : events
        var whole = ByteBuffer(
            string: "POST \(path) HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
                + "Content-Length: \(body.utf8.count)\r\nAuthorization: Bearer \(key)\r\n"
                + (waits ? "Prefer: wait=30\r\n" : "") + "\r\n"
        )
        bodyStart = whole.writerIndex
        whole.writeString(body)
        eventBytes = body.utf8.count / batch
        bytes = whole
        runs = Self.runs(in: whole)
        runsPerEvent = runs.count / batch
    }

    /// Reads of things below a path.
    init(reading path: String, key: String) {
        bytes = ByteBuffer(
            string: "GET \(path)/~~~~~~~~~~~~~~~~ HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer \(key)\r\n\r\n"
        )
        bodyStart = bytes.writerIndex
        eventBytes = 0
        runs = Self.runs(in: bytes)
        runsPerEvent = runs.count
    }

    /// The places in the body that differ from event to event.
    private static func runs(in text: ByteBuffer) -> [Run] {
        let text = text.readableBytesView
        let isMark = text.map { $0 == UInt8(ascii: "#") || $0 == UInt8(ascii: "~") }
        let starts = isMark.indices.filter { isMark[$0] && !isMark[$0 - 1] }
        return starts.map { start in
            let length = isMark[start...].prefix { $0 }.count
            return Run(place: start, length: length, isHexadecimal: text[text.startIndex + start] == UInt8(ascii: "~"))
        }
    }

    /// A request whose events are numbered from `first` on.
    func request(from first: Int) -> ByteBuffer {
        var request = bytes
        fill(&request, from: first)
        return request
    }

    /// The body of such a request alone.
    func body(from first: Int) -> [UInt8] { Array(request(from: first).readableBytesView.dropFirst(bodyStart)) }

    /// Numbers the events of a request of this template from `first` on.
    func fill(_ request: inout ByteBuffer, from first: Int) {
        request.withUnsafeMutableReadableBytes { bytes in
            for (index, run) in runs.enumerated() {
                let (event, part) = index.quotientAndRemainder(dividingBy: runsPerEvent)
                var number = Self.mixed(UInt64(first + event) &* 31 &+ UInt64(part))
                for place in (run.place..<(run.place + run.length)).reversed() {
                    if run.isHexadecimal {
                        bytes[place] = Self.hexadecimal[Int(number & 15)]
                        number >>= 4
                    } else {
                        bytes[place] = UInt8(ascii: "0") + UInt8(number % 10)
                        number /= 10
                    }
                }
            }
        }
    }

    /// The same number every time, but like one by chance; no two numbers become the same.
    private static func mixed(_ number: UInt64) -> UInt64 {
        let product = number &* 0x9E37_79B9_7F4A_7C15
        return product ^ (product >> 32)
    }
}
