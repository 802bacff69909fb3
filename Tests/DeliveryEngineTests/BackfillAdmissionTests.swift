import Events
import Testing

@testable import DeliveryEngine

@Suite struct BackfillAdmissionTests {
    @Test func `shows what the provider holds before what the backfill itself waits for`() {
        let admission = BackfillAdmission()
        admission.set({ _ in }, for: "p")
        admission.join(1, at: "p", percent: 50) { _ in }
        #expect(admission.snapshot(of: 1) == nil)
        func shown(_ hold: BackfillThrottle.Hold?) -> BackfillTraffic.Snapshot {
            BackfillTraffic.Snapshot(hold: hold, factor: 0.5, requests: 2)
        }
        admission.update([1: shown(nil)])
        #expect(admission.snapshot(of: 1) == shown(nil))
        admission.update(1, ownHold: .circuit)
        #expect(admission.snapshot(of: 1) == shown(.circuit))
        admission.update([1: shown(.live)])
        #expect(admission.snapshot(of: 1) == shown(.live))
        admission.update([1: shown(nil)])
        admission.update(1, ownHold: nil)
        #expect(admission.snapshot(of: 1) == shown(nil))
    }
}
