import NIOHTTP1
import Testing

@testable import Ingress

@Suite struct PassedRequestsTests {
    private static let large = "\(PassedRequests.dropLimit + 1)"
    private static let small = "\(PassedRequests.dropLimit)"

    private func head(_ fields: [(String, String)], _ version: HTTPVersion = .http1_1) -> HTTPRequestHead {
        HTTPRequestHead(version: version, method: .POST, uri: "/", headers: HTTPHeaders(fields))
    }

    @Test(arguments: [
        ([("Content-Length", large)], true), ([("Content-Length", small)], false), ([], false),
        ([("Transfer-Encoding", "chunked")], true), ([("Content-Length", "5"), ("Expect", "100-continue")], true),
    ])
    func `closes behind an answer that comes before a body which is large, unknown or not asked for`(
        fields: [(String, String)],
        closes: Bool
    ) {
        #expect(PassedRequests(head(fields)).closesBehindAnswer == closes)
    }

    @Test func `stays open once the body has come, or most of it`() {
        var requests = PassedRequests(head([("Content-Length", Self.large)]))
        requests.received(bytes: 1)
        #expect(!requests.closesBehindAnswer)
        var chunked = PassedRequests(head([("Transfer-Encoding", "chunked")]))
        chunked.received(bytes: 1 << 30)
        #expect(chunked.closesBehindAnswer)
        chunked.receivedEnd()
        #expect(!chunked.closesBehindAnswer)
    }

    @Test func `does not close behind the answer to an earlier request`() {
        var requests = PassedRequests(head([]))
        requests.receivedEnd()
        requests.received(head([("Content-Length", Self.large)]))
        #expect(!requests.closesBehindAnswer && !requests.isOneOnly)
        let isDone = requests.answered()
        #expect(!isDone && requests.closesBehindAnswer && requests.isOneOnly)
    }

    @Test(arguments: [
        (HTTPVersion.http1_1, "100-continue", "5", true), (.http1_1, "100-Continue", "5", true),
        (.http1_0, "100-continue", "5", false), (.http1_1, "200-ok", "5", false),
        (.http1_1, "100-continue", "0", false),
    ])
    func `tells a client once that its body is wanted`(
        version: HTTPVersion,
        expect: String,
        length: String,
        isTold: Bool
    ) {
        var requests = PassedRequests(head([("Expect", expect), ("Content-Length", length)], version))
        let first = requests.wantsBody()
        let second = requests.wantsBody()
        #expect(first == isTold && !second)
        var late = PassedRequests(head([("Expect", expect), ("Content-Length", length)], version))
        late.received(bytes: 1)
        let isTooLate = !late.wantsBody()
        #expect(isTooLate)
    }
}
