import ConfigurationFile
import Events
import Routing
import Testing
import Vendors

/// `verify` and `canary` of a provider.
@Suite struct WatchSettingsTests {
    private static func text(_ fields: String, adapter: String = "lago", destination: String = "") -> String {
        #"""
        {"version": 1,
         "providers": {"p": {"adapter": "\#(adapter)", "base_url": "http://127.0.0.1:1", "credential": {"env": "K"}, \#(fields)}},
         "routes": [{"name": "r", "to": [{"provider": "p"\#(destination)}]}],
         "clients": [{"name": "own", "tenant": "own", "credentials": {"p": {"env": "O"}}}]}
        """#
    }

    private static func read(_ text: String) throws(FaultyConfiguration) -> RoutesReader.Contents {
        try RoutesReader(vendors: VendorRegistry.all).read(Array(text.utf8))
    }

    private static func faults(_ text: String) -> [String] {
        do {
            return try read(text).warnings.map { $0.line(in: "f") }
        } catch {
            return error.faults.map { $0.line(in: "f") }
        }
    }

    @Test func `are read, and a tenant's own account is read back and gets no canaries`() throws {
        let text = Self.text(
            #""verify": {"sample": "1/2000"}, "canary": {"every": "5m", "customer_id": "me"}"#,
            destination: #", "subscription_id": "sub_{customer_id}""#
        )
        let providers = try Self.read(text).routes.providers
        #expect(providers.map(\.name) == ["p", "p@own"])
        #expect(providers.map(\.verify) == [VerifySettings(oneIn: 2000), VerifySettings(oneIn: 2000)])
        #expect(
            providers.map(\.canary) == [
                CanarySettings(every: .seconds(300), name: "tollgate_canary", customerID: "me"), nil,
            ]
        )
        #expect(try Self.read(Self.text(#""verify": {"sample": "1/1"}"#)).routes.providers[0].canary == nil)
    }

    @Test(arguments: ["2000", "1/0", "1/-1", "2/3", "1/01", "1/1000000001", "0.1%", ""])
    func `refuse what is no sample`(sample: String) {
        let found = Self.faults(Self.text(#""verify": {"sample": "\#(sample)"}"#))
        let message = #""sample" must be 1/ and a number from 1 to 1000000000, such as "1/2000", found "\#(sample)""#
        #expect(found.contains { $0.hasPrefix("f:2:") && $0.hasSuffix(message) }, "\(found)")
    }

    @Test func `are refused for a vendor that shows no events`() {
        let knetik = Self.faults(
            Self.text(#""verify": {"sample": "1/10"}, "canary": {"every": "10m"}"#, adapter: "knetik")
        )
        for setting in ["verify", "canary"] {
            let message = #""\#(setting)" cannot be used: Knetik does not show the events that it has; remove it"#
            #expect(knetik.contains { $0.hasSuffix(message) }, "\(knetik)")
        }
    }

    @Test func `refuse a canary that cannot be sent, or not that often`() {
        let unsent = Self.faults(Self.text(#""canary": {"every": "10m"}"#))
        #expect(
            unsent.contains { $0.contains(#""canary" cannot be sent to Lago: Lago bills on subscriptions"#) },
            "\(unsent)"
        )
        let sent = Self.text(#""canary": {"every": "10m", "subscription_id": "s"}"#)
        #expect(Self.faults(sent) == [])
        for every in ["999ms", "2d"] {
            let found = Self.faults(Self.text(#""canary": {"every": "\#(every)", "subscription_id": "s"}"#))
            #expect(found.contains { $0.hasSuffix(#""every" must be from 1s to 1d"#) }, "\(found)")
        }
        let long = Self.faults(
            Self.text(#""canary": {"name": "\#(String(repeating: "n", count: 129))", "subscription_id": "s"}"#)
        )
        #expect(long.contains { $0.hasSuffix(#""name" must have 1 to 128 bytes"#) }, "\(long)")
    }

    @Test func `make one canary of a slot, whoever makes it, as the provider's events are sent`() throws {
        let routes = try Self.read(
            Self.text(#""canary": {"every": "10m"}"#, destination: #", "subscription_id": "sub_{customer_id}""#)
        ).routes
        let provider = routes.providers[0]
        let settings = try #require(provider.canary)
        let (now, later) = (Timestamp(milliseconds: 600_000 * 7 + 5), Timestamp(milliseconds: 600_000 * 8 - 1))
        #expect(settings.slot(at: now) == Timestamp(milliseconds: 600_000 * 7))
        #expect(settings.slot(at: now) == settings.slot(at: later))
        #expect(settings.slot(at: Timestamp(milliseconds: -1)) == Timestamp(milliseconds: -600_000))
        let destination = routes.canaryDestination(at: provider)
        let one = settings.event(of: settings.slot(at: now), to: destination, at: now)
        let other = settings.event(of: settings.slot(at: later), to: destination, at: later)
        #expect(one.id == other.id && one.tenant == .canary && one.plan.isOfCanaries)
        #expect(one.plan.destinations.map(\.provider) == ["p"] && one.customerID == "tollgate-canary")
        #expect(destination.settings.text("subscription_id") == "sub_{customer_id}" && destination.mode == .mirror)
    }

    @Test func `take one of so many events, the same ones everywhere`() {
        let sample = VerifySettings(oneIn: 100)
        func event(_ number: Int, tenant: TenantID = "t") -> AcceptedEvent {
            AcceptedEvent(
                CanonicalEvent(name: "n", customerID: "c", timestamp: nil),
                id: EventID("evt-\(number)"),
                in: Submission(
                    tenant: tenant,
                    client: "c",
                    acceptedAt: Timestamp(milliseconds: 0),
                    plan: Plan(route: nil, destinations: [])
                )
            )
        }
        let taken = (0..<20_000).filter { sample.takes(event($0)) }
        #expect((120...280).contains(taken.count), "\(taken.count)")
        #expect(taken == (0..<20_000).filter { sample.takes(event($0)) })
        #expect(taken != (0..<20_000).filter { sample.takes(event($0, tenant: "u")) })
        #expect(VerifySettings(oneIn: 1).takes(event(1)))
        // Never to change: another sample would be read back after an update.
        #expect(Array(taken.prefix(3)) == [119, 142, 334])
    }
}
