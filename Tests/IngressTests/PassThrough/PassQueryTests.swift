import Events
import Testing

@testable import Ingress

@Suite struct PassQueryTests {
    private static let knetik = CredentialPlacement.query(name: "customerId")

    @Test(
        arguments: [
            ("/x", nil), ("/x?", nil), ("/x?a=1&b=%2F&c", "a=1&b=%2F&c"), ("/x?a=1&a=2&m[k]=v", "a=1&a=2&m[k]=v"),
            ("/x?a=b?c", "a=b?c"), ("/x?customer=1", "customer=1"),
        ] as [(String, String?)]
    )
    func `passes a query as it was written`(target: String, query: String?) throws {
        #expect(try PassQuery.outgoing(target, without: "the-long-key", credential: Self.knetik) == query)
    }

    @Test(arguments: [
        "customerId=the-long-key", "customer_id=the-long-key", "customerId=other", "CUSTOMERID=other",
        "customer-id=other",
        "customer%49d=other", "%63ustomerId=other", "account=the-long-key", "account=x%74he-long-key",
        "account=a+the-long-key",
        "customerId",
    ])
    func `keeps credentials back, however they are written`(pair: String) throws {
        let query = try PassQuery.outgoing("/x?a=1&\(pair)&b=2", without: "the-long-key", credential: Self.knetik)
        #expect(query == "a=1&b=2")
    }

    @Test func `leaves the parameter to vendors whose credential is elsewhere`() throws {
        let placement = CredentialPlacement.header(name: "Authorization", prefix: "Bearer ")
        #expect(try PassQuery.outgoing("/x?customerId=1", without: "k2", credential: placement) == "customerId=1")
    }

    @Test(arguments: ["/x?a=ä", "/x?a=b c", "/x?a=\u{7F}", "/x?a#b"])
    func `refuses what must be percent-encoded`(target: String) {
        #expect(throws: PassRefusal.badQuery) {
            try PassQuery.outgoing(target, without: "k", credential: Self.knetik)
        }
    }
}
