import ConfigurationFile
import Events
import OfRecord

/// The fields of the migrations of `routes.json`.
enum MigrationFields {
    /// Each has a log of its own that every gateway reads.
    static let mostMigrations = 64

    static let otherwise = DefaultedField.choice(
        "otherwise",
        default: BillingCycle.Interval.month,
        "Length of the billing periods. Customers without an anchor begin theirs on the first day of a month, a quarter or a year, at "
            + "midnight; a week begins on Thursday."
    )
    static let timezone = Field(
        "timezone",
        .text,
        default: .text(ZoneRules.utc.name),
        "Time zone whose days and clocks count, such as Europe/Berlin."
    )
    static let boundary = [
        Field(
            "anchors",
            .text,
            "CSV file with the columns customer_id and anchor, beside routes.json: when a billing period of each customer begins, as a day "
                + "or as a timestamp. A third column interval may say how long the customer's periods are."
        ),
        otherwise.field, timezone,
    ]

    static let keep = DefaultedField.choice(
        "keep",
        default: KeptEvents.all,
        "What the old provider gets of customers that have moved. all: everything, so that a return loses nothing; their "
            + "subscriptions there must have ended. late: only events of before the move that arrive late."
    )
    static let keepFor = DefaultedField.duration(
        "keep_for",
        default: .seconds(35 * 86_400),
        "With keep all: how long after a customer's move."
    )
    static let autoHold = DefaultedField.flag(
        "auto_hold",
        "Whether a gate that is red or unknown holds the migration: nobody moves until it is resumed."
    )
    static let autoReturn = DefaultedField.flag(
        "auto_return",
        "Whether the customers that have moved return to the old provider at once when the gate lost or rejected is red. That is in the "
            + "middle of a period: their usage at the new vendor must be voided there."
    )

    static let window = DefaultedField.duration(
        "window",
        default: .seconds(86_400),
        "Maximum age of a measurement."
    )
    static let leastEvents = DefaultedField.integer(
        "min_events",
        0...1_000_000_000,
        default: 10_000,
        "Minimum number of events that a measurement rests on."
    )
    static let unexplained = DefaultedField.integer(
        "unexplained",
        0...1_000_000_000,
        default: 0,
        "Differences between the vendors without a known cause."
    )
    static let lost = DefaultedField.integer(
        "lost",
        0...1_000_000_000,
        default: 0,
        "Events that were read back from the new vendor and are lost; only if its provider has verify."
    )
    static let usage = Field("usage", .text, default: .text("0.1%"), "Largest difference of a billed amount.")
    static let rejected = Field(
        "rejected",
        .text,
        default: .text("0.01%"),
        "Deliveries that the new vendor refuses, as part of all."
    )
    static let uncertain = DefaultedField.integer(
        "uncertain",
        0...1_000_000_000,
        default: 0,
        "Deliveries to the new vendor with unknown outcome."
    )
    static let backlogAge = DefaultedField.duration(
        "backlog_age",
        default: .seconds(600),
        "How long the oldest delivery to the new vendor may wait."
    )
    static let gates = [
        window.field, leastEvents.field, unexplained.field, lost.field, usage, rejected, uncertain.field,
        backlogAge.field,
    ]

    /// The fields of one migration.
    static let all = [
        Field("route", .text, required: true, "Route whose customers move."),
        Field("from", .text, required: true, "Provider that the customers leave."),
        Field("to", .text, required: true, "Provider that the customers move to."),
        Field(
            "boundary",
            .object(boundary),
            "When billing periods begin: each customer moves at the beginning of a period."
        ),
        keep.field, keepFor.field,
        Field(
            "metrics",
            .map(.object(MigrationMetric.fields)),
            "How the vendors bill the events of a name, by the name: corrections ask for it."
        ),
        Field("gates", .object(gates), "What must hold for the migration to go on."),
        autoHold.field, autoReturn.field,
    ]
}
