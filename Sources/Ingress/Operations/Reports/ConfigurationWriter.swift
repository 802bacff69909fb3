import Access
import ConfigurationFile
import Events
import JSON
import Journal
import Migration
import OfRecord
import Reports
import Routing

/// The active configuration as JSON. For credentials it shows where they come from, for clients' keys their ids.
enum ConfigurationWriter {
    static func json(_ report: ConfigurationReport) -> [UInt8] {
        var writer = JSONWriter(capacity: 8192)
        writer.beginObject()
        writer.member("file", string: report.file)
        writer.member("sha256", string: report.digest)
        writer.member("version", integer: report.version)
        writer.member("loaded_at", string: report.loadedAt.rfc3339)
        writer.key("providers")
        list(report.routes.providers, to: &writer) { provider, writer in
            write(provider, report.overrides.holds.first { $0.provider == provider.name }?.hold, to: &writer)
        }
        writer.key("routes")
        list(report.routes.routes, to: &writer) { write($0, to: &$1) }
        writer.key("migrations")
        list(report.routes.migrations, to: &writer) { write($0, to: &$1) }
        writer.key("clients")
        list(report.routes.clients, to: &writer) { write($0, to: &$1) }
        writer.key("overrides")
        list(report.overrides.holds, to: &writer) { hold, writer in
            writer.member("type", string: "hold")
            writer.member("provider", string: hold.provider.rawValue)
            writer.member("until", string: hold.hold.until.rfc3339)
            writer.member("client", string: hold.hold.by.rawValue)
            writer.member("at", string: hold.hold.at.rfc3339)
        } and: { writer in
            for lane in report.overrides.pausedBackfills { write(lane, to: &writer) }
            for migration in report.overrides.migrations { write(migration, to: &writer) }
        }
        writer.endObject()
        return writer.bytes
    }

    /// An array of objects, as the member `name`.
    private static func list<Element>(
        _ elements: [Element],
        to writer: inout JSONWriter,
        _ members: (Element, inout JSONWriter) -> Void,
        and more: (inout JSONWriter) -> Void = { _ in }
    ) {
        writer.beginArray()
        for element in elements {
            writer.beginObject()
            members(element, &writer)
            writer.endObject()
        }
        more(&writer)
        writer.endArray()
    }

    private static func write(_ lane: Lane, to writer: inout JSONWriter) {
        writer.beginObject()
        writer.member("type", string: "paused_backfill")
        writer.member("provider", string: lane.provider.rawValue)
        writer.member("backfill", integer: Int(lane.number.rawValue))
        writer.member("client", string: lane.changedBy.rawValue)
        writer.member("at", string: lane.changedAt.rfc3339)
        writer.endObject()
    }

    private static func write(_ migration: ConfigurationReport.Migration, to writer: inout JSONWriter) {
        let course = migration.course
        writer.beginObject()
        writer.member("type", string: "migration")
        writer.member("provider", string: migration.provider.rawValue)
        writer.member("migration", string: migration.name.rawValue)
        writer.member("delivery", stringOrNull: course.delivery?.rawValue)
        writer.key("share_percent")
        writer.number(MigrationEntry.Action.text(of: course.share))
        writer.member("cut_at", stringOrNull: course.cut?.rfc3339)
        writer.member("held", bool: course.hold != nil)
        writer.member("closed", bool: course.close != nil)
        writer.member("entries", integer: migration.newest.entry.number)
        writer.member("client", string: migration.newest.actor)
        writer.member("at", string: migration.newest.entry.at.rfc3339)
        writer.endObject()
    }

    // MARK: Providers

    private static func write(
        _ provider: ProviderConfiguration,
        _ hold: OperatorHold?,
        to writer: inout JSONWriter
    ) {
        writer.member("name", string: provider.name.rawValue)
        writer.member("adapter", string: provider.traits.adapter.rawValue)
        writer.member("base_url", string: provider.connection.baseURL)
        writer.member("tenant", stringOrNull: provider.owner?.tenant.rawValue)
        writer.key("credential")
        writer.beginObject()
        write(provider.connection.credential, to: &writer)
        writer.endObject()
        if let key = provider.connection.webhookKey {
            writer.key("webhook_key")
            writer.beginObject()
            write(key, to: &writer)
            writer.endObject()
        }
        writer.member("timeout_ms", integer: provider.timeout.wholeMilliseconds)
        writer.key("headers")
        writer.beginObject()
        for header in provider.connection.headers { writer.member(header.setting, string: header.value) }
        writer.endObject()
        write(provider.pipeline, to: &writer)
        writer.member("verify_sample", stringOrNull: provider.verify?.text)
        writer.key("canary")
        write(provider.canary, to: &writer)
        ProvidersHandler.write(hold, to: &writer)
    }

    /// Null for a provider without a canary.
    private static func write(_ canary: CanarySettings?, to writer: inout JSONWriter) {
        guard let canary else { return writer.null() }
        writer.beginObject()
        writer.member("every_ms", integer: canary.every.wholeMilliseconds)
        writer.member("name", string: canary.name)
        writer.member("customer_id", string: canary.customerID)
        writer.member("subscription_id", stringOrNull: canary.subscriptionID)
        writer.endObject()
    }

    /// Where the credential is, never the credential itself.
    private static func write(_ source: CredentialSource, to writer: inout JSONWriter) {
        switch source {
        case .environment(let name): writer.member("env", string: name)
        case .file(let path): writer.member("file", string: path)
        // Its arguments may contain a secret.
        case .command(let command): writer.member("command", string: command.arguments.first ?? "")
        case .inline: writer.member("inline", bool: true)
        }
    }

    /// Durations are in milliseconds, in whichever unit `routes.json` has them.
    private static func write(_ pipeline: PipelineSettings, to writer: inout JSONWriter) {
        writer.member("batch_events", integer: pipeline.batch.events)
        writer.member("concurrency", integer: pipeline.concurrency)
        write("rate_limit", pipeline.rateLimit, to: &writer)
        writer.member("linger_ms", integer: pipeline.linger.wholeMilliseconds)
        writer.key("retry")
        writer.beginObject()
        writer.member("base_ms", integer: pipeline.retry.base.wholeMilliseconds)
        writer.member("cap_ms", integer: pipeline.retry.cap.wholeMilliseconds)
        writer.member("give_up_after_ms", integer: pipeline.retry.giveUpAfter.wholeMilliseconds)
        writer.endObject()
        writer.key("breaker")
        writer.beginObject()
        writer.member("failures", integer: pipeline.breaker.failures)
        writer.member("pause_ms", integer: pipeline.breaker.pause.wholeMilliseconds)
        writer.endObject()
    }

    /// As the member `name`; null without a limit.
    private static func write(_ name: String, _ limit: RateLimit?, to writer: inout JSONWriter) {
        writer.key(name)
        guard let limit else { return writer.null() }
        writer.beginObject()
        writer.member("requests", integer: limit.requests)
        writer.member("per_ms", integer: limit.per.wholeMilliseconds)
        writer.endObject()
    }

    // MARK: Routes

    private static func write(_ route: Route, to writer: inout JSONWriter) {
        writer.member("name", string: route.name.rawValue)
        writer.key("match")
        writer.beginObject()
        writer.member("names", strings: route.match.names.map(\.pattern))
        writer.member("customers", strings: route.match.customers.map(\.pattern))
        writer.member("clients", strings: route.match.clients.map(\.rawValue))
        writer.endObject()
        writer.key("to")
        list(route.destinations, to: &writer) { routed, writer in
            let destination = routed.destination
            writer.member("provider", string: destination.provider.rawValue)
            writer.member("mode", string: destination.mode.rawValue)
            writer.key("share_percent")
            writer.number(share(routed.share))
            let window = routed.window
            writer.member("from", stringOrNull: window.event.from?.rfc3339)
            writer.member("until", stringOrNull: window.event.until?.rfc3339)
            writer.member("accepted_from", stringOrNull: window.acceptance.from?.rfc3339)
            writer.member("accepted_until", stringOrNull: window.acceptance.until?.rfc3339)
            writer.key("rename")
            writer.beginObject()
            for (from, to) in destination.rename.sorted(by: { $0.key < $1.key }) {
                writer.member(from.rawValue, string: to.rawValue)
            }
            writer.endObject()
            writer.key("settings")
            writer.beginObject()
            for name in destination.settings.values.keys.sorted() {
                writer.key(name)
                write(destination.settings.values[name], to: &writer)
            }
            writer.endObject()
        }
    }

    /// In the type that the setting has in `routes.json`.
    private static func write(_ value: SettingValue?, to writer: inout JSONWriter) {
        switch value {
        case .text(let text)?: writer.string(text)
        case .flag(let flag)?: writer.bool(flag)
        case .number(let number)?: writer.integer(number)
        case .texts(let texts)?:
            writer.beginArray()
            for text in texts { writer.string(text) }
            writer.endArray()
        case nil: writer.null()
        }
    }

    /// Percent, without a fraction that is zero.
    private static func share(_ share: Double) -> String {
        Int(exactly: share).map { "\($0)" } ?? "\(share)"
    }

    // MARK: Clients

    private static func write(_ client: Client, to writer: inout JSONWriter) {
        writer.member("name", string: client.name.rawValue)
        writer.member("tenant", string: client.tenant.rawValue)
        writer.member("scopes", strings: client.scopes.map(\.rawValue).sorted())
        writer.member("routes", strings: client.allowance.routes.map(\.rawValue).sorted())
        writer.member("names", strings: client.allowance.names.map(\.pattern))
        writer.member("keys", strings: client.keys.map(\.id))
        writer.key("limits")
        writer.beginObject()
        write("requests", client.limits.requests, to: &writer)
        write("events", client.limits.events, to: &writer)
        writer.endObject()
    }
}
