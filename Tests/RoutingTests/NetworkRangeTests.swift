import Routing
import Testing

@Suite struct NetworkRangeTests {
    @Test(arguments: [
        ("10.0.0.0/8", "10.255.1.2", true), ("10.0.0.0/8", "11.0.0.1", false), ("10.0.0.1", "10.0.0.1", true),
        ("10.0.0.1", "10.0.0.2", false), ("172.16.0.0/12", "172.31.255.255", true),
        ("172.16.0.0/12", "172.32.0.0", false), ("0.0.0.0/0", "8.8.8.8", true), ("0.0.0.0/0", "2606:4700::1", false),
        ("fd00::/8", "fdff::1", true), ("fd00::/8", "fe80::1", false), ("10.0.0.0/8", "::ffff:10.1.1.1", true),
        ("::ffff:10.0.0.1", "10.0.0.1", true), ("2001:db8::/33", "2001:db8:8000::1", false),
    ])
    func `contains what its bits say`(range: String, address: String, isIn: Bool) throws {
        let address = try #require(NetworkAddress(address))
        #expect(try #require(NetworkRange(range)).contains(address) == isIn)
    }

    @Test(arguments: ["", "proxy", "10.0.0.0/", "10.0.0.0/33", "10.0.0.0/-1", "10.0.0.0/8/8", "::/129", "10.0.0.0/+8"])
    func `is none for anything else`(text: String) {
        #expect(NetworkRange(text) == nil)
    }

    @Test(arguments: [
        ("10.1.2.3", "::ffff:10.1.2.3", true), ("10.1.2.3", "10.1.2.4", false),
        ("2001:db8:1:2::1", "2001:db8:1:2:ffff::9", true), ("2001:db8:1:2::1", "2001:db8:1:3::1", false),
    ])
    func `knows who is one subscriber of a network`(one: String, other: String, isSame: Bool) {
        #expect((NetworkAddress(one)?.subscriber == NetworkAddress(other)?.subscriber) == isSame)
    }
}
