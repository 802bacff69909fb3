import ArgumentParser
import JSON

/// `tollgate migrate start NAME`.
struct StartMigrationCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "start",
        abstract: "Start a migration: the new provider gets events, translated only or sent."
    )

    @OptionGroup var order: MigrationOrderOptions

    @Option(help: "shadow: events are translated and not sent. mirror: all events are sent.")
    var stage = "shadow"

    mutating func run() async throws {
        let stage = stage
        try await order.send("start") { $0.member("stage", string: stage) }
    }
}

/// `tollgate migrate stage NAME mirror`.
struct StageMigrationCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "stage",
        abstract: "Change what the new provider gets."
    )

    @OptionGroup var order: MigrationOrderOptions

    @Argument(help: "shadow: events are translated and not sent. mirror: all events are sent.")
    var stage: String

    mutating func run() async throws {
        let stage = stage
        try await order.send("stage") { $0.member("stage", string: stage) }
    }
}

/// `tollgate migrate ramp NAME --share 5`.
struct RampMigrationCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "ramp",
        abstract: "Move a share of the customers, each at the start of the next billing period.",
        discussion: """
            A share that grows keeps the customers that it had; one that shrinks returns nobody. Refused while a gate is not green.
            """
    )

    @OptionGroup var order: MigrationOrderOptions

    @Option(help: "Percentage of the customers, such as 5.")
    var share: String

    @OptionGroup var despite: DespiteOptions

    func validate() throws { _ = try percent }

    private var percent: Double {
        get throws {
            guard let percent = Double(share.hasSuffix("%") ? share.dropLast() : share[...]), percent > 0,
                percent <= 100
            else { throw ValidationError("\"\(share)\" must be a percentage over 0 and up to 100, such as 5") }
            return percent
        }
    }

    mutating func run() async throws {
        let percent = try percent
        try await order.send("ramp", despite: despite.gates) { writer in
            writer.key("share")
            writer.number("\(percent)")
        }
    }
}

/// `tollgate migrate cut NAME --at 2027-01-01T00:00:00Z`.
struct CutMigrationCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "cut",
        abstract: "Move all customers, each at the first start of a billing period from a time on.",
        discussion: "Refused while a gate is not green."
    )

    @OptionGroup var order: MigrationOrderOptions

    @Option(help: "The time, such as 2027-01-01T00:00:00Z.")
    var at: String

    @OptionGroup var despite: DespiteOptions

    mutating func run() async throws {
        let time = at
        try await order.send("cut", despite: despite.gates) { $0.member("at", string: time) }
    }
}

/// `tollgate migrate hold NAME`.
struct HoldMigrationCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "hold",
        abstract: "Hold a migration: no more customers move until it is resumed."
    )

    @OptionGroup var order: MigrationOrderOptions

    mutating func run() async throws { try await order.send("hold") }
}

/// `tollgate migrate resume NAME`.
struct ResumeMigrationCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "resume",
        abstract: "Resume a migration that is held.",
        discussion: "Refused while a gate is not green."
    )

    @OptionGroup var order: MigrationOrderOptions
    @OptionGroup var despite: DespiteOptions

    mutating func run() async throws { try await order.send("resume", despite: despite.gates) }
}

/// `tollgate migrate return NAME`.
struct ReturnMigrationCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "return",
        abstract: "Return customers to the old provider, and show whose usage must be voided at the new one."
    )

    @OptionGroup var order: MigrationOrderOptions

    @Option(help: "now, or boundary: at the start of each customer's next billing period.")
    var at = "now"

    @Option(help: "Customers; all by default. May be repeated, or contain several separated by commas.")
    var customerID: [String] = []

    mutating func run() async throws {
        let (when, customers) = (at, QueryParameters.split(customerID))
        try await order.send("return") { writer in
            writer.member("when", string: when)
            if !customers.isEmpty { writer.member("customer_ids", strings: customers) }
        }
    }
}

/// `tollgate migrate close NAME`.
struct CloseMigrationCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "close",
        abstract: "Close a migration: the old provider gets nothing more.",
        discussion: "Refused until the old provider's last invoice is final."
    )

    @OptionGroup var order: MigrationOrderOptions

    mutating func run() async throws { try await order.send("close") }
}
