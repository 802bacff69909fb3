import Routing
import Testing

@Suite struct NetworkAddressTests {
    @Test(arguments: [
        "127.0.0.1", "127.255.0.3", "::1", "[::1]", "127.1", "2130706433", "0x7f000001", "::ffff:127.0.0.1",
    ])
    func `knows this machine in every form that leads there`(text: String) {
        #expect(NetworkAddress(text)?.reach == .loopback)
    }

    @Test(arguments: [
        "10.1.2.3", "172.16.0.1", "172.31.255.255", "192.168.1.1", "169.254.169.254", "100.64.0.1", "100.100.100.200",
        "0.0.0.0", "192.0.0.192", "198.18.0.1", "224.0.0.1", "255.255.255.255", "2852039166", "0xa9fea9fe", "012.0.0.1",
        "::", "fc00::1", "fd00:ec2::254", "fe80::1", "fe80::1%eth0", "ff02::1", "::ffff:10.0.0.1", "::ffff:a9fe:a9fe",
        "64:ff9b::a00:1", "2002:a00:1::", "::169.254.169.254",
        // Metadata: Azure's WireServer, Equinix Metal, Oracle, Tencent, Scaleway, Linode, Google, AWS's credentials.
        "168.63.129.16", "::ffff:168.63.129.16", "192.80.8.124", "192.0.0.192", "169.254.0.23", "169.254.42.42",
        "fd00:42::42", "fd00:a9fe:a9fe::1", "fd20:ce::254", "169.254.170.2", "169.254.170.23", "fd00:ec2::23",
        // Teredo, whatever it carries; NAT64 for local use.
        "2001::1", "2001:0:a9fe:a9fe::", "2001:0:808:808:0:0:f5ff:fffe", "64:ff9b:1::808:808",
    ])
    func `knows the networks around it, and the metadata of clouds`(text: String) {
        #expect(NetworkAddress(text)?.reach == .inside)
    }

    @Test(arguments: [
        "8.8.8.8", "172.32.0.1", "192.169.0.1", "100.128.0.1", "2606:4700::1111", "::ffff:8.8.8.8", "168.63.129.17",
        "192.80.8.125", "2001:4860:4860::8888", "64:ff9b::808:808",
    ])
    func `knows the internet`(text: String) {
        #expect(NetworkAddress(text)?.reach == .outside)
    }

    @Test(arguments: ["localhost", "api.example.com", "127.evil.example", "10.0.0.1.nip.io", "", "1.2.3.4.5"])
    func `takes a name for no address`(text: String) {
        #expect(NetworkAddress(text) == nil)
    }
}
