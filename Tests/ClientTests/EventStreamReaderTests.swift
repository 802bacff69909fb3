import Testing

@testable import Client

@Suite struct EventStreamReaderTests {
    @Test func `reads messages out of pieces of any size`() throws {
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
                found += try reader.read(rest.prefix(size))
                rest = rest.dropFirst(size)
            }
            #expect(found == expected, "pieces of \(size)")
        }
    }

    /// Something that is no stream must not fill the memory: a line without an end, or a message.
    @Test(arguments: ["data: \(String(repeating: "x", count: 95))", String(repeating: "data:\n", count: 101)])
    func `refuses a message that is larger than its limit`(text: String) {
        for size in [1, 7, 1000] {
            let refused = #expect(throws: StreamRefused.self, "pieces of \(size)") {
                var reader = EventStreamReader(limitBytes: 100)
                var rest = Array(text.utf8)[...]
                while !rest.isEmpty {
                    _ = try reader.read(rest.prefix(size))
                    rest = rest.dropFirst(size)
                }
            }
            #expect(refused?.problem.contains("a message of more than 100 bytes") == true)
        }
    }

    @Test func `reads any number of messages within its limit`() throws {
        var reader = EventStreamReader(limitBytes: 100)
        let one = "data: \(String(repeating: "x", count: 90))\n\n"
        #expect(try reader.read(Array(String(repeating: one, count: 20).utf8)).count == 20)
        #expect(try reader.read(Array(one.utf8)).count == 1)
    }
}
