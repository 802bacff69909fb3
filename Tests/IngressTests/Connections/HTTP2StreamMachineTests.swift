import Randomness
import Testing

@testable import Ingress

/// Transcripts of one stream: what comes, and what becomes of it.
@Suite struct HTTP2StreamMachineTests {
    typealias Machine = HTTP2StreamMachine

    static let head = Machine.Part.head(isValid: true, awaitsContinue: false)
    static let waitingHead = Machine.Part.head(isValid: true, awaitsContinue: true)
    static let wrongHead = Machine.Part.head(isValid: false, awaitsContinue: false)

    /// A machine that has got these parts, all of which passed.
    private static func after(_ parts: [Machine.Part]) -> Machine {
        var machine = Machine()
        for part in parts { #expect(machine.received(part) == .pass) }
        return machine
    }

    @Test func `lets a request and its response pass, and says nothing more`() {
        var machine = Self.after([Self.head, .body(10), .body(0), .end])
        #expect(machine.wantsBody() == false)
        #expect(machine.responseEnded() == false)
    }

    @Test func `refuses a request without a valid host, and drops all that follows`() {
        var machine = Machine()
        #expect(machine.received(Self.wrongHead) == .refuse)
        for part in [.body(1), .body(PassedRequests.dropLimit + 1), .end, Self.head, Self.wrongHead] as [Machine.Part] {
            #expect(machine.received(part) == .drop)
        }
        #expect(machine.wantsBody() == false)
        #expect(machine.responseEnded() == false)
    }

    @Test func `tells a client that waits for 100 once to send its body`() {
        var machine = Self.after([Self.waitingHead])
        #expect(machine.wantsBody() == true)
        #expect(machine.wantsBody() == false)
        #expect(machine.received(.body(5)) == .pass)
        #expect(machine.received(.end) == .pass)
        #expect(machine.responseEnded() == false)
    }

    @Test(arguments: [[head], [waitingHead, .body(1)], [waitingHead, .end], [head, .end]])
    func `tells nobody to send a body who does not wait for it`(parts: [Machine.Part]) {
        var machine = Self.after(parts)
        #expect(machine.wantsBody() == false)
    }

    @Test func `wants no body of a client that still waits for 100 when the response is over`() {
        var machine = Self.after([Self.waitingHead])
        #expect(machine.responseEnded() == true)
        #expect(machine.responseEnded() == false)
        #expect(machine.wantsBody() == false)
        #expect(machine.received(.body(PassedRequests.dropLimit + 1)) == .pass, "it was told already")
    }

    @Test func `tells a client once to stop that sends too much behind the response`() {
        var machine = Self.after([Self.head, .body(PassedRequests.dropLimit + 1)])
        #expect(machine.responseEnded() == false)
        #expect(machine.received(.body(PassedRequests.dropLimit)) == .pass)
        #expect(machine.received(.body(1)) == .passAndReset)
        #expect(machine.received(.body(1)) == .pass)
        #expect(machine.received(.end) == .pass)
    }

    /// Whatever comes in whatever order: a client is told to send, or to stop, once at most, and a refused one nothing else.
    @Test(arguments: 0..<50 as Range<UInt64>)
    func `says each thing once`(seed: UInt64) {
        var random = SplitMix(seed: seed)
        for _ in 0..<50 {
            var machine = Machine()
            var (refusals, resets, continues, bytesBehind, isOver) = (0, 0, 0, 0, false)
            for _ in 0..<30 {
                switch Int.random(in: 0..<6, using: &random) {
                case 0 where !isOver:
                    isOver = true
                    if machine.responseEnded() { resets += 1 }
                case 1: if machine.wantsBody() { continues += 1 }
                default:
                    let parts = [Self.head, Self.waitingHead, Self.wrongHead, .body(100_000), .body(0), .end]
                    // A request has one head.
                    let part = parts[Int.random(in: refusals + continues > 0 ? 3..<6 : 0..<6, using: &random)]
                    if isOver, case .body(let count) = part { bytesBehind += count }
                    switch machine.received(part) {
                    case .refuse: refusals += 1
                    case .passAndReset:
                        resets += 1
                        #expect(bytesBehind > PassedRequests.dropLimit)
                    case .pass: #expect(refusals == 0)
                    case .drop: #expect(refusals == 1)
                    }
                }
            }
            #expect(refusals <= 1 && resets <= 1 && continues <= 1)
        }
    }
}
