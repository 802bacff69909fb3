import ConfigurationFile
import Events
import JSON
import OfRecord
import Routing

extension ConfigurationWriter {
    /// Writes the members of one migration.
    static func write(_ migration: MigrationConfiguration, to writer: inout JSONWriter) {
        writer.member("name", string: migration.name.rawValue)
        writer.member("route", string: migration.route.rawValue)
        writer.member("from", string: migration.from.rawValue)
        writer.member("to", string: migration.to.rawValue)
        writer.key("boundary")
        writer.beginObject()
        writer.member("anchors", stringOrNull: migration.boundary.anchors)
        writer.member("customers", integer: migration.boundaries.count)
        writer.member("otherwise", string: migration.boundary.interval.rawValue)
        writer.member("timezone", string: migration.boundary.timezone)
        writer.endObject()
        writer.member("keep", string: migration.keep.rawValue)
        writer.member("keep_for_ms", integer: migration.keepFor.wholeMilliseconds)
        writer.key("metrics")
        writer.beginObject()
        for (name, metric) in migration.metrics.sorted(by: { $0.key < $1.key }) {
            writer.key(name)
            write(metric, to: &writer)
        }
        writer.endObject()
        writer.key("gates")
        write(migration.gates, to: &writer)
        writer.member("auto_hold", bool: migration.autoHold)
        writer.member("auto_return", bool: migration.autoReturn)
    }

    private static func write(_ metric: MigrationMetric, to writer: inout JSONWriter) {
        writer.beginObject()
        writer.member("aggregate", string: metric.aggregate.rawValue)
        writer.member("property", stringOrNull: metric.property)
        writer.key("names")
        writer.beginObject()
        for (provider, name) in metric.names.sorted(by: { $0.key.rawValue < $1.key.rawValue }) {
            writer.member(provider.rawValue, string: name)
        }
        writer.endObject()
        writer.endObject()
    }

    private static func write(_ gates: GateSettings, to writer: inout JSONWriter) {
        writer.beginObject()
        writer.member("window_ms", integer: gates.window.wholeMilliseconds)
        writer.member("min_events", integer: Int64(clamping: gates.leastEvents))
        writer.member("unexplained", integer: Int64(clamping: gates.unexplained))
        writer.member("lost", integer: Int64(clamping: gates.lost))
        writer.member("usage", string: gates.usage.text)
        writer.member("rejected", string: gates.rejected.text)
        writer.member("uncertain", integer: Int64(clamping: gates.uncertain))
        writer.member("backlog_age_ms", integer: gates.backlogAge.wholeMilliseconds)
        writer.endObject()
    }
}
