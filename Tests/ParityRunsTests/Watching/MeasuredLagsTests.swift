import Events
import Routing
import Testing

@testable import ParityRuns

/// How long a vendor may take to show an event.
@Suite struct MeasuredLagsTests {
    private static func provider(_ settings: String = "") throws -> ProviderConfiguration {
        try ScriptedVendor(ScriptedReader()).provider(settings)
    }

    @Test func `is the vendor's while nothing is set or measured, and then the one that is set`() throws {
        let lags = MeasuredLags()
        #expect(lags.lag(of: try Self.provider()) == .seconds(5))
        #expect(lags.lag(of: try Self.provider(#", "reads": {"lag": "90s"}"#)) == .seconds(90))
    }

    /// A vendor that was fast for some time may be slow again.
    @Test(arguments: [(1, 5), (5, 5), (6, 6), (3600, 3600)])
    func `is lengthened by what was measured, and never shortened`(measured: Int, lag: Int) throws {
        let lags = MeasuredLags()
        let provider = try Self.provider()
        lags.note(.seconds(measured), of: provider.name)
        #expect(lags.lag(of: provider) == .seconds(lag))
        lags.note(nil, of: provider.name)
        #expect(lags.lag(of: provider) == .seconds(5))
    }

    @Test func `is that of one provider`() throws {
        let lags = MeasuredLags()
        lags.note(.seconds(900), of: "other")
        #expect(lags.lag(of: try Self.provider()) == .seconds(5))
    }
}
