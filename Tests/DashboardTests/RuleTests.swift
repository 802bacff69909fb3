import Dashboard
import Testing

@Suite struct WriteRuleTests {
    private let own = DashboardOrigin("http://127.0.0.1:8080")

    @Test(
        arguments: [
            // What the browser says of the page that sent the form is enough, whatever Origin says.
            ("same-origin", nil, true), ("same-origin", "http://127.0.0.1:8080", true), ("same-origin", "null", true),
            ("same-site", nil, false), ("same-site", "http://127.0.0.1:8080", false),
            ("cross-site", nil, false), ("cross-site", "http://127.0.0.1:8080", false),
            ("none", nil, false), ("", nil, false), ("SAME-ORIGIN", nil, false),
            ("same-origin, same-origin", nil, false),
            // Without it, the Origin must be ours.
            (nil, "http://127.0.0.1:8080", true), (nil, nil, false), (nil, "null", false), (nil, "", false),
            (nil, "http://127.0.0.1:8081", false), (nil, "https://127.0.0.1:8080", false),
            (nil, "http://127.0.0.1", false), (nil, "http://127.0.0.1:8080/", false),
            (nil, "http://127.0.0.1:8080.evil.example", false), (nil, "http://evil.example", false),
            (nil, "http://127.0.0.1:8080@evil.example", false),
        ] as [(String?, String?, Bool)]
    )
    func `allows forms of its own pages only`(fetchSite: String?, origin: String?, isAllowed: Bool) throws {
        #expect(WriteRule.allows(fetchSite: fetchSite, origin: origin, own: try #require(own)) == isAllowed)
    }
}

@Suite struct VisitRuleTests {
    private func origin(
        _ host: String?,
        listening: String = "127.0.0.1",
        url: String? = nil,
        isSecure: Bool = false
    ) throws -> String {
        let rule = VisitRule(url: url.flatMap { DashboardOrigin($0) }, listenHost: listening, isSecure: isSecure)
        return try rule.origin(host: host).text
    }

    @Test(arguments: [
        ("127.0.0.1:8080", "http://127.0.0.1:8080"), ("localhost:8080", "http://localhost:8080"),
        ("LOCALHOST:8080", "http://localhost:8080"), ("localhost.:8080", "http://localhost:8080"),
        ("[::1]:8080", "http://[::1]:8080"), ("127.1.2.3", "http://127.1.2.3"),
        // Another port, as through a tunnel.
        ("localhost:9000", "http://localhost:9000"), ("tollgate.localhost:80", "http://tollgate.localhost"),
    ])
    func `allows this machine over plain HTTP`(host: String, own: String) throws {
        #expect(try origin(host) == own)
    }

    @Test(arguments: [
        "evil.example", "evil.example:8080", "localhost.evil.example", "127.0.0.1.evil.example", "127.0.0.1x",
        "localhost@evil.example", "", "a b", "localhost:0", "localhost:65536", "localhost:80x", "localhost:",
        "127.0.0", "notlocalhost", "[::1", "127.0.0.1/x", "127.0.0.256",
    ])
    func `refuses other names`(host: String) {
        #expect(throws: VisitRule.Refusal.unknownHost(host)) { try origin(host) }
    }

    @Test func `refuses a request without a name`() {
        #expect(throws: VisitRule.Refusal.unknownHost("")) { try origin(nil) }
    }

    @Test(arguments: [
        ("192.168.1.5:8080", "0.0.0.0"), ("[fe80::1]:8080", "::"), ("gateway.local:8080", "gateway.local"),
    ])
    func `refuses plain HTTP from other machines`(host: String, listening: String) {
        #expect(throws: VisitRule.Refusal.insecure) { try origin(host, listening: listening) }
    }

    @Test func `allows any name over TLS, which the browser has checked`() throws {
        #expect(try origin("tollgate.example.com", isSecure: true) == "https://tollgate.example.com")
        #expect(try origin("192.168.1.5:8443", isSecure: true) == "https://192.168.1.5:8443")
        #expect(throws: VisitRule.Refusal.unknownHost("a b")) { try origin("a b", isSecure: true) }
    }

    @Test func `allows the address that a proxy gives it`() throws {
        let url = "https://tollgate.example.com"
        #expect(try origin("tollgate.example.com", listening: "0.0.0.0", url: url) == url)
        #expect(try origin("tollgate.example.com:443", listening: "0.0.0.0", url: url) == url)
        #expect(throws: VisitRule.Refusal.unknownHost("other.example.com")) {
            try origin("other.example.com", listening: "0.0.0.0", url: url)
        }
        // Past the proxy, without encryption.
        #expect(throws: VisitRule.Refusal.insecure) { try origin("192.168.1.5:8080", listening: "0.0.0.0", url: url) }
    }

    @Test(arguments: [
        "ftp://a", "a", "https://", "https://a/b", "https://a:b", "https://a b", "https://a?b", "https://user@a",
        "://a",
    ])
    func `reads addresses without a path only`(text: String) {
        #expect(DashboardOrigin(text) == nil)
    }
}

@Suite struct SessionCookieTests {
    @Test(
        arguments: [
            (["__Host-tollgate=abc"], "abc"), (["a=b; __Host-tollgate=abc; c=d"], "abc"),
            (["a=b", "__Host-tollgate=abc"], "abc"),
            (["__Host-tollgate=abc; __Host-tollgate=abc"], "abc"), (["__Host-tollgate="], ""),
            (["__Host-tollgate=a; __Host-tollgate=b"], nil), (["tollgate=abc"], nil), ([], nil),
            (["__host-tollgate=abc"], nil),
            (["__Host-tollgate"], nil), (["x__Host-tollgate=abc"], nil),
        ] as [([String], String?)]
    )
    func `finds its own value`(headers: [String], value: String?) {
        #expect(SessionCookie.value(in: headers).map(String.init) == value)
    }

    @Test func `is out of reach of scripts, other sites and plain connections`() {
        let cookie = SessionCookie.setting(SessionToken.make())
        #expect(cookie.hasPrefix("__Host-tollgate="))
        for attribute in ["; Secure", "; HttpOnly", "; SameSite=Strict", "; Path=/"] {
            #expect(cookie.contains(attribute))
            #expect(SessionCookie.removal.contains(attribute))
        }
        #expect(!cookie.contains("Domain"))
    }
}

@Suite struct SignInPageTests {
    @Test(arguments: [
        "/dashboard", "/dashboard/events?name=a%20b", "/dashboard/events/x%2Fy", "/dashboard?window=1h",
        "/dashboard/events?name=%2e%2e/", "/dashboard/events/a..b", "/dashboard/events/a%2e%2eb", "/dashboard/events/.",
        "/dashboard/events?a=/..", "/dashboard#a", "/dashboard?" + String(repeating: "a", count: 1989),
    ])
    func `goes on to the page that was asked for`(address: String) {
        #expect(SignInPage.safe(address) == address)
    }

    @Test(arguments: [
        "", "/", "//evil.example", "https://evil.example", "/dashboardx", "/dashboard\\evil", "/\\evil", "/v1/events",
        "/dashboard/../v1/events", "/dashboard/a b", "/dashboard/\r\nSet-Cookie: a", "/dashboard/sign-in",
        "/dashboard/sign-out", "javascript:alert(1)", "/dashboard/ü",
        "/dashboard?" + String(repeating: "a", count: 2000), "/dashboard/%2e%2e/v1/events", "/dashboard/%2E./v1/events",
        "/dashboard/.%2e/v1/events", "/dashboard/x/%2e%2E/%2e%2e/%2E%2E/v1", "/dashboard/..", "/dashboard/%2e%2e?a=b",
        "/dashboard/%2e%2e#a", "/dashboard\0", "/dashboard/\u{301}", "/dashboard?\u{7F}", "/dashboard\t/x",
        "/DASHBOARD",
        "/dashboard/sign-in?to=/dashboard", "/dashboard/sign-out#a", "/dashboard;/x", "dashboard/events",
    ])
    func `goes nowhere else`(address: String) {
        #expect(SignInPage.safe(address) == "/dashboard")
    }
}
