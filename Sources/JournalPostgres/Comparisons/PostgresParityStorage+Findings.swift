package import Events
package import Parity

/// What runs found.
extension PostgresParityStorage {
    package func save(
        _ records: [ProviderName: WindowRecord],
        of window: ReadWindow,
        state: WindowState,
        for id: Int64
    ) async throws(ParityError) {
        let sorted = records.sorted { $0.key < $1.key }
        let place: [Parameter] = [.int8(id), .int8(window.from.milliseconds)]
        let providers: Parameter = .texts(sorted.map(\.key.rawValue))
        var statements = Statement.forgetParityWindow.map { ($0, place + [providers]) }
        statements.append((.addParityCells, place + Self.cells(sorted)))
        statements.append((.addParityCauses, place + Self.causes(sorted)))
        let findings = sorted.flatMap { name, record in record.findings.prefix(Self.mostFindings).map { (name, $0) } }
        if !findings.isEmpty {
            statements.append((.addParityFindings, place + Self.columns(findings) + [.int8(Int64(Self.mostFindings))]))
        }
        let values = sorted.map(\.value)
        let reads: [Parameter] = [
            providers, .int8s(values.map { Int64($0.calls) }), .int8s(values.map { Int64($0.countedOnly) }),
            .int8s(values.map { Int64($0.summed) }), .int8s(values.map { Int64($0.sampledParts) }),
            .texts(values.map { $0.unreadable?.storable }),
        ]
        statements.append((.addParityReads, place + reads))
        statements.append((.setParityWindow, place + [.text(state.rawValue)]))
        try await write(statements, of: id)
    }

    private static func cells(_ records: [(key: ProviderName, value: WindowRecord)]) -> [Parameter] {
        let cells = records.flatMap { name, record in record.cells.map { (name, $0.key.rawValue, $0.value) } }
        return [
            .texts(cells.map(\.0.rawValue)), .texts(cells.map(\.1.storable)),
            .int8s(cells.map { Int64($0.2.expected) }),
            .int8s(cells.map { Int64($0.2.found) }), .int8s(cells.map { Int64($0.2.missing) }),
            .int8s(cells.map { Int64($0.2.extra) }), .int8s(cells.map { Int64($0.2.different) }),
        ]
    }

    private static func causes(_ records: [(key: ProviderName, value: WindowRecord)]) -> [Parameter] {
        let causes = records.flatMap { name, record in record.causes.map { (name, $0) } }
        return [
            .texts(causes.map(\.0.rawValue)), .texts(causes.map(\.1.cause.rawValue)),
            .texts(causes.map(\.1.name.storable)), .int8s(causes.map { Int64($0.1.count) }),
        ]
    }

    private static func columns(_ findings: [(ProviderName, Finding)]) -> [Parameter] {
        let values = findings.map(\.1)
        let subjects = values.map(\.subject)
        return [
            .texts(findings.map(\.0.rawValue)), .texts(values.map(\.key.storable)),
            .texts(values.map(\.cause.rawValue)),
            .bools(values.map(\.isConfirmed)), .int8s(subjects.map { $0.sequence?.rawValue }),
            .texts(subjects.map { $0.tenant?.rawValue }), .texts(subjects.map { $0.eventID?.storable }),
            .texts(subjects.map { $0.vendorID?.storable }), .texts(subjects.map(\.name.storable)),
            .texts(subjects.map { $0.customerID?.storable }), .texts(subjects.map { $0.subscriptionID?.storable }),
            .int8s(subjects.map(\.timestamp.milliseconds)),
            .texts(values.map { $0.differences.isEmpty ? nil : FindingText.write($0.differences).storable }),
            .texts(values.map { $0.detail?.storable }),
        ]
    }

    package func findings(of window: ReadWindow, at provider: ProviderName, for id: Int64) async throws(ParityError)
        -> [Finding]
    {
        let parameters: [Parameter] = [.int8(id), .int8(window.from.milliseconds), .text(provider.rawValue)]
        var findings: [Finding] = []
        for row in try await run(.readParityFindingsOfWindow, parameters) { findings.append(try Finding(row)) }
        return findings
    }

    package func findings(of id: Int64, _ filter: FindingFilter, after number: Int64, limit: Int, at now: Timestamp)
        async throws(ParityError) -> [NumberedFinding]
    {
        let parameters: [Parameter] = [
            .int8(id), .int8(number), .text(filter.cause?.rawValue), .text(filter.provider?.rawValue),
            .text(filter.customerID?.storable), .text(filter.name?.storable), .int8(Int64(limit)),
            .text(filter.eventID?.storable),
        ]
        let acceptances = try await read { (session) throws(PostgresFailure) in
            .success(try Self.acceptances(at: now, session))
        }
        var findings: [NumberedFinding] = []
        for row in try await run(.readParityFindings, parameters) {
            let finding = try Finding(row)
            let accepted = acceptances.first {
                $0.covers(finding.cause, at: finding.provider, named: finding.subject.name)
            }
            findings.append(
                NumberedFinding(
                    number: row.integer(0),
                    finding: finding,
                    resolution: row.optionalText(15) ?? accepted.map { "accepted: \($0.reason)" }
                )
            )
        }
        return findings
    }

    package func cells(of id: Int64, after number: Int64, limit: Int) async throws(ParityError) -> [NumberedCell] {
        let rows = try await run(.readParityCells, [.int8(id), .int8(Int64(limit)), .int8(max(0, number))])
        return rows.enumerated().map { place, row in
            let counts = CellCounts(
                expected: Int(clamping: row.integer(2)),
                found: Int(clamping: row.integer(3)),
                missing: Int(clamping: row.integer(4)),
                extra: Int(clamping: row.integer(5)),
                different: Int(clamping: row.integer(6))
            )
            let cell = ParityCell(provider: ProviderName(row.text(0)), name: row.text(1), counts: counts)
            return NumberedCell(number: number + Int64(place) + 1, cell: cell)
        }
    }

    package func customers(of id: Int64, limit: Int) async throws(ParityError) -> [ParityCustomer] {
        let parameters: [Parameter] = [
            .int8(id), .int8(Int64(limit)), .texts(Cause.billing.map(\.rawValue)),
        ]
        return try await run(.readParityCustomers, parameters).map { row in
            ParityCustomer(
                customerID: row.optionalText(0),
                provider: ProviderName(row.text(1)),
                findings: Int(clamping: row.integer(2)),
                billed: Int(clamping: row.integer(3))
            )
        }
    }

    package func moneyFindings(of id: Int64) async throws(ParityError) -> [MoneyFinding] {
        try await run(.readParityMoney, [.int8(id), .text(FindingText.moneyMark)]).map { row in
            MoneyFinding(
                customerID: row.optionalText(0),
                provider: ProviderName(row.text(1)),
                differences: FindingText.read(row.text(2))
            )
        }
    }

    package func findingDays(of id: Int64) async throws(ParityError) -> [FindingDay] {
        var days: [FindingDay] = []
        for row in try await run(.readParityFindingDays, [.int8(id), .int8(Int64(FindingDay.most))]) {
            guard let cause = Cause(rawValue: row.text(2)) else {
                throw .store("a finding was written by another version")
            }
            days.append(
                FindingDay(
                    provider: ProviderName(row.text(0)),
                    day: Timestamp(milliseconds: row.integer(1)),
                    cause: cause,
                    name: row.text(3),
                    count: Int(clamping: row.integer(4))
                )
            )
        }
        return days
    }

    package func resent(_ numbers: [Int64], at now: Timestamp, keepingSince oldest: Timestamp)
        async throws(ParityError)
    {
        let resends: [Parameter] = [
            .int8s(numbers), .text("resent at \(now.rfc3339)"), .int8(now.milliseconds),
        ]
        do throws(PostgresFailure) {
            try await connection.transaction([
                (.forgetParityResends, [.int8(oldest.milliseconds)]), (.noteParityResends, resends),
            ])
        } catch {
            throw .store(error.reason)
        }
    }

    package func resends(of event: SequenceNumber) async throws(ParityError) -> [Resend] {
        try await run(.readParityResends, [.int8(event.rawValue)]).map { row in
            Resend(
                provider: ProviderName(row.text(0)),
                at: Timestamp(milliseconds: row.integer(1)),
                comparison: row.integer(2)
            )
        }
    }

    package func accept(_ acceptance: Acceptance) async throws(ParityError) {
        let parameters: [Parameter] = [
            .text(acceptance.cause.rawValue), .text(acceptance.provider?.rawValue), .text(acceptance.name?.storable),
            .text(acceptance.reason.storable), .int8(acceptance.until.milliseconds), .text(acceptance.by.rawValue),
            .int8(acceptance.at.milliseconds),
        ]
        _ = try await run(.acceptParityCause, parameters)
    }

    package func note(
        _ events: [UnbilledEvent],
        at provider: ProviderName,
        at now: Timestamp,
        keepingSince oldest: Timestamp
    ) async throws(ParityError) {
        let noted: [Parameter] = [
            .text(provider.rawValue), .texts(events.map(\.id.storable)), .texts(events.map(\.reason.rawValue)),
            .int8(now.milliseconds),
        ]
        do throws(PostgresFailure) {
            try await connection.transaction([
                (.forgetUnbilled, [.int8(oldest.milliseconds)]), (.noteUnbilled, noted),
                (.trimUnbilled, [.text(provider.rawValue), .int8(Int64(Self.mostUnbilled))]),
            ])
        } catch {
            throw .store(error.reason)
        }
    }

    package func unbilled(at provider: ProviderName) async throws(ParityError) -> [UnbilledEvent] {
        try await run(.readUnbilled, [.text(provider.rawValue)]).compactMap { row in
            UnbilledEvent.Reason(rawValue: row.text(1)).map { UnbilledEvent(id: row.text(0), reason: $0) }
        }
    }

    package func acceptances(at now: Timestamp) async throws(ParityError) -> [Acceptance] {
        try await read { (session) throws(PostgresFailure) in .success(try Self.acceptances(at: now, session)) }
    }
}

extension Finding {
    /// - Parameter row: of ``Statement/readParityFindings``.
    fileprivate init(_ row: Row) throws(ParityError) {
        guard let cause = Cause(rawValue: row.text(3)) else {
            throw .store("a finding was written by another version")
        }
        self.init(
            key: row.text(2),
            provider: ProviderName(row.text(1)),
            cause: cause,
            about: FindingSubject(
                sequence: row.optionalInteger(5).map { SequenceNumber($0) },
                tenant: row.optionalText(6).map { TenantID($0) },
                eventID: row.optionalText(7),
                vendorID: row.optionalText(8),
                name: row.text(9),
                customerID: row.optionalText(10),
                subscriptionID: row.optionalText(11),
                timestamp: Timestamp(milliseconds: row.integer(12))
            ),
            differences: row.optionalText(13).map(FindingText.read) ?? [],
            detail: row.optionalText(14),
            isConfirmed: row.bool(4)
        )
    }
}
