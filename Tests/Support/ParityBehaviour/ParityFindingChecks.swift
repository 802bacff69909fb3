import Events
import Parity

extension ParityBehaviour {
    static let findings: [ParityCheck] = [
        ParityCheck("keeps what a vendor says of events that it does not bill, with the latest reason") {
            storage,
            fixture in
            let (early, late) = (ParitySample.now, ParitySample.now + .seconds(60))
            let first = (1...3).map { UnbilledEvent(id: "event \($0)", reason: .noMetric) }
            try await storage.note(first, at: "lago", at: early, keepingSince: early)
            try await storage.note([first[0]], at: "other", at: early, keepingSince: early)
            // One event twice, and one that is known.
            let second = [
                UnbilledEvent(id: "event 3", reason: .noMetric),
                UnbilledEvent(id: "event 3", reason: .unusableProperty),
                UnbilledEvent(id: "é", reason: .noMetric),
            ]
            try await storage.note(second, at: "lago", at: late, keepingSince: early)
            let reopened = try await fixture.restart(storage)
            let known = Set(try await reopened.unbilled(at: "lago"))
            try expect(known, Set(first.prefix(2) + second.dropFirst()), "the events of the provider")
            try expect(try await reopened.unbilled(at: "other"), [first[0]], "the events of the other provider")
            try expect(try await reopened.unbilled(at: "polar"), [], "the events of a provider that said nothing")
            try await reopened.note([], at: "lago", at: late, keepingSince: late)
            let kept = Set(try await reopened.unbilled(at: "lago"))
            try expect(kept, Set(second.dropFirst()), "what is young enough")
            try expect(try await reopened.unbilled(at: "other"), [], "what is too old of another provider")
            return reopened
        },
        ParityCheck("keeps findings with all that they say, over a restart, in their order") { storage, fixture in
            let run = try await ParitySample.reading(storage)
            let findings = (1...6).map { ParitySample.finding($0) }
            try await storage.save(
                ["lago": WindowRecord(findings: findings)],
                of: ParitySample.halves.0,
                state: .settled,
                for: run.id
            )
            let reopened = try await fixture.restart(storage)
            let found = try await reopened.findings(of: ParitySample.halves.0, at: "lago", for: run.id)
            try expect(found, findings, "the findings of the window")
            try expect(
                try await reopened.findings(of: ParitySample.halves.1, at: "lago", for: run.id),
                [],
                "the findings of the other window"
            )
            return reopened
        },
        ParityCheck("pages findings by number, and takes those that a filter takes") { storage, _ in
            let run = try await ParitySample.reading(storage)
            let findings =
                (1...6).map { ParitySample.finding($0) } + [ParitySample.finding(7, .doubled, name: "Call")]
            try await storage.save(
                ["lago": WindowRecord(findings: findings)],
                of: ParitySample.halves.0,
                state: .settled,
                for: run.id
            )
            func page(_ filter: FindingFilter, after number: Int64 = 0, limit: Int = 9) async throws
                -> [NumberedFinding]
            {
                try await storage.findings(of: run.id, filter, after: number, limit: limit, at: ParitySample.now)
            }
            let first = try await page(FindingFilter(), limit: 4)
            try expect(first.map(\.finding), Array(findings.prefix(4)), "the first page")
            let rest = try await page(FindingFilter(), after: first.last?.number ?? 0)
            try expect(rest.map(\.finding), Array(findings.dropFirst(4)), "the rest")
            var filter = FindingFilter()
            filter.cause = .doubled
            try expect(try await page(filter).map(\.finding), [findings[6]], "by cause")
            filter = FindingFilter()
            filter.customerID = "customer 1"
            try expect(
                try await page(filter).compactMap(\.finding.subject.sequence?.rawValue),
                [1, 4, 7],
                "by customer"
            )
            filter.name = "call"
            try expect(
                try await page(filter).compactMap(\.finding.subject.sequence?.rawValue),
                [1, 4],
                "by customer and name"
            )
            filter = FindingFilter()
            filter.provider = "polar"
            try expect(try await page(filter), [], "by provider")
            filter = FindingFilter(eventID: "event 3")
            try expect(try await page(filter).map(\.finding), [findings[2]], "by event")
            return storage
        },
        ParityCheck("lists the customers of findings, those with the most wrong bills first") { storage, _ in
            let run = try await ParitySample.reading(storage)
            // Customers 1, 2, 0, 1, 2, 0, and 1 again.
            let findings =
                (1...3).map { ParitySample.finding($0) } + [ParitySample.finding(4, .rejected)]
                + [ParitySample.finding(5), ParitySample.finding(6, .rejected), ParitySample.finding(7, .rejected)]
            try await storage.save(
                ["lago": WindowRecord(findings: findings)],
                of: ParitySample.halves.0,
                state: .settled,
                for: run.id
            )
            func customer(_ id: String, _ findings: Int, billed: Int) -> ParityCustomer {
                ParityCustomer(customerID: id, provider: "lago", findings: findings, billed: billed)
            }
            let all = [
                customer("customer 2", 2, billed: 2), customer("customer 1", 3, billed: 1),
                customer("customer 0", 2, billed: 1),
            ]
            try expect(try await storage.customers(of: run.id, limit: 9), all, "the customers")
            try expect(try await storage.customers(of: run.id, limit: 2), Array(all.prefix(2)), "the first two")
            try expect(try await storage.customers(of: run.id + 1, limit: 9), [], "those of another run")
            return storage
        },
        ParityCheck("lists what findings say of money") { storage, fixture in
            let run = try await ParitySample.reading(storage)
            func finding(_ number: Int, _ customer: String?, _ kinds: [ContentDifference.Kind]) -> Finding {
                Finding(
                    key: "key \(number)",
                    provider: "lago",
                    cause: .content,
                    about: FindingSubject(
                        name: "call",
                        customerID: customer,
                        timestamp: Timestamp(milliseconds: Int64(number))
                    ),
                    differences: kinds.map {
                        ContentDifference(field: "\"kind\":\"money\"", kind: $0, sent: "3.00 EUR", shown: "1.00 EUR")
                    }
                )
            }
            let findings = [
                finding(1, "c", [.value, .money]), finding(2, "c", [.value]), finding(3, nil, [.money]),
                finding(4, "c", []),
            ]
            try await storage.save(
                ["lago": WindowRecord(findings: findings)],
                of: ParitySample.halves.0,
                state: .settled,
                for: run.id
            )
            let reopened = try await fixture.restart(storage)
            let found = try await reopened.moneyFindings(of: run.id).sorted {
                ($0.customerID ?? "") < ($1.customerID ?? "")
            }
            let expected = [findings[2], findings[0]].map { finding in
                MoneyFinding(
                    customerID: finding.subject.customerID,
                    provider: "lago",
                    differences: finding.differences
                )
            }
            try expect(found, expected, "those with a difference of money")
            try expect(try await reopened.moneyFindings(of: run.id + 1), [], "those of another run")
            return reopened
        },
        ParityCheck("counts findings by provider, day, cause and name") { storage, fixture in
            let run = try await ParitySample.reading(storage)
            let day: Int64 = 86_400_000
            func finding(_ number: Int, _ cause: Cause, _ name: String, at time: Int64) -> Finding {
                ParitySample.finding(number, cause, name: name, at: Timestamp(milliseconds: time))
            }
            let findings = [
                finding(1, .doubled, "b", at: day - 1), finding(2, .doubled, "b", at: 0),
                finding(3, .doubled, "B", at: 5),
                finding(4, .content, "b", at: day), finding(5, .doubled, "b", at: 2 * day - 1),
                finding(6, .doubled, "b", at: -1),
            ]
            try await storage.save(
                ["lago": WindowRecord(findings: findings)],
                of: ParitySample.halves.0,
                state: .settled,
                for: run.id
            )
            let reopened = try await fixture.restart(storage)
            func counted(_ time: Int64, _ cause: Cause, _ name: String, _ count: Int) -> FindingDay {
                let day = Timestamp(milliseconds: time)
                return FindingDay(provider: "lago", day: day, cause: cause, name: name, count: count)
            }
            let expected = [
                counted(-day, .doubled, "b", 1), counted(0, .doubled, "B", 1), counted(0, .doubled, "b", 2),
                counted(day, .content, "b", 1), counted(day, .doubled, "b", 1),
            ]
            try expect(try await reopened.findingDays(of: run.id), expected, "the days")
            try expect(try await reopened.findingDays(of: run.id + 1), [], "those of another run")
            return reopened
        },
        ParityCheck("lists what it counted by name and provider, in pages") { storage, _ in
            let run = try await ParitySample.reading(storage)
            let names: [ExactText] = ["b", "a", "B"]
            let cells = Dictionary(uniqueKeysWithValues: names.map { ($0, CellCounts(expected: 2, found: 2)) })
            let record = WindowRecord(cells: cells)
            for window in [ParitySample.halves.0, ParitySample.halves.1] {
                try await storage.save(["lago": record, "polar": record], of: window, state: .settled, for: run.id)
            }
            let all = try await storage.cells(of: run.id, after: 0, limit: 9)
            let expected = ["B polar", "B lago", "a polar", "a lago", "b polar", "b lago"]
            try expect(all.map { "\($0.cell.name) \($0.cell.provider)" }, expected, "the order")
            try expect(all.map(\.cell.counts), Array(repeating: CellCounts(expected: 4, found: 4), count: 6), "sums")
            try expect(try await storage.cells(of: run.id, after: 4, limit: 1), [all[4]], "a page")
            return storage
        },
    ]

    static let decisions: [ParityCheck] = [
        ParityCheck("remembers what was sent again, until the journal has none of it") { storage, fixture in
            let run = try await ParitySample.reading(storage)
            let findings = [ParitySample.finding(1), ParitySample.finding(2)]
            try await storage.save(
                ["lago": WindowRecord(findings: findings)],
                of: ParitySample.halves.0,
                state: .settled,
                for: run.id
            )
            func numbered(_ storage: any ParityStorage) async throws -> [NumberedFinding] {
                try await storage.findings(of: run.id, FindingFilter(), after: 0, limit: 9, at: ParitySample.now)
            }
            let numbers = try await numbered(storage).map(\.number)
            try await storage.resent([numbers[0]], at: ParitySample.now, keepingSince: ParitySample.now)
            let reopened = try await fixture.restart(storage)
            let resolutions = try await numbered(reopened).map(\.resolution)
            try expect(resolutions, ["resent at \(ParitySample.now.rfc3339)", nil], "the resolutions")
            let resends = try await reopened.resends(of: SequenceNumber(1))
            try expect(resends.map(\.provider), ["lago"], "where it was sent again")
            try expect(resends.map(\.at), [ParitySample.now], "when it was sent again")
            try expect(resends.map(\.comparison), [run.id], "which comparison it was for")
            let later = ParitySample.now + .seconds(1)
            try await reopened.resent([numbers[1]], at: later, keepingSince: later)
            try expect(try await reopened.resends(of: SequenceNumber(1)).count, 0, "what is too old")
            try expect(try await reopened.resends(of: SequenceNumber(2)).count, 1, "what is new")
            return reopened
        },
        ParityCheck("counts a cause as accepted where and while it is") { storage, _ in
            let run = try await ParitySample.reading(storage)
            let findings = [
                ParitySample.finding(1), ParitySample.finding(2, name: "Call"), ParitySample.finding(3, .doubled),
            ]
            try await storage.save(
                ["lago": WindowRecord(findings: findings)],
                of: ParitySample.halves.0,
                state: .settled,
                for: run.id
            )
            let until = ParitySample.now + .seconds(60)
            for (provider, name) in [("lago", "call"), ("polar", nil)] as [(ProviderName, String?)] {
                try await storage.accept(
                    Acceptance(
                        cause: .lostAfterAccept,
                        provider: provider,
                        name: name,
                        reason: "known",
                        until: until,
                        by: "web",
                        at: ParitySample.now
                    )
                )
            }
            func accepted(at now: Timestamp) async throws -> [Int] {
                try await storage.run(run.id, at: now)?.reports.last?.causes.map(\.accepted) ?? []
            }
            try expect(try await accepted(at: ParitySample.now), [1, 0], "while it is accepted")
            try expect(try await accepted(at: until), [0, 0], "when it is not any more")
            let valid = try await storage.acceptances(at: ParitySample.now)
            try expect(valid.map(\.provider), ["lago", "polar"], "who is accepted, in order")
            try expect(valid.map(\.name), ["call", nil], "which names are accepted")
            try expect(valid.map(\.by), ["web", "web"], "who accepted them")
            try expect(try await storage.acceptances(at: until), [], "what has expired")
            let found = try await storage.findings(
                of: run.id,
                FindingFilter(),
                after: 0,
                limit: 9,
                at: ParitySample.now
            )
            try expect(found.map(\.resolution), ["accepted: known", nil, nil], "the resolutions")
            return storage
        },
    ]
}
