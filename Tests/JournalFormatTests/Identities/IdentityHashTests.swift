import Events
import JournalFormat
import Testing

@Suite struct IdentityHashTests {
    let hash = IdentityHash(key: SipHash(key0: 1, key1: 2))

    @Test func `differs by tenant, id and scope`() {
        let shop = hash.forTenant("shop")
        let all = [
            shop.hash("a", scope: ""), shop.hash("b", scope: ""), hash.forTenant("bank").hash("a", scope: ""),
            shop.hash("a", scope: "sub_1"), shop.hash("a", scope: "sub_2"),
        ]
        #expect(Set(all).count == 5)
    }

    @Test func `shares the upper bits among the scopes of one id`() {
        let shop = hash.forTenant("shop")
        let shared = IdentityHash.sharedByScopes
        let plain = shop.hash("a", scope: "")
        #expect(shop.hash("a", scope: "sub_1") & shared == plain & shared)
        #expect(shop.hash("b", scope: "sub_1") & shared != plain & shared)
    }

    @Test func `can be made weak for tests`() {
        let weak = IdentityHash(key: SipHash(key0: 1, key1: 2), significantBits: 3).forTenant("shop")
        let hashes = Set((0..<1000).map { weak.hash(EventID("\($0)"), scope: "") })
        #expect(hashes.count == 8)
    }
}
