import Access
import Events
import Routing
import Testing

@Suite struct AuthenticatorTests {
    private let client = Client(
        name: "shop",
        tenant: "shop",
        keyDigest: [UInt8](hexadecimal: KeyDigest.hexadecimal(of: "key-1")),
        scopes: [.writeEvents]
    )

    @Test func `knows a client by its key`() {
        let routes = Routes(providers: [], routes: [], clients: [client])
        #expect(Authenticator().client(presenting: "key-1", in: routes) == client)
    }

    @Test(arguments: ["", "key-2", "key-1 ", "KEY-1"])
    func `knows nobody by another key`(key: String) {
        let routes = Routes(providers: [], routes: [], clients: [client])
        #expect(Authenticator().client(presenting: key, in: routes) == nil)
    }

    @Test func `gives the digest that sha256sum gives`() {
        #expect(KeyDigest.hexadecimal(of: "abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
    }
}

extension [UInt8] {
    fileprivate init(hexadecimal text: String) {
        let digits = Array<Character>(text)
        self = stride(from: 0, to: digits.count, by: 2).compactMap { UInt8(String(digits[$0...($0 + 1)]), radix: 16) }
    }
}
