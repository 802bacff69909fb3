import Testing

@testable import Client

@Suite struct EventStreamReaderTests {
    @Test func `reads messages out of pieces of any size`() {
        let text =
            ": connected\n\nid: 7\nevent: accepted\ndata: {\"id\":\"ä\"}\n\n: \n\nevent: settled\r\ndata:{}\r\n\r\ndata: a\ndata: b\n\n"
        let expected = [
            StreamMessage(id: "7", kind: "accepted", data: #"{"id":"ä"}"#),
            StreamMessage(id: nil, kind: "settled", data: "{}"),
            StreamMessage(id: nil, kind: "message", data: "a\nb"),
        ]
        for size in [1, 2, 7, 1000] {
            var reader = EventStreamReader()
            var found: [StreamMessage] = []
            var rest = Array(text.utf8)[...]
            while !rest.isEmpty {
                found += reader.read(rest.prefix(size))
                rest = rest.dropFirst(size)
            }
            #expect(found == expected, "pieces of \(size)")
        }
    }
}
