import Events
import Parity
import Testing

/// When a vendor is looked at, and what follows.
@Suite struct OutcomeLookupTests {
    private static let attempt = Timestamp(milliseconds: 1_000_000)
    private static let lag = Duration.seconds(10)

    private func lookup(_ looks: [(seconds: Int, what: LookupSighting)], isImmediate: Bool = false) -> OutcomeLookup {
        var lookup = OutcomeLookup(attemptedAt: Self.attempt, lag: Self.lag, isImmediate: isImmediate)
        for look in looks { lookup.note(look.what, at: Self.attempt + .seconds(look.seconds)) }
        return lookup
    }

    private func at(_ seconds: Int) -> OutcomeLookup.Step { .look(at: Self.attempt + .seconds(seconds)) }

    @Test func `looks first when the vendor should show the event`() {
        #expect(lookup([]).step == at(10))
    }

    @Test func `one look without a trace proves nothing where the vendor takes its time`() {
        #expect(lookup([(10, .nothing)]).step == at(20))
        #expect(lookup([(10, .nothing), (20, .nothing)]).step == at(30))
        #expect(lookup([(10, .nothing), (20, .nothing), (30, .nothing)]).step == .absent)
    }

    @Test func `looks that come close together prove no more than one`() {
        #expect(lookup([(10, .nothing), (11, .nothing), (12, .nothing)]).step == at(22))
        #expect(lookup([(10, .nothing), (11, .nothing), (12, .nothing), (30, .nothing)]).step == .absent)
    }

    @Test func `an attempt of long ago is looked at as often`() {
        let day = 86_400
        #expect(lookup([(day, .nothing)]).step == at(day + 10))
        #expect(lookup([(day, .nothing), (day + 10, .nothing), (day + 20, .nothing)]).step == .absent)
    }

    @Test func `one look is enough where the vendor shows events at once`() {
        #expect(lookup([(10, .nothing)], isImmediate: true).step == .absent)
        #expect(lookup([(10, .other)], isImmediate: true).step == .differs)
    }

    @Test func `a clock that was set back proves nothing`() {
        #expect(lookup([(30, .nothing), (20, .nothing), (10, .nothing)]).step == at(20))
    }

    /// All sequences of up to four looks: what was seen once stays seen, and only looks that are apart prove an absence.
    @Test(arguments: [true, false])
    func `decides over all that can be seen`(isImmediate: Bool) {
        var sequences: [[LookupSighting]] = [[]]
        for _ in 0..<4 {
            sequences += sequences.flatMap { sequence in LookupSighting.allCases.map { sequence + [$0] } }
        }
        for sequence in sequences {
            let looks = sequence.enumerated().map { (seconds: ($0.offset + 1) * 10, what: $0.element) }
            let step = lookup(looks, isImmediate: isImmediate).step
            switch step {
            case .found: #expect(sequence.contains(.same))
            case .differs: #expect(sequence.contains(.other) && !sequence.contains(.same))
            case .absent:
                #expect(sequence.allSatisfy { $0 == .nothing } && sequence.count >= (isImmediate ? 1 : 3))
            case .look:
                #expect(sequence.allSatisfy { $0 == .nothing } && sequence.count < (isImmediate ? 1 : 3))
            }
        }
    }

    private func delivery(
        _ status: DeliveryStatus,
        _ code: DeliveryErrorCode?,
        last: DeliveryErrorCode? = nil,
        mode: DeliveryMode = .primary
    ) -> Delivery {
        let fault = code.map { DeliveryFault(code: $0, message: "m") }
        let attempt = Attempt(
            at: Self.attempt,
            latency: .zero,
            httpStatus: nil,
            status: status,
            fault: (last ?? code).map { DeliveryFault(code: $0, message: "m") }
        )
        return Delivery(provider: "p", adapter: "a", mode: mode, status: status, fault: fault, history: [attempt])
    }

    @Test(arguments: DeliveryStatus.allCases, DeliveryErrorCode.allCases)
    func `looks up what may have arrived, and nothing that was looked up`(
        status: DeliveryStatus,
        code: DeliveryErrorCode
    ) {
        let isOpen: Set<DeliveryErrorCode> = [.timeout, .connectionFailed, .vendorError, .vendorUnavailable]
        let expected = !code.isOfLookup && (status == .uncertain || status == .rejected && isOpen.contains(code))
        #expect(delivery(status, code).mayHaveArrived == expected)
        #expect(!delivery(status, code, mode: .shadow).mayHaveArrived)
        #expect(!delivery(status, code, last: .absentAtVendor).mayHaveArrived)
    }

    private static func event(_ units: Int, id: String = "e") -> VendorEvent {
        VendorEvent(
            id: id,
            name: "n",
            customerID: "c",
            timestamp: attempt,
            properties: JSONText(checked: #"{"units":\#(units)}"#)
        )
    }

    @Test func `tells the event from one that says something else`() {
        let rules = ComparisonRules(identity: [])
        #expect(LookupSighting(of: Self.event(1), among: [], by: rules) == .nothing)
        #expect(LookupSighting(of: Self.event(1), among: [Self.event(1)], by: rules) == .same)
        #expect(LookupSighting(of: Self.event(1), among: [Self.event(2)], by: rules) == .other)
        #expect(LookupSighting(of: Self.event(1), among: [Self.event(2), Self.event(1)], by: rules) == .same)
    }
}
