import ArgumentParser
import Events
import Foundation
import Gateway
import Ingress
import JournalPostgres
import Testing

@testable import tollgate

/// The options of a gateway, and where each of them ends up.
@Suite struct ServeOptionsTests {
    private func fault<Options: ParsableArguments>(_ type: Options.Type, _ arguments: [String]) -> String? {
        do {
            _ = try Options.parse(arguments)
            return nil
        } catch {
            return Options.message(for: error)
        }
    }

    @Test(
        arguments: ["--backlog-limit", "--event-limit", "--disk-limit-mb"],
        ["0", "-1", "1000000001", "9223372036854775807"]
    )
    func `says which limits a gateway can have`(option: String, value: String) {
        #expect(fault(ServeCommand.self, ["\(option)=\(value)"]) == "\(option) must be from 1 to 1000000000")
    }

    @Test(arguments: ["--backlog-limit", "--event-limit", "--disk-limit-mb"], ["1", "1000000000"])
    func `takes limits up to their bounds`(option: String, value: String) {
        #expect(fault(ServeCommand.self, [option, value]) == nil)
    }

    @Test(
        arguments: ["--backlog-limit", "--event-limit", "--disk-limit-mb"],
        ["", "ten", "1.0", "9223372036854775808"]
    )
    func `refuses a limit that is no whole number`(option: String, value: String) {
        #expect(fault(ServeCommand.self, ["\(option)=\(value)"])?.contains(option) == true)
    }

    @Test(arguments: ["1", "23h", "3654d", "forever", "9999999d"])
    func `says how long the audit log can be kept`(text: String) {
        #expect(
            fault(ServeCommand.self, ["--audit-retention=\(text)"])
                == "--audit-retention must be a duration from 1d to 3653d, such as 35d; found \"\(text)\""
        )
    }

    @Test(arguments: ["--listen", "--admin-listen", "--sandbox-listen"])
    func `refuses an address without a port`(option: String) {
        for text in ["8080", "host", "host:70000", ":1", ""] {
            #expect(fault(ServeCommand.self, ["\(option)=\(text)"])?.contains(option) == true, "\(text)")
        }
        #expect(fault(ServeCommand.self, [option, "[::1]:0"]) == nil)
    }

    @Test func `listens at the usual addresses, and shows them as a URL has them`() throws {
        let serve = try ServeCommand.parse([])
        #expect(serve.listen.defaultValueDescription == "127.0.0.1:8080" && serve.adminListen == nil)
        #expect(serve.sandboxListen.defaultValueDescription == "127.0.0.1:8090")
        let address = try #require(ListenAddress(argument: "[fe80::1]:0"))
        #expect(address.authority(port: 8080) == "[fe80::1]:8080" && address.defaultValueDescription == "[fe80::1]:0")
    }

    @Test(arguments: ["trace", "debug", "info", "notice", "warning", "error", "critical"])
    func `knows every level of a log by its name`(level: String) throws {
        #expect(try "\(LogOptions.parse(["--log-level", level]).logLevel.level)" == level)
    }

    @Test(arguments: [("--log-level", "INFO"), ("--log-level", ""), ("--log-format", "xml"), ("--log-format", "JSON")])
    func `knows no other level and no other format`(option: String, value: String) {
        #expect(fault(LogOptions.self, ["\(option)=\(value)"])?.contains(option) == true)
    }

    // MARK: - What they become

    @Test func `leaves the limits of connections as they are unless they are given`() throws {
        let untouched = IngressSettings(host: "h", port: 1)
        var settings = untouched
        try ConnectionOptions.parse([]).apply(to: &settings)
        #expect(settings.capacity.connectionsPerAddress == untouched.capacity.connectionsPerAddress)
        #expect(settings.capacity.bodyBytes == untouched.capacity.bodyBytes)
        #expect(settings.capacity.streams == untouched.capacity.streams)
        #expect(settings.capacity.trustedProxies.isEmpty)
        #expect(settings.patience.firstRequest == untouched.patience.firstRequest)
        #expect(settings.patience.age == untouched.patience.age)
    }

    @Test func `puts every limit of connections where it belongs`() throws {
        var settings = IngressSettings(host: "h", port: 1)
        try ConnectionOptions.parse([
            "--connections-per-address", "7", "--trusted-proxies", " 10.0.0.0/8 ,,fd00::1", "--first-request-seconds",
            "3",
            "--connection-age-seconds", "60", "--body-memory-mb", "2", "--streams-per-client", "5",
        ]).apply(to: &settings)
        #expect(settings.capacity.connectionsPerAddress == 7 && settings.capacity.trustedProxies.count == 2)
        #expect(settings.patience.firstRequest == .seconds(3) && settings.patience.age == .seconds(60))
        #expect(settings.capacity.bodyBytes == 2 << 20 && settings.capacity.streamsPerClient == 5)
    }

    @Test func `lets all clients together have as many streams as one may have`() throws {
        var settings = IngressSettings(host: "h", port: 1)
        let usual = settings.capacity.streams
        try ConnectionOptions.parse(["--streams-per-client", "\(usual + 1)"]).apply(to: &settings)
        #expect(settings.capacity.streams == usual + 1)
        try ConnectionOptions.parse(["--body-memory-mb", "\(1 << 20)"]).apply(to: &settings)
        #expect(settings.capacity.bodyBytes == 1 << 40)
    }

    @Test func `puts every setting of a shared store where it belongs`() throws {
        let address = ["--store", "postgresql://gateway@db/billing"]
        var settings = try StoreOptions.parse(address + ["--store-schema", "s"]).database().store
        let usual = settings
        try NodeOptions.parse([]).apply(to: &settings)
        #expect(!settings.nodeName.isEmpty && settings.lease == usual.lease && settings.slots == usual.slots)
        #expect(!settings.allowsDataLoss && settings.schema == "s")
        try NodeOptions.parse([
            "--node-name", "n1", "--lease", "2500ms", "--store-slots", "16", "--store-readers", "64", "--identity-part",
            "1h,1000",
            "--store-allow-data-loss",
        ]).apply(to: &settings)
        #expect(settings.nodeName == "n1" && settings.lease == .milliseconds(2500))
        #expect(settings.slots == 16 && settings.readers == 64 && settings.allowsDataLoss)
        #expect(settings.identityPart == IdentityPartLimits(age: .seconds(3600), identities: 1000))
    }

    @Test func `has a certificate only with both files, and other authorities only if they are given`() throws {
        let none = try TLSOptions.parse([])
        #expect(none.certificate == nil && none.vendorRoots == nil)
        let both = try TLSOptions.parse(["--tls-cert", "/a.pem", "--tls-key", "/a.key", "--vendor-ca", "/ca.pem"])
        #expect(both.certificate?.certificate.path == "/a.pem" && both.certificate?.key.path == "/a.key")
        #expect(both.vendorRoots?.path == "/ca.pem")
    }

    @Test func `has the dashboard that was asked for`() throws {
        let all = try DashboardOptions.parse([
            "--dashboard-title", "Billing", "--dashboard-url", "https://t.example.com", "--dashboard-hide-properties",
        ])
        let settings = try #require(all.settings(demoKey: "k"))
        #expect(
            settings.title == "Billing" && settings.url != nil && settings.hidesProperties && settings.demoKey == "k"
        )
        let usual = try #require(try DashboardOptions.parse([]).settings(demoKey: nil))
        #expect(usual.title == nil && usual.url == nil && !usual.hidesProperties && usual.demoKey == nil)
        #expect(try DashboardOptions.parse(["--no-dashboard"]).settings(demoKey: "k") == nil)
    }
}
