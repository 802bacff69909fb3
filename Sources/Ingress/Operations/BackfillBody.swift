import ConfigurationFile
import DeliveryEngine
import Events
import JSON
import Routing

/// The body of an order for a backfill: `{"to": "polar-prod", "since": "30d"}` at least, or with a migration,
/// `{"migration": "to-polar", "since": "period"}`.
struct BackfillBody: Sendable {
    private(set) var order: BackfillOrder
    private(set) var isDryRun = false

    /// Of names and of customers, each: every event is compared with all of them.
    private static let mostValues = 1000

    private static let period = "period"

    /// - Parameters:
    ///   - now: the time from which `since` and `until` are counted back if they are durations.
    ///   - migrations: those of `routes.json` that the client may see.
    /// - Throws: ``Problem`` that names the member and how to fix it.
    init(_ body: [UInt8], at now: Timestamp, migrations: [MigrationConfiguration] = []) throws(Problem) {
        let root = try Self.root(of: body, like: "{\"to\": \"polar-prod\", \"since\": \"30d\"}")
        let migration = try Self.migration(root, among: migrations)
        guard let since = root["since"] else {
            throw .badBody(
                "\"since\" is missing: a length of time such as \"30d\", or a time such as 2026-01-31T00:00:00Z"
            )
        }
        let provider = if let migration { migration.to } else { try Self.provider(root) }
        if since.string == Self.period {
            let starts = try Self.starts(of: migration, at: now)
            order = BackfillOrder(provider: provider, since: starts.earliest ?? now, starts: starts)
        } else {
            order = BackfillOrder(provider: provider, since: try Self.time(since, "since", before: now))
        }
        for member in root.members { try read(member, at: now) }
        if order.withoutIncomplete, order.starts == nil {
            throw .badBody("\"without_incomplete\" is for \"since\": \"period\", which has a start for each customer")
        }
    }

    /// - Throws: 400 if the member `to` is missing or empty.
    private static func provider(_ root: JSONValue) throws(Problem) -> ProviderName {
        guard let to = root["to"]?.string, !to.isEmpty else {
            throw .badBody("\"to\" must be the name of a provider, such as \"polar-prod\"")
        }
        return ProviderName(to)
    }

    /// The migration whose new provider is filled; nil if the body names a provider.
    private static func migration(_ root: JSONValue, among migrations: [MigrationConfiguration]) throws(Problem)
        -> MigrationConfiguration?
    {
        guard let value = root["migration"], value.kind != .null else { return nil }
        guard let name = value.string, !name.isEmpty else {
            throw .badBody("\"migration\" must be the name of a migration in routes.json")
        }
        guard root["to"] == nil else {
            throw .badBody("name either \"to\" or \"migration\", whose new provider gets the events")
        }
        return try .named(name, among: migrations)
    }

    /// When each customer's current billing period began.
    private static func starts(of migration: MigrationConfiguration?, at now: Timestamp) throws(Problem)
        -> BackfillStarts
    {
        guard let migration else {
            throw .badBody(
                "\"since\": \"period\" is for a \"migration\", which says when billing periods begin; send a length of time such "
                    + "as \"30d\", or a time"
            )
        }
        guard let starts = BackfillStarts(ofPeriodsAt: now, in: migration.boundaries) else {
            throw .badBody(
                "more than \(BackfillStarts.most) customers of the migration \(migration.name) have billing periods of their own; "
                    + "send a length of time such as \"30d\", or a time, in place of \"period\""
            )
        }
        return starts
    }

    /// - Throws: 400 that names the member.
    private mutating func read(_ member: JSONMember, at now: Timestamp) throws(Problem) {
        switch member.name {
        case "to", "since", "migration": break
        case "until": if member.value.kind != .null { order.until = try Self.time(member.value, "until", before: now) }
        case "names": order.names = try Self.texts(member)
        case "customer_ids": order.customerIDs = try Self.texts(member)
        case "rate": order.rate = try Self.percent(member.value)
        case "dry_run": isDryRun = try Self.flag(member)
        case "without_live": order.withoutLive = try Self.flag(member)
        case "accept_unreadable": order.acceptsUnreadable = try Self.flag(member)
        case "confirmed": order.isConfirmed = try Self.flag(member)
        case "without_incomplete": order.withoutIncomplete = try Self.flag(member)
        default:
            let known = [
                "to", "migration", "since", "until", "names", "customer_ids", "rate", "dry_run", "without_live",
                "accept_unreadable",
                "confirmed", "without_incomplete",
            ]
            throw .badBody(
                "unknown member \"\(Excerpt.of(member.name))\"\(Problem.suggestion(for: member.name, among: known)); "
                    + "the members are \(known.joined(separator: ", "))"
            )
        }
    }

    /// The rate of the body `{"rate": 20}`.
    static func rate(in body: [UInt8]) throws(Problem) -> Double {
        let root = try root(of: body, like: "{\"rate\": 20}")
        for member in root.members where !member.hasName("rate") {
            throw .badBody("unknown member \"\(Excerpt.of(member.name))\"; send {\"rate\": 20}")
        }
        guard let rate = root["rate"] else { throw .badBody("\"rate\" is missing; send {\"rate\": 20}") }
        return try percent(rate)
    }

    /// The root object of a body; the problem shows an example.
    private static func root(of body: [UInt8], like example: String) throws(Problem) -> JSONValue {
        let root: JSONValue
        do {
            root = try JSONDocument(parsing: body).root
        } catch {
            throw .badBody("the body is not JSON: \(error); send \(example)")
        }
        guard root.kind == .object else { throw .badBody("the body must be an object such as \(example)") }
        return root
    }

    /// A timestamp, or a duration that is counted back from now.
    private static func time(_ value: JSONValue, _ name: String, before now: Timestamp) throws(Problem) -> Timestamp {
        if let length = value.string.flatMap(DurationText.read), length <= .seconds(36_500 * 86_400) {
            return now + (.zero - length)
        }
        guard let time = value.string.flatMap({ Timestamp(rfc3339: $0) }) else {
            throw .badBody(
                "\"\(name)\" must be a length of time up to now such as \"30d\", or a time such as \"2026-01-31T00:00:00Z\""
            )
        }
        return time
    }

    /// 1 to 100 percent of the provider's rate limit.
    private static func percent(_ value: JSONValue) throws(Problem) -> Double {
        guard let rate = value.numberText.flatMap({ Double($0) }), rate >= 1, rate <= 100 else {
            throw .badBody("\"rate\" must be a number from 1 to 100: percent of the provider's rate limit")
        }
        return rate
    }

    /// - Throws: 400 unless the member is true or false.
    private static func flag(_ member: JSONMember) throws(Problem) -> Bool {
        guard let flag = member.value.bool else { throw .badBody("\"\(member.name)\" must be true or false") }
        return flag
    }

    /// - Throws: 400 unless the member is a list of texts, of which there are not too many.
    private static func texts(_ member: JSONMember) throws(Problem) -> [String] {
        let texts = member.value.elements.map { $0.string ?? "" }
        guard member.value.kind == .array, texts.count <= mostValues,
            !texts.contains("")
        else { throw .badBody("\"\(member.name)\" must be a list of up to \(mostValues) strings") }
        return texts
    }
}
