import NIOCore
import NIOHTTP1
import Testing

@testable import Ingress

@Suite struct RequestLineTests {
    private static let head = "Host: a\r\nAuthorization: Bearer  k\r\n"
    private static let get = "GET /a HTTP/1.1\r\n\(head)\r\n"
    private static let post = "POST /a HTTP/1.1\r\n\(head)Content-Length: 10\r\n\r\na  b  c \r\n"

    /// Reads pieces; at the end of each the result.
    private func read(_ pieces: [String], _ starts: inout RequestStarts) -> [RequestStarts.Found] {
        pieces.map { piece in Array(piece.utf8).withUnsafeBytes { starts.read($0[...]) } }
    }

    @Test(arguments: [
        "GET  /a HTTP/1.1\r\n", "GET /a  HTTP/1.1\r\n", " GET /a HTTP/1.1\r\n", "GET /a HTTP/1.1 \r\n",
        "\r\nGET   /a HTTP/1.1\r\n", "GET /a b HTTP/1.1\r\n",
    ])
    func `finds more than one space, however the line is cut`(line: String) {
        for cut in 0...line.utf8.count {
            let bytes = Array(line.utf8)
            var starts = RequestStarts()
            let found = read(
                [String(decoding: bytes[..<cut], as: UTF8.self), String(decoding: bytes[cut...], as: UTF8.self)],
                &starts
            )
            #expect(found.contains(.malformed(behind: 0)), "cut at \(cut): \(found)")
        }
    }

    @Test func `finds it behind requests in the same piece, and says where`() {
        var starts = RequestStarts()
        let good = Self.get + Self.post
        #expect(read([good + "GET  /b HTTP/1.1\r\n"], &starts) == [.malformed(behind: good.utf8.count)])
    }

    @Test func `finds it behind a body that came in pieces of its own`() {
        let (start, end) = (String(Self.post.utf8.dropLast(5)), String(Self.post.utf8.suffix(5)))
        for pieces in [[start, end].compactMap { $0 }, [Self.get, Self.post]] {
            var starts = RequestStarts()
            let found = read(pieces + ["GET  /b HTTP/1.1\r\n"], &starts)
            #expect(found == [.nothing, .nothing, .malformed(behind: 0)])
        }
    }

    @Test(arguments: [
        "POST /a HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n5\r\na  b \r\n0\r\n\r\n",
        "GET /a HTTP/1.1\r\nHost: a\r\nX-A: ü\r\n\r\n", "GET /a HTTP/1.1\r\nHost: ",
    ])
    func `says so where it is not plain where the next request begins, and is silent from then on`(text: String) {
        var starts = RequestStarts()
        #expect(read([text, "GET  /b HTTP/1.1\r\n"], &starts) == [.lost, .lost])
    }

    @Test(arguments: [
        ("a", true), ("a.example:8080", true), ("127.0.0.1:1", true), ("[::1]:80", true), ("[::1]", true), ("a:", true),
        ("a_b-c.example", true), ("", false), (":80", false), ("a b", false), ("a/b", false), ("user@a", false),
        ("a:8a", false), ("a:99999", false), ("a:80:80", false), ("[::1", false), ("[]", false), ("[::1]x", false),
        ("a?b", false), ("a#b", false), ("ä", false), ("a\"b", false), ("<a>", false), ("a,b", true),
        ("[zz]", false), ("[1:2]", false), ("[2001:db8::1%25eth0]:80", true), ("[fe80::1%eth0]", false),
        ("[::ffff:10.0.0.1]", true), ("[1::2::3]", false), ("[v1.a]", false), ("a%20b", true), ("a%2", false),
        ("a%zz", false), ("[::1\0]", false),
    ])
    func `tells a host from what is none`(text: String, isValid: Bool) {
        #expect(HostField.isValid(text.utf8) == isValid)
    }

    @Test(arguments: [
        (HTTPVersion.http1_1, [("Host", "a")], true), (.http1_1, [], false), (.http1_0, [], true),
        (.http1_1, [("Host", "a"), ("Host", "a")], false), (.http1_0, [("Host", "a"), ("Host", "a")], false),
        (.http1_1, [("Host", "")], false), (.http1_0, [("Host", "a b")], false),
        (.http1_1, [("Host", "a"), ("Transfer-Encoding", "chunked")], true),
        (.http1_1, [("Host", "a"), ("Transfer-Encoding", "Chunked")], true),
        (.http1_1, [("Host", "a"), ("Transfer-Encoding", "gzip, chunked")], false),
        (.http1_1, [("Host", "a"), ("Transfer-Encoding", "gzip"), ("Transfer-Encoding", "chunked")], false),
        (.http1_0, [("Host", "a"), ("Transfer-Encoding", "chunked")], false),
        (.http1_1, [("Host", "a"), ("Content-Length", "9223372036854775807")], true),
        (.http1_1, [("Host", "a"), ("Content-Length", "9223372036854775808")], false),
        (.http1_1, [("Host", "a"), ("Content-Length", "18446744073709551615")], false),
    ])
    func `holds a head to the rules`(version: HTTPVersion, fields: [(String, String)], isMet: Bool) {
        let head = HTTPRequestHead(version: version, method: .POST, uri: "/", headers: HTTPHeaders(fields))
        #expect(HeadRules.areMet(by: head) == isMet)
    }
}
