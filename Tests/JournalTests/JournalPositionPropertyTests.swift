import Events
import Journal
import TestSupport
import Testing

/// Positions of several streams are ordered in part: the laws that readers and retention rely on.
@Suite struct JournalPositionPropertyTests {
    private func position(_ random: inout SeededRandom) -> JournalPosition {
        var position = JournalPosition.start
        for _ in 0..<Int.random(in: 0...3, using: &random) {
            let number = SequenceNumber(Int64.random(in: 0...3, using: &random))
            position = position.advanced(to: number, inStream: .random(in: 0...3, using: &random))
        }
        return position
    }

    @Test func `the join is the least position that covers both`() {
        var random = SeededRandom()
        for _ in 0..<3000 {
            let (one, two, three) = (position(&random), position(&random), position(&random))
            let joined = one.joined(with: two)
            #expect(joined == two.joined(with: one))
            #expect(joined.joined(with: three) == one.joined(with: two.joined(with: three)))
            #expect(one.joined(with: one) == one && one.joined(with: .start) == one)
            #expect(one.isCovered(by: joined) && two.isCovered(by: joined))
            if one.isCovered(by: three), two.isCovered(by: three) {
                #expect(joined.isCovered(by: three), "\(one) \(two) \(three)")
            }
            // Covered both ways is equal, and covered is what a join does not change.
            #expect((one.isCovered(by: two) && two.isCovered(by: one)) == (one == two))
            #expect(one.isCovered(by: two) == (joined == two))
        }
    }

    @Test func `limiting leads to the latest position that both cover`() {
        var random = SeededRandom()
        for _ in 0..<3000 {
            let (one, end, other) = (position(&random), position(&random), position(&random))
            let limited = one.limited(to: end)
            #expect(limited == end.limited(to: one))
            #expect(limited.isCovered(by: one) && limited.isCovered(by: end))
            if other.isCovered(by: one), other.isCovered(by: end) { #expect(other.isCovered(by: limited)) }
            #expect(one.limited(to: .start) == .start)
        }
    }

    @Test func `advancing never goes back, and touches one stream`() {
        var random = SeededRandom()
        for _ in 0..<3000 {
            let position = position(&random)
            let (stream, number) = (UInt16.random(in: 0...3, using: &random), Int64.random(in: 0...3, using: &random))
            let advanced = position.advanced(to: SequenceNumber(number), inStream: stream)
            for other in UInt16(0)...3 {
                let before = position.number(inStream: other)
                #expect(
                    advanced.number(inStream: other) == (other == stream ? max(before, SequenceNumber(number)) : before)
                )
            }
        }
    }

    @Test func `is read as it was written`() {
        var random = SeededRandom()
        for _ in 0..<2000 {
            let position = position(&random)
            #expect(JournalPosition(position.text) == position, "\(position)")
        }
        let far = JournalPosition(.largest, inStream: .max).advanced(to: .largest)
        #expect(far.text == "0:1152921504606846975,65535:1152921504606846975")
        #expect(JournalPosition(far.text) == far)
    }

    @Test(arguments: [
        "", ":", "1:", ":1", "1:2:3", "1:2,", ",1:2", "1:2,,3:4", "1:2,1:3", "65536:1", "-1:2", "1:-2", "+1", "-0",
        "0:+1", " 1", "1 ",
        "1152921504606846976", "0:1152921504606846976", "99999999999999999999:1", "1.0", "0x1", "\u{661}", "1;2",
        "1:2 ,3:4", "NaN",
    ])
    func `reads nothing else`(text: String) { #expect(JournalPosition(text) == nil) }

    @Test func `reads as many streams as it may, and not one more`() {
        let streams = (0...JournalPosition.streamLimit).map { "\($0):1" }
        #expect(
            JournalPosition(streams.dropLast().joined(separator: ","))?.streams.count == JournalPosition.streamLimit
        )
        #expect(JournalPosition(streams.joined(separator: ",")) == nil)
    }
}

@Suite struct LaneFilterPropertyTests {
    private static let tenants: [TenantID?] = [nil, "a", "b"]
    private static let lists: [[String]] = [[], ["x"], ["y"], ["x", "y"]]
    private static let bounds: [Int64?] = [nil, 1, 2]

    private static let filters: [LaneFilter] = tenants.flatMap { tenant in
        lists.flatMap { names in
            lists.flatMap { customers in
                bounds.flatMap { from in
                    bounds.map { until in
                        LaneFilter(
                            tenant: tenant,
                            names: names,
                            customerIDs: customers,
                            from: from.map { Timestamp(milliseconds: $0) },
                            until: until.map { Timestamp(milliseconds: $0) }
                        )
                    }
                }
            }
        }
    }

    private static func takes(_ filter: LaneFilter, _ tenant: TenantID, _ name: String, _ customer: String, _ at: Int64)
        -> Bool
    {
        (filter.tenant ?? tenant) == tenant && (filter.names.isEmpty || filter.names.contains(name))
            && (filter.customerIDs.isEmpty || filter.customerIDs.contains(customer))
            && filter.from.map { $0.milliseconds <= at } ?? true && filter.until.map { at < $0.milliseconds } ?? true
    }

    /// All pairs of 432 filters: two lanes that could send one event twice must never be active together.
    @Test func `two filters that one event passes may overlap`() {
        let events = ["a", "b"].flatMap { tenant in
            ["x", "y"].flatMap { name in
                ["x", "y"].flatMap { customer in [0, 1, 2].map { (TenantID(tenant), name, customer, Int64($0)) } }
            }
        }
        // One bit an event that passes.
        let passing = Self.filters.map { filter in
            events.indices.reduce(UInt32(0)) { bits, index in
                let (tenant, name, customer, at) = events[index]
                return Self.takes(filter, tenant, name, customer, at) ? bits | 1 << UInt32(index) : bits
            }
        }
        for (one, bits) in zip(Self.filters, passing) {
            for (other, otherBits) in zip(Self.filters, passing) {
                let mayOverlap = one.mayOverlap(other)
                if mayOverlap != other.mayOverlap(one) { Issue.record("\(one) and \(other): not the same both ways") }
                if bits & otherBits != 0, !mayOverlap { Issue.record("\(one) and \(other) take one event") }
                // And no more than needed: filters that take events at all, and none together, are disjoint.
                if bits != 0, otherBits != 0, bits & otherBits == 0, mayOverlap { Issue.record("\(one) and \(other)") }
            }
        }
    }

    @Test(arguments: [(["a*"], ["b"]), (["*"], ["b"]), (["b"], ["a*", "c"])])
    func `a pattern may take any name`(names: [String], others: [String]) {
        #expect(LaneFilter(names: names).mayOverlap(LaneFilter(names: others)))
        #expect(!LaneFilter(tenant: "a", names: names).mayOverlap(LaneFilter(tenant: "b", names: others)))
    }
}

@Suite struct SmallJournalValueTests {
    /// All actions over all sets of states that a filter can name.
    @Test(arguments: DeliveryRevision.Action.allCases)
    func `an action means the states that it can change, and uncertain ones only where they are named`(
        action: DeliveryRevision.Action
    ) {
        let all = DeliveryStatus.allCases
        for bits in 0..<(1 << all.count) {
            let named = Set(all.indices.filter { bits & (1 << $0) != 0 }.map { all[$0] })
            let meant = action.statuses(meantBy: DeliveryFilter(statuses: named))
            let changeable: Set<DeliveryStatus> = [.rejected, .uncertain, .retrying]
            if named.isEmpty {
                #expect(meant == (action == .retry ? [.rejected, .retrying] : changeable))
            } else {
                #expect(meant == named.intersection(changeable))
            }
        }
    }

    @Test func `ages are counted in their class, whatever is added`() {
        var ages = BacklogAges()
        for (events, ageClass) in [(1, 0), (2, 4), (4, 5), (8, .max), (16, -1), (32, .min), (-64, 0), (0, 1)] {
            ages.add(events, ofClass: ageClass)
        }
        ages.addUncounted(-5)
        ages.addUncounted(100)
        #expect(ages.counts == [1 + 16 + 32, 0, 0, 0, 2 + 4 + 8])
        #expect(ages.uncounted == 100 && ages.events == 163)
    }

    @Test func `classes of ages begin a minute, ten, an hour and a day ago, and never before all time`() {
        let now = Timestamp(milliseconds: 100_000_000)
        #expect(BacklogAges.starts(at: now).map(\.milliseconds) == [99_940_000, 99_400_000, 96_400_000, 13_600_000])
        let first = Timestamp(milliseconds: .min)
        #expect(BacklogAges.starts(at: first) == [first, first, first, first])
    }

    /// Cut to 1024 bytes of whole characters.
    @Test(arguments: [("x", 1024), ("é", 1024), ("😀", 1024), ("xéé", 1023), ("€", 1023)])
    func `texts of the audit log are cut between scalars`(letter: String, bytes: Int) {
        let text = String(repeating: letter, count: 1024)
        let entry = AuditEntry(
            at: Timestamp(milliseconds: 0),
            category: .refused,
            action: text,
            tenant: nil,
            actor: text,
            keyID: text,
            remoteAddress: text,
            details: [text: text]
        )
        for kept in [
            entry.action, entry.actor, entry.keyID, entry.remoteAddress, entry.details.first?.key,
            entry.details.first?.value,
        ] {
            #expect(kept?.utf8.count == bytes)
            #expect(kept.map { text.utf8.starts(with: $0.utf8) } == true)
        }
    }

    @Test func `keeps so many details, the first by name`() {
        func entry(_ count: Int) -> AuditEntry {
            let details = (0..<count).map { (String($0 + 100), "v\($0)") }
            return AuditEntry(
                at: Timestamp(milliseconds: 0),
                category: .session,
                action: "a",
                tenant: nil,
                actor: nil,
                keyID: nil,
                remoteAddress: nil,
                details: Dictionary(uniqueKeysWithValues: details)
            )
        }
        for count in [0, 1, 31, 32] { #expect(entry(count).details.count == count) }
        #expect(entry(33).details.keys.sorted() == (100..<132).map(String.init))
    }
}
