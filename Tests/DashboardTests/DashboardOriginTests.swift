import Randomness
import Testing

@testable import Dashboard

/// Origins as browsers write them: read, compared and written.
@Suite struct DashboardOriginTests {
    @Test(arguments: [
        ("http://a", "http", "a", 80, "http://a"), ("https://a", "https", "a", 443, "https://a"),
        ("http://a:443", "http", "a", 443, "http://a:443"), ("https://a:80", "https", "a", 80, "https://a:80"),
        ("https://a:443", "https", "a", 443, "https://a"),
        ("HTTPS://A.B:8443/", "https", "a.b", 8443, "https://a.b:8443"),
        ("http://[::1]", "http", "[::1]", 80, "http://[::1]"),
        ("http://[FE80::1]:1", "http", "[fe80::1]", 1, "http://[fe80::1]:1"),
        ("http://a.", "http", "a", 80, "http://a"), ("http://a_b-c.d", "http", "a_b-c.d", 80, "http://a_b-c.d"),
        ("http://a:65535", "http", "a", 65_535, "http://a:65535"), ("http://a:0080", "http", "a", 80, "http://a"),
    ])
    func `reads scheme, host and port`(text: String, scheme: String, host: String, port: Int, written: String) throws {
        let origin = try #require(DashboardOrigin(text))
        #expect(origin.scheme == scheme && origin.host == host && origin.port == port && origin.text == written)
        #expect(DashboardOrigin(written) == origin, "what is written is read as the same")
    }

    @Test(arguments: [
        "", "a", "a:80", "//a", "http:/a", "http:a", "http://", "http:///", "http://:80", "http://a:", "http://a:0",
        "http://a:65536", "http://a:-1", "http://a:+1", "http://a:1e3", "http://a:99999999999999999999",
        "http://a:\u{661}",
        "http://a/b", "http://a//", "http://a#", "http://a?", "http://a\\", "http://a b", "http://ä", "http://a\u{0}",
        "http://[::1", "http://::1]", "http://[::1]x", "http://[::1]:", "http://user@a", "http://user:pass@a", "ws://a",
        "file://a", "https ://a", " https://a", "https://a ", "http://a:80:80", "http://a,b", "http://%61", "null",
        "http://.", "http://..", "http://a..",
    ])
    func `reads nothing else`(text: String) {
        #expect(DashboardOrigin(text) == nil)
    }

    /// The hosts that a browser takes for this machine, and so keeps `Secure` cookies of over plain HTTP.
    @Test(arguments: [
        ("localhost", true, false), ("a.localhost", true, false), ("127.0.0.1", true, true),
        ("127.255.255.255", true, true),
        ("[::1]", true, true), ("localhost.com", false, false), ("xlocalhost", false, false),
        ("127.0.0.1.com", false, false),
        ("127.0.0", false, false), ("127.0.0.256", false, false), ("127.0.0.", false, false),
        ("127..0.1", false, false),
        ("127.0.0.0001", false, false), ("128.0.0.1", false, true), ("1270.0.0.1", false, false),
        ("[::2]", false, true),
        ("0.0.0.0", false, true), ("a.127.0.0.1", false, false), ("10.0.0.1", false, true), ("localhost.", true, false),
    ])
    func `knows this machine and addresses`(host: String, isLoopback: Bool, isAddress: Bool) throws {
        let origin = try #require(DashboardOrigin(scheme: "http", authority: host))
        #expect(origin.isLoopback == isLoopback && origin.isAddress == isAddress, "\(host)")
    }

    /// Whatever is in `Host`: the text of what is read is read as the same, and has nothing that could end a header or an address.
    @Test(arguments: 1...20)
    func `reads random authorities as themselves or not at all`(seed: UInt64) {
        var random = SplitMix(seed: seed)
        let pieces = [
            "a", "Z", "0", ".", ":", "[", "]", "-", "80", "443", "/", "@", " ", "é", "\r\n", "%", "127.0.0.1", "::1",
        ]
        for _ in 0..<500 {
            let text = (0..<Int.random(in: 0...5, using: &random)).map { _ in pieces.randomElement(using: &random) ?? ""
            }
            .joined()
            for scheme in ["http", "https"] {
                guard let origin = DashboardOrigin(scheme: scheme, authority: text) else { continue }
                #expect(DashboardOrigin(origin.text) == origin, "seed \(seed): \(text)")
                #expect(
                    origin.text.utf8.allSatisfy { (0x21...0x7E).contains($0) && $0 != UInt8(ascii: "@") },
                    "\(text)"
                )
                #expect((1...65_535).contains(origin.port) && origin.host == origin.host.lowercased())
            }
        }
    }

    private func origin(_ host: String?, _ rule: VisitRule) -> String {
        do throws(VisitRule.Refusal) {
            return try rule.origin(host: host).text
        } catch {
            switch error {
            case .unknownHost: return "unknown"
            case .insecure: return "insecure"
            }
        }
    }

    /// Each kind of host against each kind of listener: this machine, an address, the listener's own name, the proxy's, and any other.
    @Test func `decides by the kind of the host, the listener and the proxy`() throws {
        let url = DashboardOrigin("https://proxy.example")
        let hosts = ["localhost:8080", "10.0.0.1", "own.example", "proxy.example", "other.example"]
        func decided(_ url: DashboardOrigin?, isSecure: Bool) -> [String] {
            let rule = VisitRule(url: url, listenHost: "OWN.example", isSecure: isSecure)
            return hosts.map { origin($0, rule) }
        }
        #expect(
            decided(nil, isSecure: false) == ["http://localhost:8080", "insecure", "insecure", "unknown", "unknown"]
        )
        #expect(
            decided(url, isSecure: false)
                == ["http://localhost:8080", "insecure", "insecure", "https://proxy.example", "unknown"]
        )
        let encrypted = hosts.map { "https://\($0)" }
        #expect(decided(nil, isSecure: true) == encrypted && decided(url, isSecure: true) == encrypted)
        // A proxy without TLS makes nothing of its name safe.
        #expect(
            decided(DashboardOrigin("http://proxy.example"), isSecure: false)
                == ["http://localhost:8080", "insecure", "insecure", "insecure", "unknown"]
        )
    }
}
