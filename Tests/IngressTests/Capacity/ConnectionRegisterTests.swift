import Randomness
import Synchronization
import Testing

@testable import Ingress

@Suite struct ConnectionRegisterTests {
    private final class Connection: ObservedConnection {
        private let latest: Mutex<ConnectionStanding>

        init(_ standing: ConnectionStanding) {
            latest = Mutex(standing)
        }

        var standing: ConnectionStanding {
            get { latest.withLock { $0 } }
            set { latest.withLock { $0 = newValue } }
        }
    }

    private typealias Register = ConnectionRegister<String, Connection>

    private func open(_ count: Int, _ standing: ConnectionStanding, from address: String?, in register: inout Register)
    {
        for _ in 0..<count {
            guard case .admitted = register.open(Connection(standing), from: address) else {
                Issue.record("one is not admitted")
                return
            }
        }
    }

    @Test(arguments: [
        (["silent", "idle", "busy"], 0), (["idle", "silent", "busy"], 1), (["busy", "idle", "idle"], 1),
        (["busy", "busy", "busy"], nil),
    ])
    func `lets one that nobody misses make room for a new one of its address`(standings: [String], expected: Int?) {
        var register = Register(limit: 100, perAddress: 3)
        for name in standings {
            let standing: ConnectionStanding = name == "silent" ? .silent : name == "idle" ? .idle : .busy
            open(1, standing, from: "a", in: &register)
        }
        let verdict = register.open(Connection(.silent), from: "a")
        #expect(verdict == expected.map { .admittedInsteadOf($0, id: 3) } ?? .refused(.address))
        #expect(register.open(Connection(.silent), from: "b") == .admitted(expected == nil ? 3 : 4))
    }

    @Test func `takes room for others from the address that has the most`() {
        var register = Register(limit: 6, perAddress: 5)
        open(1, .silent, from: "small", in: &register)
        open(5, .idle, from: "large", in: &register)
        #expect(register.open(Connection(.silent), from: "new") == .admittedInsteadOf(1, id: 6))
        #expect(register.count == 6)
    }

    @Test func `refuses where everybody is busy, and has room when one has gone`() {
        var register = Register(limit: 2, perAddress: 2)
        open(1, .busy, from: "a", in: &register)
        open(1, .busy, from: "b", in: &register)
        #expect(register.open(Connection(.silent), from: "c") == .refused(.total))
        register.closed(0)
        #expect(register.open(Connection(.silent), from: "c") == .admitted(2))
    }

    @Test func `keeps some for the administration`() {
        var register = Register(limit: 3, perAddress: 10, reserved: 1)
        open(2, .busy, from: "a", in: &register)
        #expect(register.open(Connection(.silent), from: "a") == .refused(.total))
        #expect(register.open(Connection(.busy), from: "a", forAdministration: true) == .admitted(2))
        #expect(register.open(Connection(.busy), from: "a", forAdministration: true) == .refused(.total))
    }

    @Test func `counts no trusted proxy by its address`() {
        var register = Register(limit: 10, perAddress: 1)
        open(10, .busy, from: nil, in: &register)
        #expect(register.count == 10)
    }

    @Test(arguments: [(ConnectionStanding.idle, 1), (.busy, 3)])
    func `has another close for one that became busy before it could, in the end the newcomer`(
        second: ConnectionStanding,
        expected: Int
    ) {
        for (limit, perAddress) in [(100, 3), (3, 100)] {
            var register = Register(limit: limit, perAddress: perAddress)
            open(1, .idle, from: "a", in: &register)
            open(1, second, from: "a", in: &register)
            open(1, .busy, from: "a", in: &register)
            #expect(register.open(Connection(.busy), from: "a") == .admittedInsteadOf(0, id: 3))
            #expect(register.count == 3)
            register.connection(0)?.standing = .busy
            #expect(register.stays(0, insteadOf: 3) == expected)
            #expect(register.count == 3)
            register.closed(expected)
            #expect(register.count == 3)
        }
    }

    @Test func `has nobody close when there is room by then`() {
        var register = Register(limit: 1, perAddress: 1)
        open(1, .idle, from: "a", in: &register)
        #expect(register.open(Connection(.silent), from: "a") == .admittedInsteadOf(0, id: 1))
        register.closed(1)
        #expect(register.stays(0, insteadOf: 1) == nil && register.count == 1)
        register.closed(0)
        #expect(register.count == 0)
    }

    /// Nobody busy is ever asked to leave, no address has more than its share, and all are counted.
    @Test(arguments: 0..<30 as Range<UInt64>)
    func `holds its limits whatever comes and goes`(seed: UInt64) {
        var random = SplitMix(seed: seed)
        var register = Register(limit: 12, perAddress: 4)
        var live: [Int: (address: String, connection: Connection)] = [:]
        for _ in 0..<2000 {
            if Bool.random(using: &random), let id = live.keys.randomElement(using: &random) {
                live[id] = nil
                register.closed(id)
            } else if Bool.random(using: &random), let one = live.values.randomElement(using: &random) {
                one.connection.standing = ConnectionStanding.allCases.randomElement(using: &random) ?? .busy
            } else {
                let address = ["a", "b", "c", "d", "e"].randomElement(using: &random) ?? "a"
                let new = Connection(.silent)
                switch register.open(new, from: address) {
                case .admitted(let id): live[id] = (address, new)
                case .admittedInsteadOf(let other, let id):
                    #expect(live[other]?.connection.standing != .busy)
                    live[other] = nil
                    register.closed(other)
                    live[id] = (address, new)
                case .refused(.address):
                    #expect(live.values.count { $0.address == address && $0.connection.standing == .busy } == 4)
                case .refused(.total):
                    #expect(live.values.allSatisfy { $0.connection.standing == .busy } && live.count == 12)
                }
            }
            #expect(register.count == live.count && live.count <= 12)
            #expect(Dictionary(grouping: live.values, by: \.address).values.allSatisfy { $0.count <= 4 })
        }
    }
}
