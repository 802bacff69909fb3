import Testing

@testable import tollgate

/// What `tollgate serve --sandbox` prints once it accepts requests.
@Suite struct WelcomeTests {
    private func text(_ listen: String, _ sandbox: String, scheme: String = "http", hasDashboard: Bool = true) throws
        -> String
    {
        let simulators = try #require(ListenAddress(argument: sandbox))
        let welcome = Welcome(
            scheme: scheme,
            listen: try #require(ListenAddress(argument: listen)),
            sandbox: simulators,
            hasDashboard: hasDashboard
        )
        return welcome.text(port: 8443, simulators)
    }

    @Test func `names the addresses, with the port that was taken`() throws {
        let lines = try text("127.0.0.1:0", "127.0.0.1:8090").split(separator: "\n")
        #expect(
            lines.prefix(4) == [
                "Tollgate listens at  http://127.0.0.1:8443",
                "Dashboard            http://127.0.0.1:8443/dashboard",
                "Simulated vendors    http://127.0.0.1:8090/sandbox", "Demo key             \(DemoKey.value)",
            ]
        )
        #expect(lines.contains("  curl http://127.0.0.1:8090/sandbox/lago/events"))
    }

    @Test func `writes IPv6 addresses as URLs have them`() throws {
        let lines = try text("[::1]:8080", "[::1]:8090", scheme: "https").split(separator: "\n")
        #expect(lines.first == "Tollgate listens at  https://[::1]:8443")
        #expect(lines.contains("  curl http://[::1]:8090/sandbox/lago/events"))
        #expect(ListenAddress(argument: "[::1]:8090")?.defaultValueDescription == "[::1]:8090")
    }

    @Test func `says so where administration has an address of its own`() throws {
        let lines = try text("localhost:8080", "localhost:8090", hasDashboard: false).split(separator: "\n")
        #expect(lines[1] == "Dashboard            not at this address")
    }
}
