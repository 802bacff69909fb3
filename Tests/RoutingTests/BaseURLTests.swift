import ConfigurationFile
import Events
import Routing
import Testing
import Vendors

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

    @Test(arguments: [
        ("lago", "https://api.getlago.com/api/v1", "https://api.getlago.com"),
        ("lago", "https://billing.example.com/lago/api/v1/", "https://billing.example.com/lago"),
        ("lago", "https://api.getlago.com/api/v1/events/batch", "https://api.getlago.com"),
        ("polar", "https://api.polar.sh/v1", "https://api.polar.sh"),
        ("polar", "https://api.polar.sh/v1/events/ingest", "https://api.polar.sh"),
        ("flexprice", "https://us.api.flexprice.io/v1", "https://us.api.flexprice.io"),
        ("flexprice", "https://us.api.flexprice.io/v1//", "https://us.api.flexprice.io"),
        ("knetik", "https://api.knetik.io/v2/events", "https://api.knetik.io"),
    ])
    func `takes the version off that the vendor prints in its address, and says so`(
        adapter: String,
        url: String,
        used: String
    ) throws {
        let reading = try read(adapter, url)
        #expect(reading.routes.providers[0].connection.baseURL == used)
        let warnings = reading.warnings.map { $0.line(in: "f") }
        #expect(warnings.count == 1 && warnings[0].contains("\"\(used)\" is used"), "\(warnings)")
    }

    @Test(arguments: [
        ("lago", "https://api.getlago.com"), ("lago", "https://example.com/api"), ("lago", "https://example.com/v1"),
        ("polar", "https://v1.example.com"), ("polar", "https://example.com/v1/proxy"),
        ("polar", "https://example.com/v1/eventstore"), ("polar", "https://example.com/xv1"),
        ("knetik", "https://example.com/v1"),
    ])
    func `leaves every other path alone`(adapter: String, url: String) throws {
        let reading = try read(adapter, url)
        #expect(reading.routes.providers[0].connection.baseURL == url)
        #expect(reading.warnings.isEmpty)
    }

    private func read(_ adapter: String, _ url: String) throws -> RoutesReader.Contents {
        let text = #"""
            {"version": 1, "providers": {"p": {"adapter": "\#(adapter)", "base_url": "\#(url)", "credential": {"env": "K"}}},
             "routes": [{"name": "r", "to": [{"provider": "p"}]}], "clients": []}
            """#
        return try RoutesReader(vendors: VendorRegistry.all).read(Array(text.utf8))
    }

    @Test func `lets a provider with a name or an address of its own network say so, and no other`() throws {
        func provider(_ fields: String) throws -> ProviderConfiguration {
            try RoutesText.read(RoutesText.file(provider: fields)).providers[0]
        }
        #expect(try !provider("").connection.mayBeInside)
        #expect(try !provider(#""base_url": "https://api.example.com""#).connection.mayBeInside)
        #expect(try provider(#""base_url": "http://localhost:1""#).connection.mayBeInside)
        #expect(
            try provider(#""base_url": "https://lago.internal", "allow_private_address": true"#).connection.mayBeInside
        )
    }
}
