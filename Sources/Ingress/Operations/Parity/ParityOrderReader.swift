import Events
import JSON
import Parity
import Routing

extension ParityOrder {
    /// A request's body: `{"from": …, "until": …, "providers": […], "level": "full", "sample": 3000}`.
    /// - Parameter migrations: those of `routes.json` that the client may see; a comparison may use their providers, and their metrics
    ///   for usage.
    /// - Throws: ``Problem`` that names the member and says how to fix it.
    init(parsing body: [UInt8], migrations: [MigrationConfiguration] = []) throws(Problem) {
        var (from, until): (Timestamp?, Timestamp?) = (nil, nil)
        var providers: [ProviderName] = []
        var level = ParityLevel.full
        var sample = Self.standardSample
        var metrics: UsageMetrics?
        var migration: MigrationConfiguration?
        for member in try ParityBody.members(
            body,
            "{\"from\": \"2026-11-01T00:00:00Z\", \"until\": …, \"providers\": […]}"
        ) {
            switch member.name {
            case "from": from = try ParityBody.timestamp(member)
            case "until": until = try ParityBody.timestamp(member)
            case "providers": providers = try ParityBody.texts(member).map { ProviderName($0) }
            case "level": level = try ParityBody.choice(member, as: ParityLevel.self)
            case "sample":
                guard let number = member.value.int64, (0...1_000_000).contains(number) else {
                    throw .badBody("\"sample\" must be an integer from 0 to 1000000")
                }
                sample = Int(number)
            case "metrics":
                do { metrics = try UsageMetrics(parsing: member.value) } catch { throw .badBody(error.message) }
            case "migration": migration = try .named(try ParityBody.text(member), among: migrations)
            default:
                throw ParityBody.unknown(
                    member,
                    ["from", "until", "providers", "level", "sample", "metrics", "migration"]
                )
            }
        }
        guard let from, let until else { throw .badBody("\"from\" and \"until\" are required") }
        guard from < until else {
            throw .badBody(
                "\"until\" must be after \"from\"; the window is from \"from\" up to, not including, \"until\""
            )
        }
        if let migration {
            if level == .usage {
                guard metrics == nil else { throw .badBody("name either \"metrics\" or \"migration\"") }
                metrics = try UsageMetrics(of: migration)
            }
            if providers.isEmpty { providers = [migration.from, migration.to] }
        }
        guard !providers.isEmpty else {
            throw .badBody("\"providers\" must name at least one provider, or \"migration\" a migration")
        }
        guard Set(providers).count == providers.count else { throw .badBody("\"providers\" names a provider twice") }
        guard (level == .usage) == (metrics != nil) else {
            throw .badBody(
                level == .usage
                    ? "the level usage needs \"metrics\" or a \"migration\" that has some: what is billed, and what each provider calls it"
                    : "\"metrics\" are for the level usage; leave them out"
            )
        }
        self.init(
            window: ReadWindow(from: from, until: until),
            providers: providers,
            level: level,
            sample: sample,
            metrics: metrics
        )
    }
}

extension UsageMetrics {
    /// What a migration says about the events that are billed.
    fileprivate init(of migration: MigrationConfiguration) throws(Problem) {
        guard (1...Self.most).contains(migration.metrics.count) else {
            throw .badBody(
                "the migration \(migration.name) has \(migration.metrics.count) \"metrics\"; a comparison takes 1 to \(Self.most)"
            )
        }
        self.init(
            migration.metrics.map { name, metric in
                UsageMetric(name: name, aggregate: metric.aggregate, property: metric.property, ids: metric.names)
            }
        )
    }
}

/// What to do about findings.
enum ParityResolution: Sendable {
    /// Sends lost events again.
    case resend(FindingFilter, isDryRun: Bool)
    case accept(FindingFilter, Cause, reason: String, until: Timestamp)

    /// - Throws: ``Problem`` that names the member and says how to fix it.
    init(_ body: [UInt8]) throws(Problem) {
        var filter = FindingFilter()
        var (action, reason, until): (String?, String?, Timestamp?) = (nil, nil, nil)
        var isDryRun: Bool?
        for member in try ParityBody.members(body, "{\"action\": \"resend\"}") {
            switch member.name {
            case "action": action = try ParityBody.text(member)
            case "cause": filter.cause = try ParityBody.choice(member, as: Cause.self)
            case "provider": filter.provider = ProviderName(try ParityBody.text(member))
            case "customer_id": filter.customerID = try ParityBody.text(member)
            case "name": filter.name = try ParityBody.text(member)
            case "reason": reason = try ParityBody.text(member)
            case "until": until = try ParityBody.timestamp(member)
            case "dry_run":
                guard let flag = member.value.bool else { throw .badBody("\"dry_run\" must be true or false") }
                isDryRun = flag
            default:
                throw ParityBody.unknown(
                    member,
                    ["action", "cause", "provider", "customer_id", "name", "reason", "until", "dry_run"]
                )
            }
        }
        switch action {
        case "resend"?:
            guard filter.cause == nil || filter.cause == .lostAfterAccept else {
                throw .badBody("only findings with the cause lost_after_accept can be sent again; leave \"cause\" out")
            }
            self = .resend(filter, isDryRun: isDryRun ?? false)
        case "accept"?:
            guard let cause = filter.cause, let reason, !reason.isEmpty, let until else {
                throw .badBody("to accept a cause, name \"cause\", \"reason\" and \"until\"")
            }
            guard isDryRun == nil else { throw .badBody("\"dry_run\" is for \"resend\"; leave it out") }
            guard filter.customerID == nil else {
                throw .badBody("a cause is accepted by provider and name, not by customer; leave \"customer_id\" out")
            }
            self = .accept(filter, cause, reason: Self.kept(reason), until: until)
        case nil, .some: throw .badBody("\"action\" must be resend or accept")
        }
    }

    /// What is kept of a reason: 500 Unicode scalars, because a character may have any number of them.
    static func kept(_ reason: String) -> String { String(reason.unicodeScalars.prefix(500)) }
}

/// Members of a request's body.
private enum ParityBody {
    /// The members of a body; the problem shows an example.
    static func members(_ body: [UInt8], _ example: String) throws(Problem) -> JSONMembers {
        let root: JSONValue
        do {
            root = try JSONDocument(parsing: body).root
        } catch {
            throw .badBody("the body is not JSON: \(error)")
        }
        guard root.kind == .object else { throw .badBody("the body must be an object such as \(example)") }
        return root.members
    }

    /// A member that the body does not have, with a suggestion.
    static func unknown(_ member: JSONMember, _ known: [String]) -> Problem {
        .badBody(
            "unknown member \"\(Excerpt.of(member.name, longest: 60))\"\(Problem.suggestion(for: member.name, among: known)); "
                + "the members are \(known.joined(separator: ", "))"
        )
    }

    /// - Throws: 400 that names the member if it is no text or an empty one.
    static func text(_ member: JSONMember) throws(Problem) -> String {
        guard let text = member.value.string, !text.isEmpty else {
            throw .badBody("\"\(member.name)\" must be a string that is not empty")
        }
        return text
    }

    /// - Throws: 400 that names the member unless it is a list of texts.
    static func texts(_ member: JSONMember) throws(Problem) -> [String] {
        let texts = member.value.elements.map(\.string)
        guard member.value.kind == .array, !texts.isEmpty, !texts.contains(nil), texts.count <= 64 else {
            throw .badBody("\"\(member.name)\" must be an array of 1 to 64 strings")
        }
        return texts.compactMap(\.self)
    }

    /// - Throws: 400 that names the member unless it is a time with its offset, or Unix seconds.
    static func timestamp(_ member: JSONMember) throws(Problem) -> Timestamp {
        guard let text = member.value.string ?? member.value.numberText else {
            throw .badBody("\"\(member.name)\" must be a timestamp such as 2026-11-01T00:00:00Z, or Unix seconds")
        }
        return try ListParameters.timestamp(member.name, text)
    }

    /// - Throws: 400 that names the member and the words it may have.
    static func choice<Choice>(_ member: JSONMember, as type: Choice.Type) throws(Problem) -> Choice
    where Choice: RawRepresentable<String> & CaseIterable & Hashable {
        let choices = try ListParameters.choices(member.name, [try text(member)], as: type)
        guard let choice = choices.first else { throw .badBody("\"\(member.name)\" must be a string") }
        return choice
    }
}
