import Access
import Events
import Testing

@testable import Ingress

@Suite struct AccessLogTests {
    private let keys = KeyTable([
        Client(name: "shop", tenant: "shop", keys: [ClientKey(digest: KeyDigest(of: "its-key"))], scopes: [])
    ])

    @Test(arguments: [
        ("/v1/events/e1", "/v1/events/e1"), ("/its-key//x", "/[redacted]//x"),
        ("/v1/tg_0123456789abcdef_x", "/v1/tg_[redacted]"), ("/its%2Dkey/", "/[redacted]/"),
    ])
    func `leaves keys in a path out`(path: String, logged: String) {
        #expect(AccessLog.withoutKeys(path, keys) == logged)
    }

    @Test func `looks at the first parts of a path of thousands, and writes no others`() {
        let path = String(repeating: "/a", count: 5000) + "/its-key"
        #expect(AccessLog.withoutKeys(path, keys) == String(repeating: "/a", count: 63) + "/…")
    }
}
