import Events
import Migration
import OfRecord
import Randomness
import Testing

/// What holds after all entries of a log.
@Suite struct MigrationCourseTests {
    private static let time = Timestamp(milliseconds: 1_798_000_000_000)

    private static func log(_ actions: [MigrationEntry.Action]) -> MigrationLog {
        MigrationLog(
            actions.enumerated().map {
                MigrationEntry(number: $0.offset + 1, at: time + .seconds($0.offset), action: $0.element)
            }
        )
    }

    private static func course(_ actions: MigrationEntry.Action...) -> MigrationCourse { MigrationCourse(log(actions)) }

    @Test func `is nothing before the first entry`() {
        let course = Self.course()
        #expect(course.delivery == nil && course.share == 0 && course.cut == nil && !course.leavesOut)
        #expect(course.hold == nil && course.close == nil && !course.hasMoved && !course.isRamping)
    }

    @Test func `ends a cut with a ramp, and a ramp goes on under a cut`() {
        let ramped = Self.course(.ramp(share: 5), .cut(at: Self.time), .ramp(share: 25))
        #expect(ramped.share == 25 && ramped.cut == nil)
        let cut = Self.course(.ramp(share: 5), .cut(at: Self.time))
        #expect(cut.share == 5 && cut.cut == Self.time && cut.isRamping)
        let stopped = Self.course(.ramp(share: 5), .ramp(share: 0))
        #expect(stopped.share == 0 && !stopped.isRamping && stopped.hasMoved)
        #expect(!Self.course(.ramp(share: 0)).hasMoved)
    }

    @Test func `lets all others go on when some customers return, until the next order for all`() {
        let some = MigrationEntry.Action.goBack(when: .now, customers: ["c"])
        let left = Self.course(.ramp(share: 5), some)
        #expect(left.share == 5 && left.leavesOut)
        #expect(!Self.course(.ramp(share: 5), some, .ramp(share: 5)).leavesOut)
        #expect(!Self.course(.ramp(share: 5), some, .cut(at: Self.time)).leavesOut)
        let all = Self.course(.cut(at: Self.time), some, .goBack(when: .boundary, customers: nil))
        #expect(!all.leavesOut && all.share == 0 && all.cut == nil && all.hasMoved && !all.isRamping)
    }

    @Test func `is held since the first of two holds, and closed by the first of two closes`() {
        let course = Self.course(.hold, .hold, .close, .close)
        #expect(course.hold?.number == 1 && course.close?.number == 3)
        #expect(Self.course(.hold, .resume).hold == nil)
        #expect(Self.course(.hold, .resume, .hold).hold?.number == 3)
        // Nothing but a resume ends a hold.
        #expect(Self.course(.hold, .ramp(share: 5), .cut(at: Self.time), .stage(.mirror)).hold?.number == 1)
    }

    @Test(arguments: [MigrationEntry.Delivery?.none, .shadow, .mirror])
    func `says something else than the file if anything was ordered that it does not say`(
        file: MigrationEntry.Delivery?
    ) {
        #expect(!Self.course().says(otherThan: file))
        for stage in MigrationEntry.Delivery.allCases {
            #expect(Self.course(.stage(stage)).says(otherThan: file) == (stage != file))
        }
        #expect(!Self.course(.hold, .resume).says(otherThan: file))
        for action in [MigrationEntry.Action.hold, .close, .ramp(share: 5), .cut(at: Self.time)] {
            #expect(Self.course(action).says(otherThan: file))
        }
        // Who has moved and returned was of record at the new provider for a time.
        #expect(Self.course(.ramp(share: 5), .goBack(when: .now, customers: nil)).says(otherThan: file))
    }

    private static let actions: [MigrationEntry.Action] = [
        .stage(.shadow), .stage(.mirror), .ramp(share: 0), .ramp(share: 5), .ramp(share: 100), .cut(at: time), .hold,
        .resume, .goBack(when: .now, customers: nil), .goBack(when: .boundary, customers: ["c"]), .close,
    ]

    /// Against the newest entry that decides of each, looked for from the end.
    @Test(arguments: 0..<60 as Range<UInt64>)
    func `follows from the newest entry that decides`(seed: UInt64) {
        var random = SplitMix(seed: seed)
        let actions = (0..<Int.random(in: 0...12, using: &random)).map { _ in
            Self.actions.randomElement(using: &random)!
        }
        let course = MigrationCourse(Self.log(actions))
        let newest = actions.reversed()
        let delivery = newest.lazy.compactMap { if case .stage(let stage) = $0 { stage } else { nil } }.first
        // Those that order for all customers.
        let share = newest.lazy.compactMap { action -> Double? in
            switch action {
            case .ramp(let share): share
            case .goBack(_, nil): 0
            case .stage, .cut, .hold, .resume, .goBack, .close: nil
            }
        }.first
        let order = newest.first { action in
            switch action {
            case .ramp, .cut, .goBack(_, nil): true
            case .stage, .hold, .resume, .goBack, .close: false
            }
        }
        let cut: Timestamp? = if case .cut(let time)? = order { time } else { nil }
        let hold = newest.first { $0 == .hold || $0 == .resume }
        #expect(course.delivery == delivery && course.share == share ?? 0, "seed \(seed)")
        #expect(course.cut == cut && (course.hold != nil) == (hold == .hold), "seed \(seed)")
        #expect((course.close != nil) == actions.contains(.close), "seed \(seed)")
    }
}
