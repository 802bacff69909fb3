import Testing

@testable import Ingress

@Suite struct WholeWriteMachineTests {
    /// What becomes of pieces; `whole` says which of them are whole writes that the lane takes.
    private func decisions(_ pieces: [(text: String, whole: Bool)]) -> [WholeWriteMachine.Decision] {
        var machine = WholeWriteMachine()
        return pieces.map { piece in
            Array(piece.text.utf8).withUnsafeBytes { bytes in machine.read(bytes) { piece.whole } }
        }
    }

    private static let request = "GET / HTTP/1.1\r\nHost: a\r\n\r\n"

    @Test func `takes whole writes as long as nothing else comes`() {
        #expect(
            decisions([("w", true), ("w", true), (Self.request, false), ("w", true), (Self.request, true)])
                == [.taken, .taken, .decode, .decode, .decode]
        )
    }

    @Test func `leaves all to the decoder where it is not plain where requests begin`() {
        let chunked = "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
        #expect(
            decisions([("w", true), (chunked, false), ("GET  / HTTP/1.1\r\n", false)])
                == [.taken, .decodeAll, .decodeAll]
        )
        #expect(decisions([("GET / HTTP/1.1\r\nHo", false), ("st: a\r\n\r\n", false)]) == [.decodeAll, .decodeAll])
    }

    @Test(arguments: ["GET  / HTTP/1.1", " GET / HTTP/1.1", "GET /  HTTP/1.1", "GET / HTTP/1.1 "])
    func `ends at a malformed request line, in front of which all is decoded`(line: String) {
        let malformed = "\(line)\r\nHost: a\r\n\r\n"
        #expect(decisions([(malformed, false), (Self.request, false)]) == [.fail(behind: 0), .drop])
        let good = Self.request.utf8.count
        #expect(decisions([(Self.request + malformed, false), ("", true)]) == [.fail(behind: good), .drop])
        #expect(decisions([(Self.request, false), (malformed, true)]) == [.decode, .fail(behind: 0)])
    }

    @Test func `finds a malformed line that comes in pieces, behind a body that does`() {
        let pieces = ["POST / HTTP/1.1\r\nContent-Length: 3\r\n\r\na", "b", "cGET", " ", " /", "x"]
        #expect(
            decisions(pieces.map { ($0, false) }) == [.decode, .decode, .decode, .decode, .fail(behind: 0), .drop]
        )
    }

    @Test func `tells the decoder that a read is complete only if it got some of it`() {
        var machine = WholeWriteMachine()
        func read(_ isWhole: Bool) { _ = machine.read(UnsafeRawBufferPointer(start: nil, count: 0)) { isWhole } }
        read(true)
        #expect(machine.readCompleted() == false)
        #expect(machine.readCompleted() == true)
        read(true)
        read(false)
        #expect(machine.readCompleted() == true)
        #expect(machine.readCompleted() == true)
    }
}
