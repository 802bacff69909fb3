import Events
import Parity

extension ParityBehaviour {
    static let runs: [ParityCheck] = [
        ParityCheck("keeps what is asked for, with the providers in their order, over a restart") { storage, fixture in
            let run = try await ParitySample.add(to: storage)
            try expect(run.order, ParitySample.order(), "the order")
            try expect(run.reports.map(\.provider), ["polar", "lago"], "the providers")
            let reopened = try await fixture.restart(storage)
            try expect(try await reopened.run(run.id, at: ParitySample.now), run, "the run after a restart")
            try expect(try await reopened.run(run.id + 1, at: ParitySample.now), nil, "a run that nobody asked for")
            return reopened
        },
        ParityCheck("keeps the metrics of a comparison of usage over a restart") { storage, fixture in
            let metric = UsageMetric(
                name: "api",
                aggregate: .sum,
                property: "units",
                ids: ["lago": "a\"b", "polar": "m"]
            )
            let order = ParityOrder(
                window: ParitySample.window,
                providers: ["polar", "lago"],
                level: .usage,
                metrics: UsageMetrics([metric])
            )
            let run = try await ParitySample.add(to: storage, order)
            try expect(run.order, order, "the order")
            let reopened = try await fixture.restart(storage)
            try expect(try await reopened.run(run.id, at: ParitySample.now)?.order, order, "the order after a restart")
            return reopened
        },
        ParityCheck("makes the oldest run that is not over, and the same one until it is over") { storage, _ in
            let first = try await ParitySample.add(to: storage)
            let second = try await ParitySample.add(to: storage)
            try expect(try await storage.next()?.id, first.id, "the first")
            try expect(try await storage.next()?.id, first.id, "the first again")
            try await storage.set(.finished, of: first.id, reason: nil, at: ParitySample.now)
            try expect(try await storage.next()?.id, second.id, "the second")
            try await storage.set(.failed, of: second.id, reason: "no reason", at: ParitySample.now)
            try expect(try await storage.next()?.id, nil, "none")
            let failed = try await storage.run(second.id, at: ParitySample.now)
            try expect(failed?.state, .failed, "its state")
            try expect(failed?.reason, "no reason", "its reason")
            try expect(failed?.endedAt, ParitySample.now, "its end")
            return storage
        },
        ParityCheck("continues a run after a restart in the state that it had") { storage, fixture in
            let run = try await ParitySample.reading(storage)
            let reopened = try await fixture.restart(storage)
            let next = try await reopened.next()
            try expect(next?.id, run.id, "the run")
            try expect(next?.state, .reading, "its state")
            return reopened
        },
        ParityCheck("lists runs newest first, in pages") { storage, _ in
            var ids: [Int64] = []
            for _ in 0..<5 { ids.append(try await ParitySample.add(to: storage).id) }
            let first = try await storage.runs(before: nil, limit: 2, at: ParitySample.now).map(\.id)
            try expect(first, [ids[4], ids[3]], "the first page")
            let rest = try await storage.runs(before: first.last, limit: 9, at: ParitySample.now).map(\.id)
            try expect(rest, [ids[2], ids[1], ids[0]], "the rest")
            return storage
        },
        ParityCheck("refuses more runs than may wait") { storage, _ in
            for _ in 0..<8 { _ = try await ParitySample.add(to: storage) }
            do {
                _ = try await ParitySample.add(to: storage)
                throw BrokenParityPromise(description: "a ninth run was added")
            } catch let error as ParityError {
                try expect(error, .tooMany(limit: 8), "the refusal")
            }
            guard let next = try await storage.next() else {
                throw BrokenParityPromise(description: "nothing is next")
            }
            try await storage.set(.finished, of: next.id, reason: nil, at: ParitySample.now)
            _ = try await ParitySample.add(to: storage)
            return storage
        },
        ParityCheck("removes the oldest runs that are over beyond two hundred, with all that they found") {
            storage,
            _ in
            let first = try await ParitySample.reading(storage)
            let record = WindowRecord(cells: ["call": CellCounts(expected: 1)], findings: [ParitySample.finding(1)])
            try await storage.save(["lago": record], of: ParitySample.halves.0, state: .settled, for: first.id)
            try await storage.set(.finished, of: first.id, reason: nil, at: ParitySample.now)
            var last = first.id
            while last < first.id + 200 {
                last = try await ParitySample.add(to: storage).id
                guard let next = try await storage.next() else {
                    throw BrokenParityPromise(description: "nothing is next")
                }
                try await storage.set(.finished, of: next.id, reason: nil, at: ParitySample.now)
            }
            try expect(try await storage.run(first.id, at: ParitySample.now), nil, "the first run")
            let findings = try await storage.findings(
                of: first.id,
                FindingFilter(),
                after: 0,
                limit: 9,
                at: ParitySample.now
            )
            try expect(findings, [], "its findings")
            try expect(try await storage.run(first.id + 1, at: ParitySample.now)?.id, first.id + 1, "the second run")
            return storage
        },
    ]

    static let progress: [ParityCheck] = [
        ParityCheck("plans windows and forecasts in the place of an earlier plan") { storage, _ in
            let run = try await ParitySample.reading(storage, [ParitySample.window])
            let reports = [
                ProviderReport(provider: "polar", notPlanned: 3, forecast: CallForecast(least: 1, most: 9)),
                ProviderReport(provider: "lago", notPlanned: 4),
            ]
            let (one, other) = ParitySample.halves
            try await storage.plan([one, other], events: 12, reports, for: run.id)
            let found = try await storage.run(run.id, at: ParitySample.now)
            try expect(found?.events, 12, "the events")
            try expect(found?.windows, 2, "the windows")
            try expect(found?.windowsRead, 0, "the windows that are read")
            try expect(found?.state, .reading, "the state")
            try expect(found?.reports.map(\.notPlanned), [3, 4], "what is not planned")
            try expect(found?.reports.map(\.forecast), [CallForecast(least: 1, most: 9), nil], "the forecasts")
            try expect(try await storage.windows(.open, of: run.id, limit: 1), [one], "the first window")
            try expect(try await storage.windows(.open, of: run.id, limit: .max), [one, other], "all windows")
            return storage
        },
        ParityCheck("divides a window, and keeps its other windows") { storage, _ in
            let run = try await ParitySample.reading(storage, [ParitySample.window])
            try await storage.split(ParitySample.window, into: ParitySample.halves, of: run.id)
            let windows = try await storage.windows(.open, of: run.id, limit: 9)
            try expect(windows, [ParitySample.halves.0, ParitySample.halves.1], "the windows")
            return storage
        },
        ParityCheck("adds up calls that belong to no window, and tells why the first failed") { storage, _ in
            let run = try await ParitySample.reading(storage)
            try await storage.note(calls: 3, fault: nil, at: "lago", for: run.id)
            try await storage.note(calls: 4, fault: "refused", at: "lago", for: run.id)
            // What was not compared is not compared later.
            try await storage.note(calls: 1, fault: nil, at: "lago", for: run.id)
            try await storage.note(calls: 0, fault: "refused again", at: "lago", for: run.id)
            let reports = try await storage.run(run.id, at: ParitySample.now)?.reports
            try expect(reports?.map(\.calls), [0, 8], "the calls")
            try expect(reports?.map(\.unreadable), [nil, "refused"], "the reason")
            return storage
        },
        ParityCheck("adds up windows, and puts a second read in the place of the first but for its calls") {
            storage,
            _ in
            let run = try await ParitySample.reading(storage)
            let (one, other) = ParitySample.halves
            let first = WindowRecord(
                cells: ["call": CellCounts(expected: 5, found: 4, missing: 1)],
                findings: [ParitySample.finding(1)],
                calls: 2,
                countedOnly: 4,
                summed: 3,
                sampledParts: 1
            )
            try await storage.save(["lago": first], of: one, state: .suspect, for: run.id)
            try expect(try await storage.windows(.suspect, of: run.id, limit: 9), [one], "the suspect window")
            try await storage.save(["lago": first], of: other, state: .settled, for: run.id)
            let second = WindowRecord(cells: ["call": CellCounts(expected: 5, found: 5)], calls: 1, summed: 5)
            try await storage.save(["lago": second], of: one, state: .settled, for: run.id)
            try expect(try await storage.windows(.suspect, of: run.id, limit: 9), [], "no suspect window")
            let found = try await storage.run(run.id, at: ParitySample.now)
            try expect(found?.windowsRead, 2, "the windows that are read")
            guard let report = found?.reports.last else { throw BrokenParityPromise(description: "no report") }
            try expect(report.totals, CellCounts(expected: 10, found: 9, missing: 1), "the totals")
            try expect(report.calls, 5, "the calls")
            try expect([report.countedOnly, report.summed, report.sampledParts], [4, 8, 1], "what was counted only")
            try expect(report.causes, [CauseCount(cause: .lostAfterAccept, count: 1)], "the causes")
            return storage
        },
    ]
}
