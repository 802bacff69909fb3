import Routing
import Testing

@Suite struct BaseURLTests {
    private func faults(_ url: String, _ more: String = "") -> [String] {
        RoutesText.faults(in: RoutesText.file(provider: #""base_url": "\#(url)"\#(more)"#))
    }

    @Test(arguments: [
        "http://127.0.0.1:8090/lago", "http://localhost:3000", "http://[::1]:3000", "https://api.example.com/x",
    ])
    func `takes this machine without TLS, and the internet with it`(url: String) {
        #expect(faults(url) == [])
    }

    @Test(arguments: [
        "https://10.0.0.5", "https://192.168.1.1:8443", "https://169.254.169.254", "https://[fd00:ec2::254]",
        "https://0xa9fea9fe", "https://[::ffff:10.0.0.1]",
    ])
    func `refuses a private address unless the provider allows it`(url: String) {
        #expect(faults(url).count == 1 && faults(url)[0].contains(#""allow_private_address": true"#))
        #expect(faults(url, #", "allow_private_address": true"#) == [])
        #expect(faults(url, #", "allow_private_address": false"#).count == 1)
    }

    @Test(arguments: ["http://api.example.com", "http://127.evil.example", "http://lago:3000"])
    func `refuses plain http unless the provider allows it`(url: String) {
        #expect(faults(url).count == 1 && faults(url)[0].contains(#""allow_plain_http": true"#))
        #expect(faults(url, #", "allow_plain_http": true"#) == [])
    }

    @Test func `lets a provider with a name or an address of its own network say so, and no other`() throws {
        func provider(_ fields: String) throws -> ProviderConfiguration {
            try RoutesText.read(RoutesText.file(provider: fields)).providers[0]
        }
        #expect(try !provider("").mayBeInside)
        #expect(try !provider(#""base_url": "https://api.example.com""#).mayBeInside)
        #expect(try provider(#""base_url": "http://localhost:1""#).mayBeInside)
        #expect(try provider(#""base_url": "https://lago.internal", "allow_private_address": true"#).mayBeInside)
    }
}
