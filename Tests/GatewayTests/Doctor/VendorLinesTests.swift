import Events
import Testing

@testable import Gateway

@Suite struct VendorLinesTests {
    private let start = Timestamp(milliseconds: 1_750_000_000_000)

    private func clock(_ provider: ProviderName, ahead seconds: Int) -> VendorClock {
        VendorClock(provider: provider, ahead: .seconds(seconds))
    }

    // MARK: Clocks

    @Test(arguments: [
        // Date, received after the request left, ahead at least; all in milliseconds.
        (0, 0, 0), (-999, 0, 0), (1000, 1500, 0), (-1000, 0, 0), (5000, 2000, 3000), (-5000, 2000, -4000),
        (3_600_000, 100, 3_599_900), (-3_600_000, 100, -3_599_000),
    ])
    func `allows for the seconds of a Date and for the time of the call`(date: Int, took: Int, ahead: Int) {
        let clock = VendorClock(
            provider: "lago",
            date: start + .milliseconds(date),
            sent: start,
            received: start + .milliseconds(took)
        )
        #expect(clock.ahead == .milliseconds(ahead))
    }

    @Test func `takes the machine's clock for wrong only if all vendors say so`() {
        #expect(ClockVerdict([]) == .unknown)
        #expect(ClockVerdict([clock("a", ahead: 0), clock("b", ahead: 4)]) == .agrees(vendors: 2))
        #expect(ClockVerdict([clock("a", ahead: 3600), clock("b", ahead: 3598)]) == .off(.seconds(-3598)))
        #expect(ClockVerdict([clock("a", ahead: -3600), clock("b", ahead: -3598)]) == .off(.seconds(3598)))
        #expect(ClockVerdict([clock("a", ahead: 0), clock("b", ahead: 90)]) == .vendors([clock("b", ahead: 90)]))
        #expect(
            ClockVerdict([clock("a", ahead: -90), clock("b", ahead: 90)])
                == .vendors([clock("b", ahead: 90), clock("a", ahead: -90)])
        )
    }

    @Test func `says of a clock an hour off in which direction`() {
        let behind = VendorLines.clock([clock("a", ahead: 3600)])
        #expect(
            behind.verdict == .problem && behind.text.hasPrefix("this machine's clock is 3600 s behind the vendors'")
        )
        let ahead = VendorLines.clock([clock("a", ahead: -3600)])
        #expect(
            ahead.verdict == .problem && ahead.text.hasPrefix("this machine's clock is 3600 s ahead of the vendors'")
        )
        #expect(VendorLines.clock([clock("a", ahead: 30)]).verdict == .warning)
        #expect(VendorLines.clock([clock("a", ahead: 0)]).verdict == .well)
        #expect(VendorLines.clock([]).verdict == .warning)
    }

    // MARK: Credentials

    @Test func `says of each provider whether its credential is accepted`() {
        let line = VendorLines.credentials([
            VendorDiagnosis(provider: "a", credential: .accepted),
            VendorDiagnosis(provider: "b", credential: .accepted),
            VendorDiagnosis(provider: "k", credential: .unreadable(vendor: "Knetik")),
        ])
        #expect(line.verdict == .well)
        #expect(
            line.text
                == "accepted: a, b; k: present; Knetik has no read that would show whether it is accepted"
        )
    }

    @Test(arguments: [
        (
            VendorDiagnosis.Credential.missing("the environment variable X is not set"), DoctorReport.Verdict.problem,
            "missing:"
        ),
        (.refused("Lago (401)"), .problem, "renew the key"), (.mayNotRead("Polar (403)"), .warning, "may not read"),
        (.unknown("no connection"), .warning, "not checked"),
    ])
    func `names what is wrong with a credential`(
        credential: VendorDiagnosis.Credential,
        verdict: DoctorReport.Verdict,
        words: String
    ) {
        let line = VendorLines.credentials([
            VendorDiagnosis(provider: "a", credential: .accepted),
            VendorDiagnosis(provider: "b", credential: credential),
        ])
        #expect(
            line.verdict == verdict && line.text.hasPrefix("accepted: a; b: ") && line.text.contains(words),
            "\(line)"
        )
    }

    @Test(arguments: [
        (DeliveryErrorCode?.none, VendorDiagnosis.Credential.accepted), (.unauthorized, .refused("m")),
        (.forbidden, .mayNotRead("m")), (.vendorUnavailable, .unknown("m")), (.rateLimited, .unknown("m")),
        (.notFound, .unknown("m")),
    ])
    func `tells a refused key from a vendor that is away`(
        code: DeliveryErrorCode?,
        credential: VendorDiagnosis.Credential
    ) {
        let fault = code.map { DeliveryFault(code: $0, message: "m") }
        #expect(VendorExamination.credential(fault) == credential)
    }

    @Test func `names the first fault of routes that cannot be read`() {
        let lines = VendorLines.withoutRoutes("routes.json:1:2: a\nroutes.json:3:4: b")
        #expect(lines.routes.verdict == .problem)
        #expect(lines.routes.text == "routes.json:1:2: a (and 1 more; see `tollgate check`)")
        #expect(lines.credentials.verdict == .warning && lines.clock.verdict == .warning)
    }
}
