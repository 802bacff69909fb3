import Events
import Journal
import Testing

@testable import DeliveryEngine

@Suite struct IntakeTests {
    let start = ClockReading(instant: .now, wall: Timestamp(milliseconds: 1_700_000_000_000))
    let limit = BlockLimit(events: 64, bytes: 1 << 20)

    private var room: Intake.Room { Intake.Room(new: limit, due: limit) }

    @Test func `claims new events and due retries in turns while there is something of both`() {
        var intake = Intake(linger: .milliseconds(5))
        var claims: [Intake.Claim] = []
        for _ in 1...6 {
            guard let claim = intake.next(at: start, due: start.wall, room: room) else { break }
            claims.append(claim)
            if case .new = claim {
                intake.claimedNew(toTheEnd: false, isMuch: false, at: start)
            } else {
                intake.claimedDue()
            }
        }
        #expect(claims == [.due(limit), .new(limit), .due(limit), .new(limit), .due(limit), .new(limit)])
    }

    @Test func `leaves out what there is no room for`() {
        var intake = Intake(linger: .milliseconds(5))
        #expect(intake.next(at: start, due: start.wall, room: .init(new: nil, due: nil)) == nil)
        #expect(intake.next(at: start, due: start.wall, room: .init(new: limit, due: nil)) == .new(limit))
        intake.claimedNew(toTheEnd: false, isMuch: false, at: start)
        #expect(intake.next(at: start, due: start.wall, room: .init(new: nil, due: limit)) == .due(limit))
    }

    @Test func `makes one claim at a time`() {
        var intake = Intake(linger: .milliseconds(5))
        #expect(intake.next(at: start, due: nil, room: room) == .new(limit))
        #expect(intake.next(at: start, due: start.wall, room: room) == nil)
    }

    @Test func `does not claim retries before they are due, and names the time`() {
        var intake = Intake(linger: .milliseconds(5))
        _ = intake.next(at: start, due: nil, room: room)
        intake.foundNothing()
        let due = start.wall + .seconds(3)
        #expect(intake.next(at: start, due: due, room: room) == nil)
        #expect(intake.nextInstant(due: due, at: start) == start.instant + .seconds(3))
        #expect(intake.next(at: start + .seconds(3), due: due, room: room) == .due(limit))
    }
}
