import NIOHTTP1
import Randomness
import Testing

@testable import Ingress

/// Transcripts of connections: what comes, and what the lane decides.
@Suite struct WriteLaneMachineTests {
    private static func head(_ fields: [(String, String)] = []) -> HTTPRequestHead {
        HTTPRequestHead(version: .http1_1, method: .POST, uri: "/v1/events", headers: HTTPHeaders(fields))
    }

    private static func write(_ fields: [(String, String)] = []) -> WriteLaneMachine.Part {
        .head(head(fields), isWrite: true)
    }

    private static let other = WriteLaneMachine.Part.head(head([("content-length", "4")]), isWrite: false)

    /// A machine on which a write is being answered.
    private static var answering: WriteLaneMachine {
        var machine = WriteLaneMachine()
        machine.receivedWhole()
        return machine
    }

    @Test func `gathers a write, answers it, and goes on`() {
        var machine = WriteLaneMachine()
        #expect(machine.takesWrites && machine.standing == .silent)
        #expect(machine.received(Self.write()) == .gatherBody(saysContinue: false))
        #expect(!machine.takesWrites && machine.standing == .busy)
        #expect(machine.received(.body(10)) == .gather)
        #expect(machine.received(.body(5)) == .gather)
        #expect(machine.received(.end) == .answer)
        #expect(machine.isAnswering)
        #expect(machine.answered(isLast: false) == .goOn)
        #expect(machine.takesWrites && machine.standing == .idle)
    }

    @Test func `is silent until a request comes, however often it is read from, and never again`() {
        var machine = WriteLaneMachine()
        _ = machine.mayRead(isWritable: true)
        _ = machine.next(isWritable: true)
        _ = machine.patienceEnded(.first, isWritable: true)
        _ = machine.keepsBackEnd()
        _ = machine.keepsBackError()
        #expect(machine.standing == .silent)
        for whole in [true, false] {
            var machine = machine
            if whole { machine.receivedWhole() } else { _ = machine.received(Self.write()) }
            #expect(machine.standing == .busy)
            if !whole { _ = machine.received(.end) }
            _ = machine.answered(isLast: false)
            _ = machine.mayRead(isWritable: true)
            #expect(machine.standing == .idle)
        }
    }

    @Test func `tells a client that waits for 100 to send the body of a write`() {
        var machine = WriteLaneMachine()
        #expect(machine.received(Self.write([("Expect", "100-continue")])) == .gatherBody(saysContinue: true))
    }

    @Test func `lets other requests pass, several at a time, and is idle behind the last response`() {
        var machine = WriteLaneMachine()
        for _ in 1...2 {
            #expect(machine.received(Self.other) == .pass)
            #expect(machine.received(.body(4)) == .pass)
            #expect(machine.received(.end) == .pass)
        }
        #expect(machine.isPassing && !machine.takesWrites)
        for isLast in [false, true] {
            #expect(machine.passedHead(saysClose: false) == false)
            #expect(machine.passedEnd() == false)
            #expect((machine.standing == .idle) == isLast)
        }
    }

    @Test func `keeps requests that are sent ahead until the write before them is answered, in their order`() {
        var machine = Self.answering
        for part in [Self.other, .body(4), .end, Self.write()] { #expect(machine.received(part) == .wait) }
        #expect(machine.mayRead(isWritable: true) == false, "a client that sends ahead is not read from")
        #expect(machine.next(isWritable: true) == nil)
        #expect(machine.answered(isLast: false) == .goOn)
        #expect(machine.next(isWritable: false) == nil, "nor answered while it takes no responses")
        #expect(machine.received(.body(1)) == .wait, "nothing overtakes")
        #expect(machine.next(isWritable: true) == .takeWaiting)
        let resumed: [(WriteLaneMachine.Part, WriteLaneMachine.Decision)] = [
            (Self.other, .pass), (.body(4), .pass), (.end, .pass), (.head(Self.head(), isWrite: false), .pass),
            (.body(1), .pass),
        ]
        for (part, decision) in resumed {
            machine.resume()
            #expect(machine.received(part) == decision)
        }
        #expect(machine.next(isWritable: true) == .read)
        #expect(machine.next(isWritable: true) == nil)
    }

    @Test func `answers a write that waited behind another`() {
        var machine = Self.answering
        #expect(machine.received(Self.write()) == .wait)
        #expect(machine.received(.end) == .wait)
        #expect(machine.answered(isLast: false) == .goOn)
        machine.resume()
        #expect(machine.takesWrites)
        #expect(machine.received(Self.write()) == .gatherBody(saysContinue: false))
        machine.resume()
        #expect(machine.received(.end) == .answer)
    }

    @Test func `closes behind the response where the client wants it, or the connection is old`() {
        var machine = Self.answering
        #expect(machine.answered(isLast: true) == .close(saysSo: false))
        machine = Self.answering
        #expect(machine.patienceEnded(.age, isWritable: true) == .wait)
        #expect(machine.answered(isLast: false) == .close(saysSo: true))
        machine = Self.answering
        #expect(machine.patienceEnded(.age, isWritable: true) == .wait)
        #expect(machine.received(Self.other) == .wait)
        #expect(machine.answered(isLast: false) == .goOn, "who has sent ahead has the responses first")
        machine.resume()
        #expect(machine.received(Self.other) == .pass)
        #expect(machine.passedHead(saysClose: false) == true)
        #expect(machine.passedEnd() == true)
        #expect(machine.received(Self.other) == .drop)
    }

    @Test func `drops what comes behind the last response, up to a limit`() {
        var machine = WriteLaneMachine()
        #expect(machine.received(Self.write()) == .gatherBody(saysContinue: false))
        machine.refused()
        #expect(machine.received(.body(PassedRequests.dropLimit)) == .drop)
        #expect(machine.received(.end) == .drop)
        #expect(machine.received(Self.write()) == .drop)
        #expect(!machine.takesWrites)
        #expect(machine.received(.body(1)) == .close)
    }

    @Test func `says that the connection closes where a response comes long before its request's body`() {
        var machine = WriteLaneMachine()
        let length = "\(PassedRequests.dropLimit + 1)"
        #expect(machine.received(.head(Self.head([("content-length", length)]), isWrite: false)) == .pass)
        #expect(machine.passedHead(saysClose: false) == true)
        #expect(machine.passedEnd() == true)
        #expect(machine.received(.body(1)) == .drop)
    }

    @Test func `keeps the end of a connection back until all requests are answered`() {
        var machine = WriteLaneMachine()
        #expect(machine.keepsBackEnd() == false)
        machine.receivedWhole()
        #expect(machine.received(Self.other) == .wait)
        #expect(machine.keepsBackEnd() == true)
        #expect(machine.hasKeptBack)
        #expect(machine.answered(isLast: false) == .goOn)
        machine.resume()
        #expect(machine.received(Self.other) == .pass)
        #expect(machine.next(isWritable: true) == nil)
        #expect(machine.passedHead(saysClose: false) == false)
        #expect(machine.passedEnd() == false)
        #expect(machine.hasKeptBack)
        #expect(machine.next(isWritable: true) == .tellEvents)
        #expect(machine.next(isWritable: true) == nil)
        #expect(!machine.hasKeptBack)
    }

    @Test func `does not let an error take away the response before it`() {
        var machine = WriteLaneMachine()
        #expect(machine.keepsBackError() == false)
        machine.receivedWhole()
        #expect(machine.keepsBackError() == true)
        #expect(machine.next(isWritable: true) == nil)
        #expect(machine.answered(isLast: false) == .goOn)
        #expect(machine.next(isWritable: true) == .tellError)
    }

    @Test func `tells only a client that waits for it to send the body of a request that passed`() {
        var machine = WriteLaneMachine()
        #expect(machine.wantsBody() == false)
        let fields = [("content-length", "4"), ("expect", "100-continue")]
        #expect(machine.received(.head(Self.head(fields), isWrite: false)) == .pass)
        #expect(machine.wantsBody() == true)
        #expect(machine.wantsBody() == false)
    }

    /// Every phase with everything that can be waited for in vain.
    @Test(arguments: [
        (PatienceEnded.head, ["close", "refuse", "wait", "wait"]), (.first, ["close", "refuse", "wait", "wait"]),
        (.body, ["close", "refuse", "wait", "close"]), (.idle, ["close", "refuse", "wait", "wait"]),
        (.output, ["close", "refuse", "wait", "close"]), (.age, ["close", "wait", "wait", "wait"]),
    ])
    func `ends what stalls, and nothing that the gateway itself holds up`(ended: PatienceEnded, expected: [String]) {
        var collecting = WriteLaneMachine()
        _ = collecting.received(Self.write())
        var passing = WriteLaneMachine()
        _ = passing.received(Self.other)
        let phases = [WriteLaneMachine(), collecting, Self.answering, passing]
        let verdicts = phases.map { phase in
            var machine = phase
            return "\(machine.patienceEnded(ended, isWritable: true))"
        }
        #expect(verdicts == expected)
        var blocked = passing
        #expect(blocked.patienceEnded(.idle, isWritable: false) == .close)
    }

    /// Whatever comes in whatever order: one write at a time, responses in the order of requests, nothing behind the last one.
    @Test(arguments: 1...20 as ClosedRange<UInt64>)
    func `answers requests in their order, on random connections`(seed: UInt64) {
        var random = SplitMix(seed: seed)
        for _ in 0..<100 { Self.live(&random) }
    }

    private static func live(_ random: inout SplitMix) {
        var machine = WriteLaneMachine()
        var (waiting, sent, begun): ([Int], Int, [Int]) = ([], 0, [])
        var answered: [Int] = []
        // Numbers of requests that are in flight, the oldest first; the lane's own and those that passed.
        func begin(_ number: Int, _ decision: WriteLaneMachine.Decision) {
            if decision == .wait { waiting.append(number) } else if decision != .drop { begun.append(number) }
        }
        for _ in 0..<40 {
            switch Int.random(in: 0..<6, using: &random) {
            case 0 where machine.takesWrites && waiting.isEmpty:
                machine.receivedWhole()
                begun.append(sent)
                sent += 1
            case 1:
                begin(sent, machine.received(.head(head(), isWrite: false)))
                sent += 1
            case 2 where machine.isAnswering:
                #expect(begun.count == 1, "a write is alone")
                answered.append(begun.removeFirst())
                if machine.answered(isLast: false) != .goOn { return }
            case 3 where machine.isPassing:
                answered.append(begun.removeFirst())
                _ = machine.passedHead(saysClose: false)
                if machine.passedEnd() { return }
            case 4:
                if machine.next(isWritable: .random(using: &random)) == .takeWaiting {
                    machine.resume()
                    begin(waiting.removeFirst(), machine.received(.head(head(), isWrite: false)))
                }
            case 5: _ = machine.mayRead(isWritable: .random(using: &random))
            default: break
            }
            #expect((machine.standing != .busy) == begun.isEmpty)
            #expect((machine.standing == .silent) == (sent == waiting.count))
        }
        #expect(answered == Array(0..<answered.count))
    }
}
