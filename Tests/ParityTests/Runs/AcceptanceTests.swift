import Events
import Parity
import Testing

/// Which findings an acceptance is about.
@Suite struct AcceptanceTests {
    private static func acceptance(_ provider: ProviderName?, _ name: String?, _ cause: Cause = .foreign) -> Acceptance
    {
        Acceptance(
            cause: cause,
            provider: provider,
            name: name,
            reason: "an old job",
            until: Timestamp(milliseconds: 1),
            by: "ops",
            at: Timestamp(milliseconds: 0)
        )
    }

    private static let providers: [ProviderName?] = [nil, "lago", "polar"]
    private static let names: [String?] = [nil, "api", "disk", "caf\u{E9}", "cafe\u{301}", ""]

    @Test(arguments: providers, names)
    func `covers its own cause, provider and name, and all where it names none`(
        provider: ProviderName?,
        name: String?
    ) {
        let acceptance = Self.acceptance(provider, name)
        for other in Self.providers.compactMap(\.self) {
            for otherName in Self.names.compactMap(\.self) {
                let isMine =
                    (provider == nil || provider == other)
                    && (name == nil || Array(name!.utf8) == Array(otherName.utf8))
                #expect(acceptance.covers(.foreign, at: other, named: otherName) == isMine)
                #expect(!acceptance.covers(.doubled, at: other, named: otherName))
            }
        }
    }

    private static func run(_ reports: [ProviderReport]) -> ParityRun {
        let window = ReadWindow(from: Timestamp(milliseconds: 0), until: Timestamp(milliseconds: 1))
        return ParityRun(
            id: 1,
            order: ParityOrder(window: window, providers: reports.map(\.provider), level: .full),
            tenant: "shop",
            client: "web",
            requestedAt: Timestamp(milliseconds: 0),
            state: .finished,
            reports: reports
        )
    }

    @Test func `concerns a run that has accepted findings of its cause at its provider`() {
        let accepted = [CauseCount(cause: .foreign, count: 2, accepted: 1)]
        let run = Self.run([ProviderReport(provider: "lago", causes: accepted), ProviderReport(provider: "polar")])
        #expect(Self.acceptance(nil, nil).concerns(run) && Self.acceptance("lago", "api").concerns(run))
        #expect(!Self.acceptance("polar", nil).concerns(run))
        #expect(!Self.acceptance(nil, nil, .doubled).concerns(run))
        let open = Self.run([ProviderReport(provider: "lago", causes: [CauseCount(cause: .foreign, count: 2)])])
        #expect(!Self.acceptance(nil, nil).concerns(open))
    }
}

/// What is kept of a window at a provider.
@Suite struct WindowRecordTests {
    private static func finding(_ cause: Cause, _ name: String) -> Finding {
        Finding(
            key: "\(cause) \(name)",
            provider: "lago",
            cause: cause,
            about: FindingSubject(name: name, timestamp: Timestamp(milliseconds: 0))
        )
    }

    private static func counts(_ record: WindowRecord) -> [ExactText: Int] {
        Dictionary(
            uniqueKeysWithValues: record.causes.map { ("\($0.cause.rawValue) \($0.name)".exact, $0.count) }
        )
    }

    @Test func `counts its findings by cause and name`() {
        let record = WindowRecord(
            findings: [
                Self.finding(.foreign, "api"), Self.finding(.doubled, "api"), Self.finding(.foreign, "disk"),
                Self.finding(.foreign, "api"),
            ]
        )
        #expect(Self.counts(record) == ["foreign api": 2, "foreign disk": 1, "doubled api": 1])
        #expect(WindowRecord().causes.isEmpty)
    }

    /// Causes are accepted by name: one form of a text must not accept what was found of the other.
    @Test func `keeps names apart that are two forms of one text`() {
        let record = WindowRecord(
            findings: [Self.finding(.foreign, "caf\u{E9}"), Self.finding(.foreign, "cafe\u{301}")]
        )
        #expect(record.causes.map(\.count) == [1, 1])
        #expect(Self.counts(record).count == 2)
    }
}

/// What people are told when a comparison is not made.
@Suite struct ParityErrorTests {
    private static let texts: [(ParityError, String)] = [
        (
            .tooMany(limit: 8),
            "8 comparisons are waiting or running, which is the maximum; try again when one is finished"
        ),
        (
            .beforeRetention(Timestamp(milliseconds: 0)),
            "the journal has no events from before 1970-01-01T00:00:00.000Z; start the window there or later"
        ),
        (
            .removed,
            "it stood still for longer than a day, and events of its window may have been removed since; start it again"
        ),
        (.unknownRun(7), "no comparison has the id 7"), (.unfinished(7), "comparison 7 is not finished"),
        (.taken(7), "another gateway continues comparison 7"),
        (.store("full"), "the file of comparisons cannot be used: full"),
        (.journal("gone"), "the journal cannot be read: gone"),
    ]

    @Test(arguments: texts)
    func `says what is wrong and what to do`(error: ParityError, text: String) {
        #expect(error.message == text)
    }
}

/// Numbers and windows as files and databases have them.
@Suite struct StoredValuesTests {
    @Test(
        arguments: [
            (0, 1, true), (-5, 0, true), (0, 0, false), (1, 0, false), (.min, .max, true), (.max, .max, false),
            // Beyond what a timestamp holds, both are the same time.
            (Timestamp.range.upperBound, .max, false), (.min, Timestamp.range.lowerBound, false),
        ] as [(Int64, Int64, Bool)]
    )
    func `a window is read if it has a length`(from: Int64, until: Int64, isRead: Bool) {
        let window = ReadWindow(storedFrom: from, until: until)
        #expect((window != nil) == isRead)
        if isRead { #expect(window?.from == Timestamp(milliseconds: from)) }
    }

    @Test(
        arguments: [
            (0, 0, 0), (7, 7, 7), (StoredCount.most, 1 << 50, 1 << 50), (StoredCount.most + 1, nil, 1 << 50),
            (.max, nil, 1 << 50), (-1, nil, 0), (.min, nil, 0),
        ] as [(Int64, Int?, Int)]
    )
    func `a count is read if it may be added to others`(value: Int64, read: Int?, clamped: Int) {
        #expect(StoredCount.read(value) == read)
        #expect(StoredCount.clamped(value) == clamped)
    }
}
